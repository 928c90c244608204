"""Nights of a school whose registers are in Arbor: what breaks is made good, and the council agrees with Arbor."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from rollbook.host import report
from rollbook_arbor.simulator import Fault
from support.arbor_trust import ArborTrust, arbor_trust, canaries
from support.trust import said_by

FIRST, A_WEEK_LATER, LAST = date(2026, 11, 12), date(2026, 11, 19), date(2026, 11, 20)
RECORD = "AttendanceRollCallRecord"
ROUTES: dict[str, dict[str, Any]] = {
    "graphql": {"route": "graphql", "page_size": 150},
    "rest": {"route": "rest", "page_size": 150, "cache": "kept"},
}


class Lines(logging.Handler):
    """All that anything logs in this process, as it would be written out."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{self.format(record)} {vars(record)}")


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, loggers = Lines(), [logging.getLogger(), logging.getLogger("rollbook")]
    for one in loggers:
        one.addHandler(handler)
    level = loggers[0].level
    loggers[0].setLevel(logging.DEBUG)
    yield handler
    loggers[0].setLevel(level)
    for one in loggers:
        one.removeHandler(handler)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenacity.nap.sleep", lambda _: None)


@pytest.fixture(params=["graphql", pytest.param("rest", marks=pytest.mark.slow)])
def trust(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ArborTrust]:
    with arbor_trust(tmp_path, pupils=6, **ROUTES[request.param]) as made:
        yield made


def run_of(trust: ArborTrust, story: str) -> tuple[str, date]:
    """The pupil of a planned run of absence, and its first day."""
    [run] = [run for run in trust.mis.school.runs if run.story == story]
    return run.pupil, run.first


def agrees(trust: ArborTrust, day: date) -> None:
    """The host's register is Arbor's, and what stands at the council is what Arbor's marks call for."""
    assert_frame_equal(trust.register(), trust.marks_of_mis())
    assert trust.returns() == trust.due(day)


def test_an_outage_a_deletion_and_a_correction_end_in_agreement(trust: ArborTrust) -> None:
    first = trust.night(FIRST)
    assert (first.exit_status, first.sentence) == (0, "1 school: 1 ok. Messages: 2 delivered.")
    agrees(trust, FIRST)
    known, sent = trust.register(), trust.receiver.stored()

    # A week without a sync; and then Arbor goes away in the middle of the marks.
    trust.mis.faults.next(Fault.AWAY, times=None, only=f"{RECORD} page 2")
    broken = trust.night(A_WEEK_LATER)
    assert (broken.exit_status, broken.schools[0].status) == (4, "failed")
    assert_frame_equal(trust.register(), known)
    assert trust.receiver.stored() == sent

    trust.mis.faults.clear()
    assert trust.sync(A_WEEK_LATER).exit_status == 0
    agrees(trust, A_WEEK_LATER)
    assert len(trust.returns()) == 4

    # The office corrects two absences, and deletes the marks of a day.
    pupil, _ = run_of(trust, "goes_on")
    for half in ("AM", "PM"):
        trust.mis.write_mark(pupil, date(2026, 11, 17), half, None)
    last = trust.night(LAST)
    assert (last.exit_status, last.sentence) == (0, "1 school: 1 ok. Messages: 3 delivered.")
    agrees(trust, LAST)
    said = sorted((one.revision, one.action) for one in trust.receiver.stored())
    assert said == [(1, "send"), (2, "amend"), (2, "amend"), (2, "withdraw")]
    assert [row.exit_status for row in report.runs(trust.config)] == [0, 0, 4, 0]
    assert all(ledger.ok for ledger in report.verify(trust.config))


def test_of_32_pupils_one_has_no_address_and_the_rest_agrees(tmp_path: Path) -> None:
    with arbor_trust(tmp_path) as trust:
        result = trust.night(A_WEEK_LATER)
        assert "1 held" in result.sentence
        agrees(trust, A_WEEK_LATER)


GRAPHQL, REST, FEED = ("arbor", "graphql", RECORD), ("arbor", "rest", RECORD), ("arbor_live_feed", None, "feed")


@pytest.mark.parametrize(
    ("by", "fault"),
    [
        *((GRAPHQL, fault) for fault in (None, Fault.AWAY, Fault.UNPROCESSABLE, Fault.BAD_LINK)),
        *((REST, fault) for fault in (Fault.UNPROCESSABLE, Fault.BAD_LINK)),
        *((FEED, fault) for fault in (None, Fault.AWAY, Fault.HTML, Fault.NOT_FOUND)),
    ],
    ids=lambda one: one[1] or one[0] if isinstance(one, tuple) else one.name if one else "well",
)
def test_no_pupil_and_no_secret_is_logged_or_told(
    tmp_path: Path, lines: Lines, by: tuple[str, str | None, str], fault: Fault | None
) -> None:
    plugin, route, label = by
    with arbor_trust(tmp_path, pupils=6, plugin=plugin, **({"route": route} if route else {})) as trust:
        if fault:
            trust.mis.faults.reason = f"No such pupil: {trust.mis.school.runs[0].pupil}"
            trust.mis.faults.next(fault, times=None, only=label)
        result = trust.night(date(2026, 9, 4))
        said = said_by(result) + said_by(report.runs(trust.config)) + said_by(report.run(trust.config, 1))
        everything = trust.logged() + said + "\n".join(lines.said)
        assert "school_done" in trust.logged()
        assert [canary for canary in canaries(trust.mis) if canary in everything] == []
