"""A file that came late, came twice, or is another school's: what is said, and that nothing of it is used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import Done, FixSettings, Window
from rollbook.tables.schemas import Table
from support.csv_files import SCHOOL, TERM, drop, good_lines, marks_file, source

UPNS = "UPN,Date,AM/PM,Mark"


def taken(
    folder: Path, before: Mapping[str, Any] | None, *, window: Window = TERM, **settings: Any
) -> Mapping[str, Any]:
    """What is remembered of the marks after a pull that remembered `before`."""
    *_, done = source(folder, **settings).pull(Table.MARKS, SCHOOL, window, before)
    assert isinstance(done, Done)
    return done.checkpoint


def of(*days: str) -> str:
    """A file with a mark on each of those days of November, given as `02 /`."""
    return marks_file(*(f"001,{day[:2]}/11/2026,AM,{day[3:]}" for day in days))


def test_a_newer_file_is_taken_after_an_older_one(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "03 /")), None)
    assert first["newest"] == "2026-11-03"
    assert taken(drop(tmp_path, marks=of("02 I", "03 /", "04 /")), first)["newest"] == "2026-11-04"


def test_an_older_file_that_comes_late_is_refused(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 I", "03 /", "04 /")), None)
    drop(tmp_path, marks=of("02 O", "03 /"))
    with pytest.raises(FixSettings) as caught:
        taken(tmp_path, first)
    assert caught.value.sentence.startswith(
        "marks.csv is older than the file that was taken last: its newest marks are of 2026-11-03, and there were "
        "marks of 2026-11-04. Nothing of it was used"
    )


def test_an_older_file_by_another_name_is_refused_too(tmp_path: Path) -> None:
    drop(tmp_path, marks_1=of("02 /", "04 /"))
    first = taken(tmp_path, None, marks="marks_*.csv")
    drop(tmp_path, marks_2=of("02 /"))
    with pytest.raises(FixSettings, match=r"marks_2.csv is older"):
        taken(tmp_path, first, marks="marks_*.csv")


def test_the_same_file_twice_is_well(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "03 /")), None)
    assert taken(tmp_path, first) == first


def test_a_correction_of_a_day_that_is_still_the_newest_is_taken(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "03 N")), None)
    assert taken(drop(tmp_path, marks=of("02 /", "03 I")), first)["digest"] != first["digest"]


def test_leave_that_was_entered_ahead_and_withdrawn_makes_no_file_older(tmp_path: Path) -> None:
    until_third = Window(TERM.first, date(2026, 11, 3))
    first = taken(drop(tmp_path, marks=of("02 /", "03 /", "20 C")), None, window=until_third)
    assert first["newest"] == "2026-11-03"
    assert taken(drop(tmp_path, marks=of("02 /", "03 /")), first)["newest"] == "2026-11-03"


@pytest.mark.parametrize("mark", ["", "-", "#"])
def test_a_day_without_a_register_makes_no_file_newer(tmp_path: Path, mark: str) -> None:
    assert taken(drop(tmp_path, marks=of("02 /", f"03 {mark}")), None)["newest"] == "2026-11-02"


def test_an_earlier_window_does_not_make_the_same_export_older(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "04 /")), None)
    drop(tmp_path, marks=of("02 I", "04 /"))
    assert taken(tmp_path, first, window=Window(TERM.first, date(2026, 11, 2)))["newest"] == "2026-11-04"


def test_a_person_may_accept_an_older_file(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "07 /")), None)
    drop(tmp_path, marks=of("02 /", "03 /"))
    assert taken(tmp_path, first, accept_older=True)["newest"] == "2026-11-03"


@pytest.mark.parametrize("before", [{}, {"marks.csv": "0" * 64}, {"newest": "soon"}, {"newest": 3}, {"newest": None}])
def test_what_an_earlier_version_remembered_refuses_nothing(tmp_path: Path, before: Mapping[str, Any]) -> None:
    assert taken(drop(tmp_path, marks=of("02 /")), before)["newest"] == "2026-11-02"


def test_check_says_that_an_export_is_the_very_same_again(tmp_path: Path) -> None:
    text = "Adno,DOB,Date,AM/PM,Mark\n001,10/03/2014,02/11/2026,AM,/\n"
    folder = drop(tmp_path, marks_1=text, marks_2=text)
    told = [remark.text for remark in source(folder, marks="marks_*.csv").check()]
    assert any(line.startswith("marks_2.csv is the very same as marks_1.csv") for line in told)


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
