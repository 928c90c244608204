"""The transfer file of a leaver: who is to have one, and the attendance that goes into it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules.evaluate import evaluate
from support.rules_cases import answer, looked_at, small

WEDNESDAY, OCTOBER = date(2026, 9, 16), date(2026, 10, 1)
MARKS = {"2026-09-07..2026-09-09": "I I", "2026-09-10": "G /", "2026-09-11": "- N"}


def left(day: date = WEDNESDAY, **more: Any) -> dict[str, Any]:
    return {"on_roll": date(2026, 9, 3), "off_roll": day, "destination": "unknown"} | more


def file_of(as_at: date = OCTOBER, **case: Any) -> dict[str, Any]:
    """The figures of the one finding."""
    [row] = looked_at(as_at, rules=["transfer_file"], **case).findings.to_dicts()
    return dict(json.loads(row["figures"]))


def due(as_at: date = OCTOBER, **case: Any) -> Any:
    return answer("transfer_file", as_at, **case)["due"]


@pytest.mark.parametrize(
    ("leaving", "is_due"),
    [
        ({}, True),
        ({"destination": None, "ground": "g"}, True),
        ({"destination": "900002"}, False),
        ({"destination": "home"}, False),
        ({"destination": "abroad"}, False),
        ({"destination": None, "ground": "k"}, False),
    ],
)
def test_it_is_of_who_went_nobody_knows_where(leaving: dict[str, Any], is_due: bool) -> None:
    assert due(pupil=left(**leaving)) is is_due


def test_it_is_due_from_the_first_school_day_off_the_roll() -> None:
    friday = left(date(2026, 9, 18))
    assert due(date(2026, 9, 20), pupil=friday) is False
    assert due(date(2026, 9, 21), pupil=friday) is True


def test_where_the_school_says_of_no_leaver_where_to_it_is_not_judged() -> None:
    said = answer("transfer_file", OCTOBER, pupil=left(destination=None))
    assert (said["due"], "not judged" in said["not_judged"]) == (None, True)


def test_it_has_every_weekday_from_the_first_school_day_to_the_last_on_the_roll() -> None:
    found = file_of(pupil=left(), marks=MARKS)
    assert (found["year"], found["start"], found["left"]) == (2026, "2026-09-03", "2026-09-16")
    assert found["marks"] == r"/,\,/,\,I,I,I,I,I,I,G,/,-,N,/,\,/,\,/,\ ".strip()


def test_the_counts_are_those_of_its_marks() -> None:
    found = file_of(pupil=left(), marks=MARKS)
    counts = [found[name] for name in ("possible", "attended", "authorised", "unauthorised")]
    assert counts == [19, 11, 6, 2]  # what is not recorded is not counted


def test_days_on_which_the_school_is_closed_stand_in_it() -> None:
    days = {"terms": ["2026-09-03..2026-12-18"], "closed": ["2026-09-09..2026-09-10"]}
    found = file_of(pupil=left(date(2026, 9, 11)), days=days)
    assert found["marks"].split(",")[8:12] == ["#"] * 4
    assert found["possible"] == 10


def test_who_left_in_the_holidays_has_the_year_that_was_over() -> None:
    days = {"terms": ["2025-09-03..2026-07-17", "2026-09-03..2026-12-18"], "closed": []}
    pupil = left(date(2026, 8, 20), on_roll=date(2025, 9, 3))
    found = file_of(date(2026, 9, 10), pupil=pupil, days=days)
    assert (found["year"], found["start"]) == (2025, "2025-09-03")
    assert len(found["marks"].split(",")) == 2 * (5 * 46 - 2)  # the first of 46 weeks begins on Wednesday


def test_who_joined_in_the_year_begins_on_that_day() -> None:
    assert file_of(pupil=left(on_roll=date(2026, 9, 14)))["start"] == "2026-09-14"


def test_where_the_school_opened_on_a_saturday_it_starts_on_the_monday_of_its_first_mark() -> None:
    whole = small(OCTOBER, pupil=left() | {"on_roll": date(2026, 9, 5)})
    saturday = whole.sessions.head(2).with_columns(pl.lit(date(2026, 9, 5)).alias("date"))
    sessions = pl.concat([saturday, whole.sessions.filter(pl.col("date") > date(2026, 9, 5))])
    marks = whole.marks.filter(pl.col("date") > date(2026, 9, 5))
    evaluation = evaluate(replace(whole, sessions=sessions, marks=marks), OCTOBER, rules=["transfer_file"])
    [row] = evaluation.findings.to_dicts()
    found = json.loads(row["figures"])
    assert (found["start"], len(found["marks"].split(","))) == ("2026-09-07", 2 * 8)


def test_between_two_spells_on_the_roll_stands_z() -> None:
    whole = small(OCTOBER, pupil=left())
    later = whole.roll.with_columns(pl.lit(date(2026, 9, 9)).alias("from"))
    spells = pl.concat([whole.roll.with_columns(to=pl.lit(date(2026, 9, 7))), later])
    marks = whole.marks.filter(pl.col("date") != date(2026, 9, 8))
    evaluation = evaluate(replace(whole, roll=spells, marks=marks), OCTOBER, rules=["transfer_file"])
    back, gone = evaluation.findings.to_dicts()
    assert (back["ended"], gone["ended"]) == (True, False)
    found = json.loads(gone["figures"])
    assert found["marks"].split(",")[4:10] == ["/", "\\", "Z", "Z", "/", "\\"]
    assert (found["start"], found["possible"]) == ("2026-09-03", 18)


def test_a_session_that_the_school_lost_is_closed() -> None:
    whole = small(OCTOBER, pupil=left())
    lost = (pl.col("date") == date(2026, 9, 4)) & (pl.col("session") == 1)
    sessions = whole.sessions.with_columns(open=pl.col("open") & ~lost)
    evaluation = evaluate(replace(whole, sessions=sessions), OCTOBER, rules=["transfer_file"])
    [row] = evaluation.findings.to_dicts()
    assert json.loads(row["figures"])["marks"].split(",")[:4] == ["/", "\\", "/", "#"]


def test_x_at_compulsory_school_age_is_no_mark() -> None:
    found = file_of(pupil=left(), marks={"2026-09-04": "X X"})
    assert found["marks"].split(",")[2:4] == ["-", "-"]
