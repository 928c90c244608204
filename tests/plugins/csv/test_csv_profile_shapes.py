"""`rollbook csv profile` and the shapes of a register, with lines above and below it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rollbook_csv import commands
from support.csv_files import marks_file
from support.csv_profiled import NO_DATES, doubts, given, profiled, proposed

DAY = "UPN,Surname,Date,AM,PM\nB801200005001,Fennimore,02/11/2026,/,\\\nB801200005001,Fennimore,13/11/2026,/,N\n"
GRID = (
    "Register of 6A\nPrinted for Zoë Fennimore\n\nAdno,Name,02/11/2026 AM,02/11/2026 PM,03/11/2026 AM,03/11/2026 PM\n"
    "001,Pat,/,\\,N,N\n002,Jo,/,\\,-,#\nTotal,,2,2,1,1\n"
)
TWO_LINES = "Adno;Name;02/11/2026;;03/11/2026;\n;;AM;PM;AM;PM\n001;Pat;/;\\;N;N\n"
PAIRS = 'Adno,Name,02/11/2026,03/11/2026\n001,Pat,/\\,NN\n002,Jo,"C1,N",/\\\n'
STRING = 'UPN,Surname,Start Date,Marks\nB801200005001,Fennimore,02/11/2026,"/,\\,C1,N"\n'


@pytest.mark.parametrize(
    ("text", "shape", "more", "marks"),
    [
        (DAY, "day", {}, ["/", "\\", "/", "N"]),
        (GRID, "grid", {"headings_line": 4, "totals": ["Total"]}, ["/", "\\", "N", "N", "/", "\\", "-", "#"]),
        (TWO_LINES, "grid", {"headings_line": 1, "sessions_line": 2}, ["/", "\\", "N", "N"]),
        (PAIRS, "grid", {"cell": "pair"}, ["/", "\\", "N", "N", "C1", "N", "/", "\\"]),
        (STRING, "string", {"string_days": "weekdays"}, ["/", "\\", "C1", "N"]),
    ],
    ids=["day", "grid", "two lines", "pairs", "string"],
)
def test_shapes(tmp_path: Path, text: str, shape: str, more: dict[str, Any], marks: list[str]) -> None:
    stated = ["--date-form", "dd/mm/yyyy"] + (["--string-days", "weekdays"] if shape == "string" else [])
    path = given(tmp_path, text, pupils=NO_DATES.replace(",", ";") if ";" in text else NO_DATES)
    data = proposed(path, *stated)
    assert (data["complete"], data["profile"]["shape"]) == (True, shape)
    assert {name: data["profile"].get(name) for name in more} == more
    assert [row["mark"] for row in data["previews"][0]["rows"]] == marks


@pytest.mark.parametrize("text", [DAY, GRID, TWO_LINES, PAIRS, STRING])
def test_day_before_month_is_asked_in_every_shape(tmp_path: Path, text: str) -> None:
    data = (
        proposed(given(tmp_path, text), "--string-days", "weekdays")
        if "Marks" in text
        else proposed(given(tmp_path, text))
    )
    assert (data["complete"], data["asked"]) == (False, ["date_form"])
    assert data["days"][0] == ["02/11/2026", "Monday 2 November 2026", "Wednesday 11 February 2026"]
    assert [preview["date_form"] for preview in data["previews"]] == ["dd/mm/yyyy", "mm/dd/yyyy"]


def test_what_a_string_counts_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = given(tmp_path, STRING)
    assert proposed(path)["asked"] == ["date_form", "string_days"]
    monkeypatch.setattr(commands, "_on_terminal", lambda: True)
    assert profiled(path, answers="dd/mm/yyyy\nall\n").status == 0


def test_lines_at_the_end_that_are_no_rows_are_told_by_their_place(tmp_path: Path) -> None:
    lines = [f"{n},2026-11-02,AM,/" for n in range(40)]
    path = given(tmp_path, marks_file(*lines, "Fennimore made this"))
    assert doubts(path)["totals"].startswith("what line 42 at the end are")


def test_a_surname_that_is_a_word_of_totals_ends_no_register(tmp_path: Path) -> None:
    lines = ["Total,1,2026-11-02,AM,/", "Fennimore,2,2026-11-02,AM,/", "Total,,,,"]
    path = given(tmp_path, marks_file(*lines, headings="Surname,Adno,Date,AM/PM,Mark"))
    assert "totals" not in proposed(path)["profile"]
