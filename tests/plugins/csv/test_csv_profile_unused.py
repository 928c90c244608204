"""`rollbook csv profile` tells each column that it does not use, what it may be, and no heading that may be a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.csv_files import marks_file
from support.csv_profiled import given, profiled, proposed


def test_each_column_that_is_not_used_is_told(tmp_path: Path) -> None:
    text = marks_file("001234,5,2026-11-02,AM,/,x,y,", headings="Adno,Yr,Date,AM/PM,Mark,Meaning,Fennimore,")
    typed = profiled(given(tmp_path, text))
    assert "columns not used: Yr, Meaning, column 7 (its heading is not shown)\n" in typed.out
    assert proposed(given(tmp_path, text))["not_used"] == [
        {"column": 2, "heading": "Yr", "perhaps": "year"},
        {"column": 6, "heading": "Meaning", "perhaps": None},
        {"column": 7, "heading": None, "perhaps": None},
    ]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Yr", "year"),
        ("Yr Grp", "year"),
        ("Tutor", "class"),
        ("D.O.B.", "dob"),
        ("Surnmae", "surname"),
        ("Adress", "address"),
    ],
)
def test_a_heading_that_is_near_to_a_known_one_is_guessed_and_not_taken(
    tmp_path: Path, heading: str, field: str
) -> None:
    data = proposed(given(tmp_path, marks_file("001234,,2026-11-02,AM,/", headings=f"Adno,{heading},Date,AM/PM,Mark")))
    assert data["not_used"][0]["perhaps"] == field
    assert field not in data["columns"]
    told = [doubt["do"] for doubt in data["not_sure"] if doubt["about"] == field]
    assert f"columns = {{marks = {{{field} = " in told[0]


def test_nothing_is_said_where_all_are_used(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, "Adno,02/11/2026,,03/11/2026,\n001234,/,N,/,\\\n"), "--date-form", "dd/mm/yyyy")
    assert "not used" not in typed.out


@pytest.mark.parametrize("name", ["marks.csv", "arbor.csv", "sims_export.csv"])
def test_everyday_headings_are_those_of_no_known_export(tmp_path: Path, name: str) -> None:
    headings = "UPN,Legal First Name,Legal Last Name,Year Group,Date,Session,Mark"
    path = given(tmp_path, marks_file("B801200005001,Pat,X,5,2026-11-02,AM,/", headings=headings), name)
    assert proposed(path)["export"] is None
    assert "It looks like no export that is known: its columns were found by usual names." in profiled(path).out


def test_a_heading_of_its_own_names_an_export(tmp_path: Path) -> None:
    headings = "Arbor Student ID,Year Group,Date,Session,Mark"
    data = proposed(given(tmp_path, marks_file("7,5,2026-11-02,AM,/", headings=headings)))
    assert (data["export"]["name"], data["export"]["confidence"]) == ("an Arbor custom report", "low")
