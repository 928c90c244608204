"""Three nights of a school whose registers are in SIMS. On the second its report fails, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from rollbook.host import report
from rollbook.tables.schemas import Table
from rollbook_sims.simulator import DropSimulator, SimsSimulator
from support.sims_trust import SimsTrust, sims_trust

FIRST, FAILED, LAST = date(2026, 11, 12), date(2026, 11, 19), date(2026, 11, 20)


def the_reporter_fails(trust: SimsTrust) -> None:
    trust.mis.simulator.misbehave("error", report="marks")


def the_job_stops_half_way(trust: SimsTrust) -> None:
    marks = trust.mis.simulator.folder / "marks.xml"
    data = marks.read_bytes()
    marks.write_bytes(data[: len(data) // 2])


def all_is_well(trust: SimsTrust) -> None:
    if hasattr(trust.mis.simulator, "behave"):
        trust.mis.simulator.behave()


def agrees(trust: SimsTrust, day: date) -> None:
    """The host's register is that of SIMS, and what stands at the council is what its marks call for."""
    assert_frame_equal(trust.register(), trust.marks_of_mis())
    assert trust.returns() == trust.due(day) != set()


def personal(trust: SimsTrust) -> list[str]:
    """Names, UPNs and days of birth of the school's pupils."""
    held = trust.mis.readable()[Table.PUPILS]
    return [str(one) for name in ("upn", "surname", "forename", "dob") for one in held[name].drop_nulls().unique()]


@pytest.mark.parametrize(
    ("simulator", "fails", "why"),
    [
        pytest.param(SimsSimulator, the_reporter_fails, "Rollbook marks", id="reporter"),
        pytest.param(DropSimulator, the_job_stops_half_way, "marks.xml", id="folder"),
    ],
)
def test_a_night_that_fails_is_made_good_by_the_next(
    tmp_path: Path, simulator: type, fails: Callable[[SimsTrust], None], why: str
) -> None:
    with sims_trust(tmp_path, simulator) as trust:
        first = trust.night(FIRST)
        assert first.exit_status == 0, first.sentence
        agrees(trust, FIRST)
        known, sent = trust.register(), trust.receiver.stored()

        trust.mis.publish(FAILED)
        fails(trust)
        broken = trust.sync(FAILED)
        assert (broken.exit_status, broken.schools[0].status) == (4, "failed")
        assert why in broken.schools[0].sentences[0]
        assert_frame_equal(trust.register(), known)
        assert trust.receiver.stored() == sent

        all_is_well(trust)
        last = trust.night(LAST)
        assert last.exit_status == 0, last.sentence
        agrees(trust, LAST)
        assert trust.register().filter(date=FAILED).height
        assert [row.exit_status for row in report.runs(trust.config)] == [0, 4, 0]
        assert not [one for one in personal(trust) if one in trust.logged()]
