"""What `rollbook csv profile` takes for totals: lines that are no pupil's alone, by its own words, never surely."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.typed import type_command

MARKS = (
    "Surname,Adno,Date,AM/PM,Mark\nExample,001,02/11/2026,AM,/\nRows,002,02/11/2026,AM,/\nRows,002,02/11/2026,PM,N\n"
)
DAYS = "Surname,Adno,Date,AM,PM\nExample,001,02/11/2026,/,\\\nTotal,002,02/11/2026,/,N\n"
GRID = "Surname,Adno,02/11/2026 AM,02/11/2026 PM\nExample,001,/,\\\nRecords,002,/,N\n"
STRING = 'Surname,Adno,Start Date,Marks\nExample,001,02/11/2026,"/,\\"\nPrinted,002,02/11/2026,"/,N"\n'
ENTRY = "Surname,Adno,Date,AM/PM,Entry\nExample,001,02/11/2026,AM,/\nRows,002,02/11/2026,AM,N\n"


def proposed(folder: Path, text: str) -> dict[str, Any]:
    (folder / "marks.csv").write_text(text, encoding="utf-8")
    stated = ("--date-form", "dd/mm/yyyy", "--string-days", "weekdays")
    data: dict[str, Any] = type_command("csv", "profile", folder, *stated, "--format", "json").json()
    return data


def of_totals(data: dict[str, Any]) -> list[str]:
    return [doubt["what"] for doubt in data["not_sure"] if doubt["about"] == "totals"]


@pytest.mark.parametrize(
    "text", [MARKS, DAYS, GRID, STRING, ENTRY], ids=["mark", "day", "grid", "string", "by content"]
)
def test_a_pupil_whose_surname_is_a_word_of_totals_is_kept(tmp_path: Path, text: str) -> None:
    data = proposed(tmp_path, text)
    assert ("totals" in data["profile"], of_totals(data)) == (False, [])
    assert "N" in [row["mark"] for row in data["previews"][0]["rows"]]


@pytest.mark.parametrize("end", ["Total,,,,2\n", "TOTAL: 2\n", "Total of Fennimore,,,,\n"])
def test_totals_are_proposed_by_the_word_alone_and_doubted(tmp_path: Path, end: str) -> None:
    data = proposed(tmp_path, MARKS + end)
    assert data["profile"]["totals"] == ["Total"]
    assert of_totals(data) == ["whether every file of this export ends with such totals, and no pupil is so called"]


def test_no_totals_are_proposed_by_which_a_pupil_would_be_lost(tmp_path: Path) -> None:
    data = proposed(tmp_path, MARKS + "Rows: 3,,,,\n")
    assert "totals" not in data["profile"]
    assert of_totals(data) == ["what line 5 at the end are"]


def test_a_word_within_a_longer_name_is_no_word_of_totals(tmp_path: Path) -> None:
    assert "totals" not in proposed(tmp_path, MARKS + "Total-Fennimore,,,,\n")["profile"]


def test_the_rows_of_a_grid_that_is_mostly_blank_are_rows(tmp_path: Path) -> None:
    days = [f"{day:02d}/11/2026 {half}" for day in range(2, 7) for half in ("AM", "PM")]
    rows = [f"{n:03d},Example,/,\\{',' * 8}" for n in range(1, 4)] + [f"004,Example{',' * 10}"]
    data = proposed(tmp_path, "\n".join([",".join(["Adno", "Surname", *days]), *rows, ""]))
    assert ("totals" in data["profile"], of_totals(data)) == (False, [])
    assert data["previews"][0]["marks"] == 6


def test_totals_of_a_grid_with_a_number_of_pupils_below_the_key_are_totals(tmp_path: Path) -> None:
    assert proposed(tmp_path, GRID + "Total,2,2,1\n")["profile"]["totals"] == ["Total"]
