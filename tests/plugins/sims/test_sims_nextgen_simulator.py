"""The stand-in for SIMS Next Gen refuses what the vendor's pages say is refused, and what they do not speak of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from rollbook.testing.schools import make_school
from rollbook_sims.simulator import NextGenSimulator
from support.sims_nextgen import WEEK

RECORDS, LEARNERS = "Attendance/V3/AttendanceRecords", "Learner/V3/LearnerIdentifiers"
FILTER = "AttendableEventStart ge {} and AttendableEventStart lt {}"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client that is signed in."""
    school = make_school("primary", 900001, 6, seed=5, first=WEEK.first, last=WEEK.last)
    with closing(NextGenSimulator(tmp_path, school)) as simulator:
        simulator.publish(WEEK.last)
        there = simulator.settings
        form = {
            "grant_type": "client_credentials",
            "client_id": there["client_id"],
            "client_secret": Path(there["client_secret"]["file"]).read_text(encoding="utf-8"),
            "scope": "simsserverapplication partner",
            "acr_values": f"orgselected:{there['organisation']}",
        }
        assert httpx.post(there["sign_in"], data=form | {"acr_values": "orgselected:other"}).status_code == 400
        token = httpx.post(there["sign_in"], data=form).json()["access_token"]
        key = Path(there["subscription_key"]["file"]).read_text(encoding="utf-8")
        headers = {"Authorization": f"Bearer {token}", "Ocp-Apim-Subscription-Key": key}
        with httpx.Client(base_url=there["url"], headers=headers) as client:
            yield client


@pytest.mark.parametrize("header", ["Authorization", "Ocp-Apim-Subscription-Key"])
def test_both_headers_are_needed(header: str, api: httpx.Client) -> None:
    assert api.get(LEARNERS, headers={header: "another"}).status_code == 401


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        (LEARNERS, {"$top": "1"}, 200),
        (LEARNERS, {"$count": "true"}, 400),
        (LEARNERS, {"$filter": "UPN eq null"}, 400),
        ("Learner/V3/Nothing", {}, 404),
        (RECORDS, {}, 400),
        (RECORDS, {"$filter": FILTER.format("2026-11-16", "2026-11-21")}, 400),
        (RECORDS, {"$filter": FILTER.format("2026-11-16T00:00:00Z", "2026-11-21T00:00:00Z")}, 200),
        (RECORDS, {"$filter": FILTER.format("2026-09-01T00:00:00Z", "2026-11-30T00:00:00Z")}, 200),  # 90 days
        (RECORDS, {"$filter": FILTER.format("2026-09-01T00:00:00Z", "2026-11-30T00:00:01Z")}, 400),
    ],
)
def test_what_is_refused(path: str, asked: dict[str, Any], status: int, api: httpx.Client) -> None:
    assert api.get(path, params=asked).status_code == status


def test_pages_go_on_to_the_last(api: httpx.Client) -> None:
    """As many a page as is asked for, and a link that asks for the same again."""
    asked = {"$filter": FILTER.format("2026-11-16T00:00:00Z", "2026-11-21T00:00:00Z")}
    sizes, seen = [], set()
    while asked:
        said = api.get(RECORDS, params=asked, headers={"Prefer": "odata.maxpagesize=25"}).json()
        sizes.append(len(said["value"]))
        seen |= {one["ExternalID"] for one in said["value"]}
        asked = dict(httpx.URL(said.get("@odata.nextLink", "")).params)
    assert set(sizes[:-1]) == {25}
    assert len(seen) == sum(sizes)
