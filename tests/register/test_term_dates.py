"""The calendar from term dates, and the school year."""

from __future__ import annotations

import polars as pl
import pytest

from rollbook.register.terms import differences, school_year, sessions_from_terms, split_by_year
from support.registers import SCHOOL, calendar, day

WEEK = [(day("2026-09-07"), day("2026-09-13"))]


def opened(sessions: pl.DataFrame) -> list[tuple[str, int]]:
    return [(str(d), s) for d, s in sessions.filter("open").select("date", "session").iter_rows()]


def test_each_weekday_of_a_term_has_two_sessions() -> None:
    sessions = sessions_from_terms(SCHOOL, WEEK)
    assert len(opened(sessions)) == 10
    assert opened(sessions)[0] == ("2026-09-07", 0)
    assert opened(sessions)[-1] == ("2026-09-11", 1)


def test_a_closed_day_is_in_the_calendar_and_not_open() -> None:
    sessions = sessions_from_terms(SCHOOL, WEEK, [(day("2026-09-08"), day("2026-09-09"))])
    assert sessions.height == 10
    assert {d for d, _ in opened(sessions)} == {"2026-09-07", "2026-09-10", "2026-09-11"}


def test_a_half_day_closes_one_session() -> None:
    sessions = sessions_from_terms(SCHOOL, WEEK, [], [(day("2026-09-11"), "PM")])
    assert ("2026-09-11", 0) in opened(sessions)
    assert ("2026-09-11", 1) not in opened(sessions)


@pytest.mark.parametrize(
    ("terms", "closed", "half_days", "said"),
    [
        ([("2026-09-11", "2026-09-07")], [], [], "a term ends .* before it begins"),
        ([("2026-09-07", "2026-09-11")], [("2026-09-09", "2026-09-08")], [], "a closure ends"),
        ([("2026-09-07", "2026-09-11"), ("2026-09-11", "2026-09-18")], [], [], "two terms overlap"),
        ([("2026-09-07", "2026-09-11")], [], [("2026-09-12", "PM")], "not a weekday of any term"),
        ([("2026-09-07", "2026-09-11")], [], [("2026-09-11", "noon")], "must say AM or PM"),
    ],
)
def test_term_dates_that_cannot_be_right_are_refused(
    terms: list[tuple[str, str]], closed: list[tuple[str, str]], half_days: list[tuple[str, str]], said: str
) -> None:
    def spells(pairs: list[tuple[str, str]]) -> list[tuple[object, object]]:
        return [(day(first), day(last)) for first, last in pairs]

    with pytest.raises(ValueError, match=said):
        sessions_from_terms(SCHOOL, spells(terms), spells(closed), [(day(d), s) for d, s in half_days])  # type: ignore[arg-type]


def test_two_calendars_differ_where_one_is_open_and_the_other_not() -> None:
    found = differences(calendar(("2026-11-02", "2026-11-02")), calendar())
    assert found.rows() == [(day("2026-11-02"), 0, False, True), (day("2026-11-02"), 1, False, True)]


def test_days_that_one_calendar_does_not_reach_are_no_difference() -> None:
    autumn = calendar()
    assert differences(autumn.filter(pl.col("date") < day("2026-10-01")), autumn).is_empty()


def test_a_session_that_a_calendar_leaves_out_is_closed_in_it() -> None:
    autumn = calendar()
    assert differences(autumn, autumn.filter(pl.col("date") != day("2026-10-01"))).height == 2


@pytest.mark.parametrize(("on", "year"), [("2026-07-31", 2025), ("2026-08-01", 2026), ("2027-01-01", 2026)])
def test_the_school_year_begins_on_1_august(on: str, year: int) -> None:
    assert school_year(day(on)) == year


def test_rows_are_split_by_their_school_year() -> None:
    rows = pl.DataFrame({"date": [day("2026-08-01"), day("2026-07-31"), day("2027-07-31")], "n": [1, 2, 3]})
    parts = split_by_year(rows)
    assert {year: part["n"].to_list() for year, part in parts.items()} == {2026: [1, 3], 2025: [2]}
    assert parts[2026].columns == ["date", "n"]
