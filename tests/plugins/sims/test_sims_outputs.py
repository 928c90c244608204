"""What was recorded of SIMS's reporter and of its partner interfaces is read as tables; a failed output is no table."""

from __future__ import annotations

import re

import polars as pl
import pytest

from rollbook.contract import Problem
from rollbook.tables.checks import upn_problem
from rollbook_sims.reports.report import Report
from support.sims_outputs import OUTPUTS, report_of

MARKS = ("date", "session", "mark", "subcode")
MORNING = {"captions": {"marks": {"upn": "Pupil No. (UPN)", "date": "Day", "session": "Half", "mark": "Symbol"}}} | {
    "am": ["Morning"],
    "pm": ["Afternoon"],
}


def read(report: Report) -> pl.DataFrame:
    return pl.concat(report.chunks())


@pytest.mark.parametrize(
    ("name", "report", "records", "ignored"),
    [
        ("marks.xml", "marks", 43, 1),
        ("marks.csv", "marks", 43, 1),
        ("marks_outer_rows.xml", "marks", 48, 6),
        ("partner_marks.xml", "marks", 42, 0),
        ("pupils.xml", "pupils", 7, 0),
        ("pupils.csv", "pupils", 7, 0),
        ("pupils_cp1252.xml", "pupils", 7, 0),
        ("roll.xml", "roll", 7, 0),
        ("contacts.xml", "contacts", 13, 1),
        ("codes.xml", "codes", 42, 0),
        ("partner_codes_v2.xml", "codes", 42, 0),
        ("partner_codes_v1.xml", "codes", 3, 0),
    ],
)
def test_every_record_is_a_row_but_those_of_nothing(name: str, report: str, records: int, ignored: int) -> None:
    output = report_of(name, report)
    rows = read(output)
    assert (output.records, output.ignored, rows.height) == (records, ignored, records - ignored)
    assert (output.rejects, rows["line"].null_count()) == ([], 0)


@pytest.mark.parametrize("name", ["marks.csv", "marks_cross_product.xml", "marks_outer_rows.xml", "partner_marks.xml"])
def test_the_same_marks_come_of_every_form(name: str) -> None:
    form = pl.col("date").str.slice(0, 10)
    expected = read(report_of("marks.xml", "marks")).select("person", *MARKS).with_columns(form)
    given = read(report_of(name, "marks")).select("person", *MARKS).with_columns(form)
    assert given.to_dicts() == expected.to_dicts()


def test_marks_are_as_the_register_has_them() -> None:
    marks = read(report_of("marks.xml", "marks")).filter(pl.col("person") == "6420")
    assert marks.rows()[1:3] == [
        (2, None, None, "6420", "2026-09-02T00:00:00", "PM", "X", "X01"),
        (3, None, None, "6420", "2026-09-03T00:00:00", "AM", "/", None),
    ]


def test_names_come_whole_whatever_the_bytes() -> None:
    names = [read(report_of(name, "pupils"))["surname"].to_list() for name in ("pupils.xml", "pupils_cp1252.xml")]
    assert names[0] == names[1]
    assert {"Ó Briain", "Núñez-O’Hare", 'Blythe "Bly"'} <= set(names[0])


def test_captions_of_the_authors_own_are_found_where_the_settings_say_them() -> None:
    report = report_of("marks_own_captions.xml", "marks", **MORNING)
    assert read(report)["mark"].to_list() == ["/", "N", None]
    assert report.found == {"upn": "Pupil No. (UPN)", "date": "Day", "session": "Half", "mark": "Symbol"}
    assert report.strange == ["Remark"]


def test_they_are_not_guessed_where_the_settings_say_nothing() -> None:
    with pytest.raises(Problem, match="Symbol"):
        read(report_of("marks_own_captions.xml", "marks"))


@pytest.mark.parametrize(
    ("name", "said"),
    [("marks_half_written.xml", "middle"), ("marks_empty.xml", "empty"), ("marks_error_in_output.xml", "fail")],
)
def test_a_failed_output_is_no_table(name: str, said: str) -> None:
    with pytest.raises(Problem, match=said) as problem:
        read(report_of(name, "marks"))
    assert name in problem.value.sentence


def test_every_upn_in_them_is_valid_in_form() -> None:
    found = {upn for file in OUTPUTS.iterdir() for upn in re.findall(rb"\b[A-Z][0-9]{11}[0-9A-Z]\b", file.read_bytes())}
    assert found
    assert [upn for upn in found if upn_problem(upn.decode())] == []
