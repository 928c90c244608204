"""The simulator of an office that exports its files: what the kit does not say of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.testing.schools import MadeSchool, make_school
from rollbook_csv.simulator import CsvSimulator

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 20)


@pytest.fixture(scope="module")
def school() -> MadeSchool:
    return make_school("special", 900003, 60, 4, FIRST, LAST)


def test_nothing_unfinished_is_left_and_closing_twice_does_no_harm(tmp_path: Path, school: MadeSchool) -> None:
    simulator = CsvSimulator(tmp_path / "drop", school)
    simulator.publish(LAST)
    assert {path.suffix for path in (tmp_path / "drop").iterdir()} == {".csv", ".xml"}
    simulator.close()
    simulator.close()
