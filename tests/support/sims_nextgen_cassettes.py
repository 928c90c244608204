"""Recordings of the stand-in for SIMS Next Gen, and the source that reads them.

To record them again: `ROLLBOOK_RECORD=1 pytest -n 0 tests/plugins/sims/test_sims_nextgen_recorded.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rollbook.testing import connected
from rollbook.testing.recordings import Recordings
from rollbook.testing.schools import MadeSchool, make_school
from rollbook_sims.simulator.nextgen import CLIENT, ORGANISATION, NextGenSimulator
from rollbook_sims.simulator.nextgen_records import APPLICANT, GUEST, Organisation
from rollbook_sims.source import SimsSource
from support.sims_nextgen import URN, WEEK

HOST = "nextgen.invalid"
CASSETTES = Path(__file__).parents[1] / "plugins/sims/cassettes"
PERSONAL = {
    "PreferredForename": "forename",
    "PreferredSurname": "surname",
    "LegalForename": "forename",
    "LegalSurname": "surname",
    "Forename": "forename",
    "Surname": "surname",
    "DateOfBirth": "dob",
    "UPN": "upn",
    "FormerUPN": "upn",
}
PLAIN = (
    *("AdmissionNumber", "AttendableEventEnd", "AttendableEventStart", "Code", "Description", "ExternalID"),
    *("GenderCategory", "LookupType", "OnRollState", "StartDate", "Type", "acr_values", "client_id", "context"),
    *("grant_type", "message", "nextLink", "scope", "token_type", "type", "$skiptoken"),
)


@cache
def small_school() -> MadeSchool:
    """Six invented pupils, one week."""
    return make_school("primary", URN, 6, seed=5, first=WEEK.first, last=WEEK.last)


@cache
def tapes() -> Recordings:
    """The recordings."""
    strangers = [str(one[name]) for one in (GUEST, APPLICANT) for name in ("surname", "forename")]
    known = [*strangers, Organisation(small_school()).born.isoformat()]
    return Recordings(CASSETTES, host=HOST, personal=PERSONAL, plain=PLAIN, school=small_school(), known=known)


@contextmanager
def recorded(name: str, folder: Path) -> Iterator[SimsSource]:
    """A source that reads a recording; or, when recording, the simulator. It is the week's last evening."""
    with ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(SimsSource, "today", staticmethod(lambda: WEEK.last))
        there = _nobody(folder)
        if tapes().recording:
            simulator = stack.enter_context(closing(NextGenSimulator(folder, small_school())))
            simulator.publish(WEEK.last)
            there = simulator.settings
        stack.enter_context(tapes().playing(name))
        yield connected(SimsSource, there | {"page_size": 20}, folder)


def _nobody(folder: Path) -> dict[str, Any]:
    """The settings of a connection to a simulator, where none runs: the recording answers."""
    (folder / "word").write_text("scrubbed", encoding="utf-8")
    (folder / "word").chmod(0o600)
    word = {"file": str(folder / "word")}
    return {
        "kind": "nextgen",
        "urn": str(URN),
        "organisation": ORGANISATION,
        "client_id": CLIENT,
        "client_secret": word,
        "subscription_key": word,
        "url": f"https://{HOST}/ssli01/",
        "sign_in": f"https://{HOST}/connect/token",
        "properties": {"learners": {"key": "AdmissionNumber"}},
    }
