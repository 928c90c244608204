"""What the settings take, what `check` tells, and what the plugin says of itself."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

import rollbook_csv
from rollbook.contract import FixSettings, SchoolRef
from rollbook.tables.schemas import Table
from rollbook_csv.source import CsvSource
from support.csv_files import PUPILS, ROLL, SCHOOL, TERM, drop, good_lines, marks_file, rows, source


def mistakes(**settings: Any) -> Mapping[str, Any]:
    with pytest.raises(ValidationError) as caught:
        CsvSource.Settings().load({"folder": "drop", "date_form": "dd/mm/yyyy", **settings})
    return caught.value.normalized_messages()


def test_the_form_of_dates_has_no_default() -> None:
    with pytest.raises(ValidationError) as caught:
        CsvSource.Settings().load({"folder": "drop"})
    assert list(caught.value.normalized_messages()) == ["date_form"]


def test_the_blank_of_a_new_configuration_is_refused_with_the_choices() -> None:
    assert "dd/mm/yyyy" in mistakes(date_form="")["date_form"][0]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("encoding", "latin"),
        ("delimiter", "::"),
        ("key", "name"),
        ("urn", "12"),
        ("laestab", "8"),
        ("am", []),
        ("pm", ["am"]),
        ("marks", "../marks.csv"),
        ("date_from", "x"),
        ("columns", {"nothing": "X"}),
        ("shape", "wide"),
        ("headings_line", 0),
        ("headings_line", "4"),
        ("totals", "Total"),
        ("cell", "pair"),
        ("string_days", "open"),
        ("sessions_line", 2),
        ("columns", {"roll": {"mark": "X"}}),
        ("columns", {"mark": 3}),
    ],
)
def test_a_mistake_is_named(setting: str, value: Any) -> None:
    assert list(mistakes(**{setting: value})) == [setting]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"shape": "string"}, "string_days"),
        ({"shape": "string", "string_days": "school days"}, "string_days"),
        ({"shape": "grid", "sessions_line": 2}, "sessions_line"),
        ({"shape": "grid", "sessions_line": 4, "headings_line": 2}, "sessions_line"),
        ({"shape": "grid", "cell": "both"}, "cell"),
        ({"totals": [" "]}, "totals"),
    ],
)
def test_what_a_shape_needs_is_named(settings: dict[str, Any], named: str) -> None:
    assert list(mistakes(**settings)) == [named]


def test_a_tab_can_be_written_as_a_word(tmp_path: Path) -> None:
    drop(tmp_path, marks=marks_file(*good_lines(1)).replace(",", "\t"))
    assert rows(Table.MARKS, tmp_path, delimiter="tab").height == 1


def test_a_relative_folder_begins_at_the_configuration(tmp_path: Path) -> None:
    schema = CsvSource.Settings()
    schema.config_folder = tmp_path
    assert schema.load({"folder": "drop", "date_form": "dd/mm/yyyy"})["folder"] == tmp_path / "drop"


def test_the_school_of_a_connection(tmp_path: Path) -> None:
    folder = drop(tmp_path / "larkspur")
    assert source(folder).schools() == [SchoolRef("larkspur", "", None)]
    assert source(folder, urn="900001").schools() == [SchoolRef("900001", "", 900001)]


def test_check_tells_the_columns_the_newest_session_and_the_marks_it_does_not_know(tmp_path: Path) -> None:
    lines = ["001234,02/11/2026,AM,/", "001234,02/11/2026,PM,ZZ", "001234,03/11/2026,AM,Y", "001234,03/11/2026,PM,-"]
    folder = drop(tmp_path, marks=marks_file(*lines), pupils=PUPILS, roll=ROLL)
    remarks = list(source(folder).check())
    told = {remark.text: remark.ok for remark in remarks}
    text = "\n".join(told)
    assert "marks.csv: 4 rows. Columns: adno, date, session, mark. Pupils are known by adno." in text
    assert told["The newest session with marks is 2026-11-03 AM."] is True
    assert [line[:10] for line in sorted(told) if "is set aside" in line] == ["'Y', once ", "a mark of "]
    assert "a mark of 2 letters (not shown), once (on line 3, 2026-11-02 PM): not a national code" in text
    assert all(told.values()), "a mark that is no code is told, and fails no check: the other rows pass"
    assert sorted(remark.text[:10] for remark in remarks if remark.note) == ["'Y', once ", "a mark of "]
    assert "No leave.csv: leave that was granted is not known." in text


def test_check_tells_what_is_drawn_from_the_marks(tmp_path: Path) -> None:
    text = "Adno,Surname,DOB,Date,AM/PM,Mark\n001,Fennimore,10/03/2014,02/11/2026,AM,/\n"
    told = [remark.text for remark in source(drop(tmp_path, marks=text)).check()]
    assert any(line.startswith("No pupils.csv: pupils are taken from the marks.") for line in told)
    assert any(line.startswith("No roll.csv: the roll is taken from the marks.") for line in told)
    assert "Fennimore" not in "\n".join(told)


def test_check_tells_of_rows_that_would_be_set_aside(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3), "001,never,AM,/"), pupils="Adno,DOB\n000001,\n", roll=ROLL)
    assert [remark.text for remark in source(folder).check() if not remark.ok] == [
        "marks.csv: 1 value could not be used. The first is marks.csv, line 5: Date: the value (not shown) is not a "
        "day in the form dd/mm/yyyy, which the settings state. Correct it in the MIS, and export again."
    ]


def test_check_says_once_what_to_do_about_a_wrong_upn(tmp_path: Path) -> None:
    folder = drop(tmp_path, marks=marks_file(*good_lines(3)), pupils="Adno,DOB,UPN\n001,10/03/2014,A1\n", roll=ROLL)
    [told] = [remark.text for remark in source(folder).check() if "UPN" in remark.text]
    assert told.count("Correct it in the MIS") == 1
    assert told.endswith("the pupil is taken without it. Correct it in the MIS, and export again.")


def test_check_of_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match=r"There is no file marks.csv"):
        list(source(tmp_path).check())


def test_what_the_plugin_says_of_itself() -> None:
    assert rollbook_csv.rollbook_sources() == [CsvSource]
    assert (CsvSource.name, CsvSource.window_days) == ("csv", None)
    assert CsvSource.tables == set(Table) - {Table.SCHOOLS}
    module, _, name = str(CsvSource.simulator).partition(":")
    assert hasattr(importlib.import_module(module), name)


def test_a_folder_that_does_not_say_whose_it_is_is_the_first_schools(tmp_path: Path) -> None:
    reading = source(drop(tmp_path, marks=marks_file(*good_lines(1))))
    list(reading.pull(Table.MARKS, SCHOOL, TERM, None))
    with pytest.raises(FixSettings, match="is that of the school 900001, and 900002 was asked for"):
        list(reading.pull(Table.MARKS, SchoolRef("900002", "", 900002), TERM, None))


def test_a_key_by_which_a_folder_is_not_known(tmp_path: Path) -> None:
    reading = source(drop(tmp_path, marks=marks_file(*good_lines(1))))
    with pytest.raises(FixSettings, match='knows none by the key "elms"'):
        list(reading.pull(Table.MARKS, SchoolRef("elms", "", 900002), TERM, None))
