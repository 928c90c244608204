"""A file that is another school's: what is said, and that nothing of it is used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from support.csv_files import SCHOOL, TERM, drop, good_lines, marks_file, source, taken

UPNS = "UPN,Date,AM/PM,Mark"


def issued_by(*schools: str) -> str:
    """Marks of as many pupils, each with a UPN that such a school issued."""
    return marks_file(*(f"A{school}{n:05d},02/11/2026,AM,/" for n, school in enumerate(schools)), headings=UPNS)


@pytest.mark.parametrize(
    "schools",
    [
        ["8012999"] * 30,
        ["8012999"] * 16 + ["8013001"] * 14,
    ],
    ids=["all from one other", "most from one other"],
)
def test_a_file_whose_upns_another_school_issued_is_refused(tmp_path: Path, schools: list[str]) -> None:
    folder = drop(tmp_path, marks=issued_by(*schools))
    with pytest.raises(FixSettings) as caught:
        taken(folder, None, laestab="801/2001")
    assert "were issued by 801/2999 and none by 801/2001" in caught.value.sentence
    assert "A8012999" not in caught.value.sentence + caught.value.detail
    assert "other_upns = true" in caught.value.sentence


@pytest.mark.parametrize(
    "schools",
    [
        ["8012999"] * 29 + ["8012001"],
        ["8012999"] * 15 + ["8013001"] * 15,
        ["8012999"] * 19,
    ],
    ids=["one is ours", "half from one other", "too few to say"],
)
def test_a_file_whose_upns_leave_a_doubt_is_taken(tmp_path: Path, schools: list[str]) -> None:
    assert taken(drop(tmp_path, marks=issued_by(*schools)), None, laestab="801/2001")


@pytest.mark.parametrize(
    "settings", [{"laestab": "801/2001", "other_upns": True}, {}], ids=["junior school", "unknown"]
)
def test_a_school_whose_pupils_all_come_from_elsewhere(tmp_path: Path, settings: Mapping[str, Any]) -> None:
    assert taken(drop(tmp_path, marks=issued_by(*["8012999"] * 30)), None, **settings)


def test_check_refuses_the_file_of_another_school_too(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=issued_by(*["8012999"] * 30))
    with pytest.raises(FixSettings, match="seems to be of another school"):
        list(source(folder, laestab="801/2001").check())


def test_pupils_of_another_school_are_refused(tmp_path: Path) -> None:
    lines = [f"{n:06d},A8012999{n:05d},10/03/2016" for n in range(30)]
    folder = drop(tmp_path, marks=marks_file(*good_lines(30)), pupils="\n".join(["Adno,UPN,DOB", *lines, ""]))
    with pytest.raises(FixSettings, match=r"pupils.csv seems to be of another school"):
        list(source(folder, laestab="801/2001").pull(Table.PUPILS, SCHOOL, TERM, None))
