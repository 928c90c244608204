"""A folder of tables may say what its pupils were marked at other schools: `elsewhere.csv`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host.folder import read_folder
from rollbook.host.judge_folder import judge_folder
from rollbook.tables import codes
from support.register_folder import LAST, write_register

HEADINGS = "school,pupil,where,date,session,code"
WEEK = [f"100001,p2,8012000,2026-09-{day:02},{half},O" for day in range(7, 12) for half in ("AM", "PM")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where `p2` was never absent."""
    return write_register(tmp_path)


def put(folder: Path, *lines: str, headings: str = HEADINGS) -> Path:
    (folder / "elsewhere.csv").write_text("\n".join([headings, *lines, ""]), encoding="utf-8")
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(FixSettings) as refused:
        read_folder(folder)
    return refused.value.sentence


def sessions(folder: Path) -> int:
    [found] = [row for row in judge_folder(folder, LAST, ["penalty_notice"]) if row["pupil"] == "p2"]
    count: int = found["sessions"]
    return count


def away(folder: Path) -> list[tuple[int, date, int, str]]:
    marks = read_folder(folder).registers.elsewhere
    assert marks is not None
    return [(row[0], row[2], row[3], codes.letter(row[4])) for row in marks.rows()]


def test_absences_at_another_school_are_counted(folder: Path) -> None:
    here = folder / "marks.csv"
    days = ("2026-09-07", "2026-09-08", "2026-09-09", "2026-09-10", "2026-09-11")
    here.write_text("".join(x for x in here.read_text().splitlines(True) if not ("p2" in x and x[10:20] in days)))
    assert sessions(folder) == 0
    assert sessions(put(folder, *WEEK)) == 10


def test_without_the_file_or_without_a_row_nothing_is_known_of_other_schools(folder: Path) -> None:
    assert read_folder(folder).registers.elsewhere is None
    assert read_folder(put(folder)).registers.elsewhere is None


def test_marks_may_be_in_any_order_and_a_dash_or_a_blank_is_none(folder: Path) -> None:
    rows = ("8012000,2026-09-08,PM,c1", "8012000,2026-09-08,AM,-", "8012000,2026-09-09,AM,", "100009,2025-01-13,AM,G")
    put(folder, *(f"100001,p2,{row}" for row in rows))
    assert away(folder) == [(100009, date(2025, 1, 13), 0, "G"), (8012000, date(2026, 9, 8), 1, "C1")]


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        ("100001,p9,8012000,2026-09-07,AM,O", "pupil", "table of pupils has no such pupil"),
        ("100001,p2,801,2026-09-07,AM,O", "where", "is not a URN, or a LAESTAB"),
        ("100001,p2,801/2000,2026-09-07,AM,O", "where", "is not a URN, or a LAESTAB"),
        ("100001,p2,100001,2026-09-07,AM,O", "where", "in the table of schools"),
        ("100001,p2,8012000,07/09/2026,AM,O", "date", "a day as 2026-09-03"),
        ("100001,p2,8012000,2026-09-07,noon,O", "session", "not AM or PM"),
        ("100001,p2,8012000,2026-09-07,PM,H", "code", "no national code of that day"),
        ("100001,p2,8012000,2026-09-07,AM,G", "session", "there twice"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_place(folder: Path, row: str, column: str, why: str) -> None:
    sentence = refusal(put(folder, WEEK[0], row))
    assert f"elsewhere.csv, line 3, column {column}" in sentence
    assert why in sentence


def test_two_marks_under_two_names_of_one_pupil_are_refused(folder: Path) -> None:
    upn = "G801200026001"
    file = folder / "pupils.csv"
    file.write_text(file.read_text().replace("p2,,2016-05-01", f"p2,{upn},2016-05-01\n100001,p3,{upn},2016-05-01"))
    sentence = refusal(put(folder, WEEK[0], WEEK[0].replace("p2", "p3").replace(",O", ",G")))
    assert "elsewhere.csv: two marks for one session" in sentence
