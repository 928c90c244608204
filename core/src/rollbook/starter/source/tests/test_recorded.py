"""What Acme's own sandbox answered, played again without a network: what the simulator claims is true of Acme too.

ROLLBOOK_RECORD=1 ACME_URL=https://sandbox... ACME_TOKEN=... pytest tests/test_recorded.py   makes the recording
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from rollbook.contract import Client, Done, Page, Secret, Window
from rollbook.testing.recordings import Recordings

from rollbook_acme.source import Acme

WEEK = Window(date(2026, 11, 16), date(2026, 11, 20))  # one in which the sandbox has registers
PERSONAL = {
    "studentId": "key",
    "lastName": "surname",
    "firstName": "forename",
    "upn": "upn",
    "born": "dob",
    "address": "address",
    "postcode": "postcode",
}
"""What says something of a person, by Acme's own names: it is replaced before anything is written to disk."""
PLAIN = ("id", "name", "newest", "sex", "class_name", "startDate", "endDate", "date", "half", "mark")
"""All other fields that hold text. What is in neither list is told when you record, and nothing is kept."""
TAPES = Recordings(Path(__file__).parent / "cassettes", host="acme.invalid", personal=PERSONAL, plain=PLAIN)


@pytest.mark.skipif(not (TAPES.recording or TAPES.path("a_week").exists()), reason="nothing is recorded yet")
def test_a_week_of_the_sandbox_is_read() -> None:
    url, token = os.environ.get("ACME_URL", "https://acme.invalid/"), os.environ.get("ACME_TOKEN", "none")
    source = Acme({"url": url, "token": Secret(token), "page_size": 500}, Client())
    with TAPES.playing("a_week"):
        school = source.schools()[0]
        for table in sorted(source.tables):
            *pages, done = source.pull(table, school, WEEK, None)
            assert isinstance(done, Done)
            assert sum(page.rows.height for page in pages if isinstance(page, Page)) > 0


def test_recordings_name_nobody_and_hold_no_secret() -> None:
    assert TAPES.problems() == []
