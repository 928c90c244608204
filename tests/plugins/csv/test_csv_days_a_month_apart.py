"""Registers whose days are the same of several months: misread where the month comes first, or kept so."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, Window
from rollbook.tables.schemas import Table
from support.csv_files import drop, marks_file, refused, rows
from support.csv_workbooks import saved

YEARS = Window(date(2025, 9, 1), date(2027, 8, 31))
SAID = "its days go from 2026-02-11 to 2026-03-11 at once"


def days_read(folder: Path, **settings: Any) -> list[str]:
    found = rows(Table.MARKS, folder, window=YEARS, **settings)["date"].unique().sort()
    return [day.isoformat() for day in found]


def register(folder: Path, days: str, shape: str = "mark") -> Path:
    """A register of those days, as `11/02 11/03` of 2026, or with a year."""
    full = [day if day.count("/") > 1 else f"{day}/2026" for day in days.split()]
    if shape == "mark":
        return drop(folder, marks=marks_file(*(f"001,{day},AM,/" for day in full)))
    if shape == "day":
        return drop(folder, marks="\n".join(["Adno,Date,AM,PM", *(f"001,{day},/,/" for day in full), ""]))
    headings = ",".join(f"{day} {half}" for day in full for half in ("AM", "PM"))
    return drop(folder, marks=f"Adno,{headings}\n001{',/' * 2 * len(full)}\n")


@pytest.mark.parametrize("shape", ["mark", "day", "grid"])
@pytest.mark.parametrize("days", ["11/02 11/03 11/04", "11/02 11/03 11/04 11/05 11/06 11/09 11/10 11/11 11/12"])
def test_successive_days_of_november_that_were_taken_for_months_are_refused(
    tmp_path: Path, shape: str, days: str
) -> None:
    said = refused(FixSettings, register(tmp_path, days, shape), shape=shape)
    assert said.startswith(f"marks.csv: {SAID}")
    assert said.endswith("set days_a_month_apart = true.")


def test_thursday_friday_and_monday_that_were_taken_for_months_are_refused(tmp_path: Path) -> None:
    """5, 6 and 9 November."""
    assert "go from 2026-05-11 to 2026-06-11" in refused(FixSettings, register(tmp_path, "11/05 11/06 11/09"))


@pytest.mark.parametrize(
    "days", ["11/02 11/03 12/03 11/04", "11/02 11/03", "05/10 05/11 05/02/2027", "11/02 11/06 11/09"]
)
def test_days_with_others_between_too_few_or_not_of_successive_months_are_read(tmp_path: Path, days: str) -> None:
    assert len(days_read(register(tmp_path, days))) == len(days.split())


def test_a_day_beyond_the_twelfth_is_no_month(tmp_path: Path) -> None:
    assert len(days_read(register(tmp_path, "13/10 13/11 13/12"))) == 3


@pytest.mark.parametrize("shape", ["mark", "grid"])
def test_a_form_that_can_be_read_in_one_way_alone_is_in_no_doubt(tmp_path: Path, shape: str) -> None:
    days = ["2026-02-11", "2026-03-11", "2026-04-11"]
    headings = ",".join(f"{day} {half}" for day in days for half in ("AM", "PM"))
    grid = f"Adno,{headings}\n001{',/' * 6}\n"
    drop(tmp_path, marks=grid if shape == "grid" else marks_file(*(f"001,{day},AM,/" for day in days)))
    assert days_read(tmp_path, shape=shape, date_form="yyyy-mm-dd") == days


def test_cells_of_a_workbook_that_hold_days_are_in_doubt_whatever_the_form(tmp_path: Path) -> None:
    saved(tmp_path, "xlsx", *[["1", date(2026, month, 11), "AM", "/"] for month in (2, 3, 4)])
    assert SAID in refused(FixSettings, tmp_path, marks="marks.xlsx", date_form="yyyy-mm-dd")


def test_days_on_which_the_school_was_open_are_read_where_the_exchanged_ones_were_closed(tmp_path: Path) -> None:
    """Exchanged they are 10, 11 and 12 May, in a school year of which the calendar says nothing."""
    folder = register(tmp_path / "calendar", "05/10 05/11 05/12")
    assert "at once" in refused(FixSettings, folder)
    drop(folder, calendar="Date,AM/PM,Open\n05/10/2026,AM,yes\n05/11/2026,AM,yes\n05/12/2026,AM,yes\n")
    assert days_read(folder) == ["2026-10-05", "2026-11-05", "2026-12-05"]
    drop(folder, calendar="Date,AM/PM,Open\n10/05/2026,AM,yes\n11/05/2026,AM,yes\n12/05/2026,AM,yes\n")
    assert "at once" in refused(FixSettings, folder)


def test_weekdays_are_read_where_the_exchanged_days_are_a_weekend(tmp_path: Path) -> None:
    """4 November and 4 December are 11 and 12 April; 2 September and 2 October are 9 and 10 February, school days."""
    folder = register(tmp_path / "closed", "04/11 04/12", "grid")
    assert len(days_read(folder, shape="grid")) == 2
    open_days = register(tmp_path / "open", "02/09 02/10", "grid")
    assert "2026-09-02 to 2026-10-02" in refused(FixSettings, open_days, shape="grid")


@pytest.mark.parametrize("shape", ["mark", "grid"])
def test_a_school_whose_register_is_of_such_days_says_so(tmp_path: Path, shape: str) -> None:
    folder = register(tmp_path, "11/02 11/03 11/04", shape)
    assert days_read(folder, shape=shape, days_a_month_apart=True) == ["2026-02-11", "2026-03-11", "2026-04-11"]
