"""What the regular feed says of a small register, in the week of Monday 7 September 2026."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from rollbook.outbox import regular
from rollbook.outbox.regular import COHORTS, Register
from rollbook.tables.schemas import FLAGS, conform
from rollbook_feed.regular import regular_problems
from rollbook_feed.regular.suppress import suppress
from rollbook_feed.regular.week import COHORTS as OF_FEED
from support.registers import SCHOOL, calendar, register, roll

MONDAY, TUESDAY, FRIDAY = date(2026, 9, 7), date(2026, 9, 8), date(2026, 9, 11)
EVERYBODY = ((1, "2026-09-03", None), (2, "2026-09-03", None), (3, "2026-09-03", None))
PRESENT = "\n".join(f"{pupil} {MONDAY} AM /\n{pupil} {MONDAY} PM \\" for pupil in (1, 2, 3))


def made(marks: str, spells: tuple = EVERYBODY, *, until: date = FRIDAY, flags: pl.DataFrame | None = None) -> Register:
    pupils = pl.DataFrame({"pupil": [1, 2, 3], "upn": ["A123456789012", None, "B123456789012"]})
    years = pl.Series("year_group", [7, 7, 8][: len(spells)], dtype=pl.Int8)
    return Register(
        sessions=calendar((str(FRIDAY), str(FRIDAY))),
        roll=roll(*spells).with_columns(years),
        marks=register(marks),
        pupils=pupils,
        flags=flags,
        first=MONDAY,
        last=until,
    )


def flagged(*rows: tuple[int, str, str | None, str | None]) -> pl.DataFrame:
    given = [(SCHOOL, p, f, a and date.fromisoformat(a), b and date.fromisoformat(b)) for p, f, a, b in rows]
    names = ("school", "pupil", "flag", "from", "to")
    return conform(pl.DataFrame(given, schema={name: FLAGS[name] for name in names}, orient="row"), FLAGS)


def row_of(found: regular.Rows, group: str | int) -> list[int]:
    [row] = [row for row in found if group in (row.get("cohort"), row.get("year_group"))]
    return [row[name] for name in ("pupils", "possible", "attended", "authorised", "unauthorised")]


def test_a_day_says_for_how_many_a_mark_was_due_and_how_many_have_one() -> None:
    found = regular.days(made(f"1 {MONDAY} AM /\n1 {MONDAY} PM O\n2 {MONDAY} AM I"))
    assert found[MONDAY] == [
        {"session": "AM", "expected": 3, "recorded": 2},
        {"session": "PM", "expected": 3, "recorded": 1},
    ]


def test_a_day_without_a_mark_is_not_recorded_and_a_closed_day_is_not_there() -> None:
    found = regular.days(made(PRESENT))
    assert [row["recorded"] for row in found[TUESDAY]] == [0, 0]
    assert FRIDAY not in found


@pytest.mark.parametrize(
    ("first", "last", "due"),
    [
        ("2026-09-08", None, 2),
        ("2026-09-07", "2026-09-07", 3),
        ("2026-09-03", "2026-09-04", 2),
        ("2026-09-07", None, 3),
    ],
    ids=["comes tomorrow", "last day", "left", "comes today"],
)
def test_a_mark_is_due_from_the_first_day_on_the_roll_to_the_last(first: str, last: str | None, due: int) -> None:
    register = made(PRESENT, (EVERYBODY[0], EVERYBODY[1], (3, first, last)))
    assert regular.days(register)[MONDAY][0]["expected"] == due
    assert regular.days(register)[MONDAY][0]["recorded"] == due


def test_a_week_counts_sessions_by_what_they_say_and_leaves_out_what_is_not_recorded() -> None:
    marks = f"1 {MONDAY} AM /\n1 {MONDAY} PM B\n2 {MONDAY} AM I\n2 {MONDAY} PM O\n3 {MONDAY} AM X\n3 {TUESDAY} AM U"
    [found] = regular.weeks(made(marks)).values()
    assert row_of(found, "all") == [3, 5, 2, 1, 2]
    assert row_of(found, 7) == [2, 4, 2, 1, 1]
    assert row_of(found, 8) == [1, 1, 0, 0, 1]
    assert len(found) == 3  # no cohort, for the source gives no flags


def test_a_week_is_told_when_its_open_days_are_over() -> None:
    thursday = date(2026, 9, 10)  # the last open day: Friday is closed
    assert list(regular.weeks(made(PRESENT, until=thursday))) == [MONDAY]
    assert list(regular.weeks(made(PRESENT, until=date(2026, 9, 9)))) == []


def test_cohorts_are_those_that_hold_in_the_week_and_all_are_there() -> None:
    flags = flagged((1, "fsm", None, None), (2, "fsm", "2026-09-14", None), (3, "ehcp", None, "2026-09-07"))
    flags = pl.concat([flags, flagged((1, "medical", None, None), (1, "breakfast club", None, None))])
    [found] = regular.weeks(made(PRESENT, flags=flags)).values()
    assert row_of(found, "fsm") == [1, 2, 2, 0, 0]
    assert row_of(found, "ehcp") == [1, 2, 2, 0, 0]
    assert row_of(found, "eal") == [0, 0, 0, 0, 0]
    assert {row["cohort"] for row in found if "cohort" in row} == {"all", *COHORTS} == set(OF_FEED)


def test_a_pupil_who_came_back_is_one_pupil_in_the_last_year_group() -> None:
    spells = ((1, "2026-09-03", "2026-09-07"), (1, "2026-09-08", None))
    made_of = made(f"1 {MONDAY} AM /\n1 {TUESDAY} AM /", spells)
    one = Register(**{**vars(made_of), "roll": made_of.roll.with_columns(year_group=pl.Series([7, 8], dtype=pl.Int8))})
    [found] = regular.weeks(one).values()
    assert row_of(found, "all") == row_of(found, 8) == [1, 2, 2, 0, 0]


def test_the_marks_of_a_day_name_a_pupil_by_number_and_upn() -> None:
    found = regular.marks(made(f"2 {MONDAY} PM \\\n1 {MONDAY} AM I"))
    assert regular.said(found[MONDAY]) == [
        {"pupil": "1", "upn": "A123456789012", "session": "AM", "code": "I"},
        {"pupil": "2", "session": "PM", "code": "\\"},
    ]
    assert list(found) == [MONDAY]


def test_each_is_of_the_feeds_form_once_its_small_numbers_are_hidden() -> None:
    register = made(PRESENT, flags=flagged((1, "fsm", None, None)))
    about = {"feed_version": "1.0", "school": SCHOOL, "revision": 1, "as_of": "2026-09-11T19:00:00Z"}
    week = {"week": "2026-09-07", "least": 5, "rows": suppress(regular.weeks(register)[MONDAY])}
    day = {"date": "2026-09-07", "registers": regular.days(register)[MONDAY]}
    sessions = {"date": "2026-09-07", "marks": regular.said(regular.marks(register)[MONDAY])}
    assert regular_problems("week", about | week) == []
    assert regular_problems("day", about | day) == []
    assert regular_problems("sessions", about | sessions) == []
