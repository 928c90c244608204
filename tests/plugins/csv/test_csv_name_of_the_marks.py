"""A file of marks by another name than marks.csv: the profile that is proposed says it, and so does a refusal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from support.csv_files import marks_of, refused, rows
from support.typed import type_command
from support.workbooks import workbook

MARKS = [["Adno", "Date", "AM/PM", "Mark"], ["007", date(2026, 11, 2), "AM", "O"]]


@pytest.mark.parametrize("name", ["marks.xlsx", "Register [6A].xlsx"])
def test_a_profile_that_was_written_reads_the_file_that_it_was_made_of(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(workbook("xlsx", MARKS))
    (tmp_path / "pupils.csv").write_text("Adno,DOB\n007,2016-03-10\n", encoding="utf-8")
    profile = tmp_path / "larkspur.toml"
    assert type_command("csv", "profile", tmp_path / name, "--out", profile).status == 0
    read = rows(Table.MARKS, tmp_path, profile=str(profile), date_form="yyyy-mm-dd")
    assert marks_of(read) == [("007", date(2026, 11, 2), "AM", "O")]


def test_a_profile_of_the_usual_name_does_not_say_it(tmp_path: Path) -> None:
    (tmp_path / "marks.csv").write_text("Adno,Date,AM/PM,Mark\n007,2026-11-02,AM,O\n", encoding="utf-8")
    assert "marks" not in type_command("csv", "profile", tmp_path, "--format", "json").json()["profile"]


@pytest.mark.parametrize(
    ("there", "asked"),
    [("marks.xlsx", "marks.csv"), ("MARKS.TXT", "marks.csv"), ("marks_2026-11-20.ods", "marks_*.csv")],
)
def test_a_file_that_differs_in_its_ending_alone_is_named_where_there_is_none(
    tmp_path: Path, there: str, asked: str
) -> None:
    (tmp_path / there).write_bytes(b"x")
    said = refused(FixSettings, tmp_path, marks=asked)
    assert said.startswith(f"There is no file {asked} in {tmp_path}. There is {there}: if that is the export, ")


@pytest.mark.parametrize(
    ("there", "asked"), [("pupils.csv", "marks.csv"), ("Zoe.xlsx", "*.csv"), (".marks.xlsx", "marks.csv")]
)
def test_no_other_file_is_named(tmp_path: Path, there: str, asked: str) -> None:
    (tmp_path / there).write_bytes(b"x")
    assert "There is no file" in (said := refused(FixSettings, tmp_path, marks=asked))
    assert there not in said
