"""What comes every day and week without a case behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from rollbook_feed import example
from rollbook_receiver import clients, regular
from rollbook_receiver.problem import Refused
from rollbook_receiver.start import main
from support.receiver_app import Door, door
from support.receiver_messages import OTHER_SCHOOL, SCHOOL
from support.receiver_pages import read, readable_by_everybody

PATHS = {"day": ("days", "date"), "week": ("weeks", "week"), "sessions": ("sessions", "date")}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        made.clock.at = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # a Friday: the examples are of it
        made.headers = made.sign_in(made.client_id, made.client_secret)
        assert run(made, "settings", "set", "sessions", SCHOOL, "--by", "R. Officer").exit_code == 0
        yield made


def run(opened: Door, *words: Any) -> Result:
    return CliRunner().invoke(
        main, [*(str(word) for word in words), "--database", str(opened.store.engine.url.database)]
    )


def at(body: dict[str, Any], kind: str) -> str:
    name, day = PATHS[kind]
    return f"/v1/schools/{body['school']}/{name}/{body[day]}"


def put(
    opened: Door, kind: str, path: str = "", headers: dict[str, str] | None = None, **changes: Any
) -> httpx.Response:
    body = example(kind) | changes
    return opened.http.put(path or at(body, kind), json=body, headers=headers or opened.headers)


@pytest.mark.parametrize("kind", PATHS)
def test_a_body_is_kept_and_the_answer_says_which_revision_counts(opened: Door, kind: str) -> None:
    first = put(opened, kind, revision=2)
    assert (first.status_code, first.json()["revision"]) == (200, 2)
    assert put(opened, kind, revision=2).json() == first.json()
    assert put(opened, kind, revision=1).json()["revision"] == 2
    assert opened.http.get(at(example(kind), kind), headers=opened.headers).json() == first.json()
    assert put(opened, kind, revision=3).json()["revision"] == 3


def test_the_same_revision_with_another_body_changes_nothing(opened: Door) -> None:
    first = put(opened, "day").json()
    answer = put(opened, "day", registers=[])
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:rollbook:feed:revision-held")
    assert opened.http.get(at(example("day"), "day"), headers=opened.headers).json() == first


@pytest.mark.parametrize(("name", "value"), [("school", OTHER_SCHOOL), ("date", "2026-11-19")])
def test_a_body_is_of_the_school_and_day_of_its_address(opened: Door, name: str, value: Any) -> None:
    answer = put(opened, "day", at(example("day"), "day"), **{name: value})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{name}")


def test_small_numbers_are_refused(opened: Door) -> None:
    rows = example("week")["rows"]
    small = [{**row, "pupils": 4} if not row["suppressed"] and "year_group" in row else row for row in rows]
    assert put(opened, "week", rows=small).status_code == 422
    assert opened.http.get(at(example("week"), "week"), headers=opened.headers).status_code == 404


def test_the_authoritys_own_smallest_group_is_larger(opened: Door) -> None:
    run(opened, "settings", "set", "smallest_group", 12, "--by", "R. Officer")
    answer = put(opened, "week", least=5)
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": "/least", "problem": "below the authority's number, which is 12"}],
    )


def test_what_was_not_agreed_is_not_taken(opened: Door) -> None:
    assert put(opened, "sessions", school=OTHER_SCHOOL).status_code == 403
    run(opened, "settings", "set", "regular", "day", "--by", "R. Officer")
    answer = put(opened, "week")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:rollbook:feed:not-wanted")
    whoami = opened.http.get("/v1/whoami", headers=opened.headers).json()
    assert (whoami["regular"], whoami["sessions"]) == (["day", "sessions"], [SCHOOL])
    other = opened.http.get("/v1/whoami", headers=opened.another([OTHER_SCHOOL])).json()
    assert (other["regular"], other["sessions"]) == (["day"], [])


TODAY = [
    ("day", "2026-11-20T23:59:00+00:00", "2026-11-20", 200),
    ("day", "2026-11-20T23:59:00+00:00", "2026-11-21", 422),
    ("sessions", "2026-11-20T23:59:00+00:00", "2026-11-21", 422),
    ("day", "2026-06-12T23:30:00+00:00", "2026-06-13", 200),  # in England it is the next day already
    ("week", "2026-11-22T12:00:00+00:00", "2026-11-16", 200),
    ("week", "2026-11-22T12:00:00+00:00", "2026-11-23", 422),
]


@pytest.mark.parametrize(("kind", "now", "day", "status"), TODAY)
def test_a_day_that_has_not_come_in_england_is_refused(
    opened: Door, kind: str, now: str, day: str, status: int
) -> None:
    opened.clock.at = datetime.fromisoformat(now)
    headers = opened.sign_in(opened.client_id, opened.client_secret)
    answer = put(
        opened,
        kind,
        headers=headers,
        **{PATHS[kind][1]: day, "registers": []} if kind == "day" else {PATHS[kind][1]: day},
    )
    assert answer.status_code == status
    if status == 422:
        assert {"pointer": f"/{PATHS[kind][1]}", "problem": "a day that has not come"} in answer.json()["errors"]


def test_a_client_that_is_revoked_while_its_body_is_read_is_not_heard(opened: Door) -> None:
    with opened.store.writing() as connection:
        [client] = clients.everyone(connection)
        clients.revoke(connection, opened.client_id, opened.clock())
        with pytest.raises(Refused) as refused:
            regular.take(connection, client, "day", SCHOOL, "2026-11-20", example("day"), opened.clock())
        assert refused.value.status == 401
        assert regular.newest(connection, "day", SCHOOL, "2026-11-20") is None


def test_a_client_speaks_for_its_own_schools_alone(opened: Door) -> None:
    other = opened.another([OTHER_SCHOOL])
    assert put(opened, "day", headers=other).status_code == 403
    assert opened.http.get(at(example("day"), "day"), headers=other).status_code == 403
    assert opened.http.get(f"/v1/schools/{SCHOOL}/news", headers=other).status_code == 403


@pytest.mark.parametrize("day", ["2026-02-30", "20261120", "x", "2026-W47-1"])
def test_an_address_without_a_day_holds_nothing(opened: Door, day: str) -> None:
    assert opened.http.get(f"/v1/schools/{SCHOOL}/days/{day}", headers=opened.headers).status_code == 404


def test_schools_says_who_reported_today_and_who_did_not_since_when(opened: Door) -> None:
    opened.send()
    opened.another([OTHER_SCHOOL])
    today = "2026-11-20"
    registers = [{"session": "AM", "expected": 210, "recorded": 208}]
    put(opened, "day", date=today, registers=registers)
    put(opened, "day", date="2026-10-30", school=100003)
    page = read(opened, "/schools")
    readable_by_everybody(page)
    assert "1 of 3 schools reported today" in page.text
    assert "Northwick Primary School , URN 100001 Reported 20 November 2026 208 of 210" in page.text
    assert f"URN {OTHER_SCHOOL} Not reported never none" in page.text
    assert "URN 100003 Not reported 30 October 2026" in page.text


@pytest.mark.parametrize(
    ("kind", "where"), [("day", "PUT to /v1/schools/{urn}/days/{date}"), ("pupil_flags", "GET /v1/schools/{urn}/news")]
)
def test_what_is_no_message_is_told_where_it_goes(kind: str, where: str, opened: Door) -> None:
    answer = opened.send(example(kind))
    assert (answer.status_code, where in answer.json()["title"]) == (422, True)


def test_the_newest_summary_of_each_week_is_written_to_a_file(opened: Door, tmp_path: Path) -> None:
    body = example("week")
    at = f"/v1/schools/{body['school']}/weeks/{body['week']}"
    for revision in (1, 2):
        answer = opened.http.put(at, json=body | {"revision": revision}, headers=opened.headers)
        assert answer.status_code == 200
    path = tmp_path / "weeks.csv"
    words = ["--school", str(body["school"]), "--by", "R. Officer"]
    words += ["--database", str(opened.store.engine.url.database)]
    assert CliRunner().invoke(main, ["weeks", "export", str(path), *words]).exit_code == 0
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("school,week,as_of,revision,year_group,cohort,suppressed,pupils,possible,")
    assert len(lines) == 1 + len(body["rows"])
    assert all(line.split(",")[3] == "2" for line in lines[1:])
