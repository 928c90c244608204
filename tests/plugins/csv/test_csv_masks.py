"""What of a file may stand on a screen: headings that are surely no pupil's, and national codes. Nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.contract import FixSettings
from rollbook.tables.codes import all_codes
from rollbook_csv.headings import FIELDS
from rollbook_csv.masks import may_show, told_heading, told_mark
from rollbook_csv.profiling.exports import EXPORTS, PLAUSIBLE
from support.csv_files import SURNAME, UPN, drop, refused, source


def test_every_heading_that_is_known_may_be_shown() -> None:
    usual = [heading for fields in FIELDS.values() for headings in fields.values() for heading in headings]
    more = [heading for headings in PLAUSIBLE.values() for heading in headings]
    exports = [heading for export in EXPORTS for heading in export.headings]
    assert [heading for heading in [*usual, *more, *exports] if not may_show(heading)] == []


@pytest.mark.parametrize(
    "heading", ["Yr", "SEN Status", "Free School Meals", "Week Start", "AM1", "Class 2026/27", "PupilID", "YEAR_GROUP"]
)
def test_what_is_made_of_words_of_headings_may_be_shown(heading: str) -> None:
    assert told_heading(heading, 0) == heading


@pytest.mark.parametrize(
    "cell",
    [
        SURNAME,
        UPN,
        "001234",
        "10/03/2016",
        "Zoë",
        "Pat",
        "6A",
        "F",
        "Mark Fennimore",
        "Mark (Zoë)",
        "Amin",
        "Isla",
        "Toby",
    ],
)
def test_what_may_be_of_a_pupil_is_not_shown(cell: str) -> None:
    assert told_heading(cell, 6) == "column 7 (its heading is not shown)"


def test_a_row_of_a_pupil_in_place_of_the_headings_is_not_repeated(tmp_path: Path) -> None:
    """Its last cell, a mark or the half day, may be a heading that is known."""
    drop(
        tmp_path,
        marks=f"001234,{UPN},{SURNAME},Zoë,10/03/2016,6A,AM,/\n001234,{UPN},{SURNAME},Zoë,10/03/2016,6A,AM,N\n",
    )
    said = refused(FixSettings, tmp_path, shape="day")
    assert "column 3 (its heading is not shown)" in said
    assert [told for told in ("001234", UPN, SURNAME, "Zoë", "10/03/2016", "6A") if told in said] == []


def test_a_column_of_a_grid_that_is_headed_by_a_name_is_told_by_its_place(tmp_path: Path) -> None:
    grid = f"Adno,House,02/11/2026 AM,02/11/2026 PM,{SURNAME}\n001,Oak,/,N,1\n"
    pupils = "Adno,DOB\n001,10/03/2016\n"
    told = "\n".join(remark.text for remark in source(drop(tmp_path, marks=grid, pupils=pupils), shape="grid").check())
    assert "Neither a day nor known, and not read: House, column 5 (its heading is not shown)." in told


@given(st.text(min_size=1, max_size=6))
def test_no_mark_is_shown_that_is_no_national_code(mark: str) -> None:
    codes = {code.code for code in all_codes()} | {"", "-"}
    assert (told_mark(mark) == mark) is (mark.strip().upper() in codes)


@pytest.mark.parametrize(
    ("mark", "told"),
    [("ZF", "2 letters"), ("7", "1 digit"), ("7a", "2 characters"), ("?", "1 sign"), ("Zoë F", "5 characters")],
)
def test_of_another_mark_the_length_and_the_kind_are_told(mark: str, told: str) -> None:
    assert told_mark(mark) == f"{told} (not shown)"
