"""What was set aside is tried again when the roll, the calendar or the map changes; newer word of a session wins."""

from __future__ import annotations

import polars as pl
import pytest

from rollbook.register.normalise import Normalised
from rollbook.register.quarantine import Retried, retry, waits_since
from support.registers import SCHOOL, calendar, day, everybody, normalised, roll, told


def latecomer() -> pl.DataFrame:
    return roll((1, "2026-10-01", None))


def set_aside(text: str, **changes: object) -> pl.DataFrame:
    return normalised(text, **changes).quarantine.with_row_index("id", offset=1)


def tried(rows: pl.DataFrame, pulled: Normalised | None = None, **changes: object) -> Retried:
    given: dict[str, object] = {
        "first": None,
        "last": None,
        "school": SCHOOL,
        "sessions": calendar(),
        "roll": everybody(1, 2),
        "mapped": {},
    }
    return retry(rows, pulled or normalised(""), **(given | changes))  # type: ignore[arg-type]


def test_a_corrected_roll_releases_a_mark() -> None:
    found = tried(set_aside("1 2026-09-14 AM o", roll=latecomer()))
    assert told(found.marks) == ["1 2026-09-14 AM O"]
    assert found.released.to_list() == [1]
    assert found.open.to_list() == []


def test_a_new_map_releases_a_mark() -> None:
    found = tried(set_aside("1 2026-09-14 AM 7"), mapped={"7": "I"})
    assert told(found.marks) == ["1 2026-09-14 AM I"]
    assert found.released.to_list() == [1]


def test_a_corrected_calendar_releases_a_mark() -> None:
    rows = set_aside("1 2026-09-14 AM O", sessions=calendar(("2026-09-14", "2026-09-14")))
    assert told(tried(rows).marks) == ["1 2026-09-14 AM O"]


def test_what_is_still_wrong_stays_set_aside() -> None:
    found = tried(set_aside("1 2026-09-14 AM ZZ"))
    assert found.marks.is_empty()
    assert found.open.to_list() == [1]


def test_a_mark_that_may_now_be_on_the_roll_but_is_no_code_stays_set_aside() -> None:
    found = tried(set_aside("1 2026-09-14 AM ZZ", roll=latecomer()))
    assert found.marks.is_empty()
    assert found.open.to_list() == [1]


def test_a_day_left_out_for_everybody_overtakes_nothing() -> None:
    rows = set_aside("1 2026-09-14 AM ZZ\n1 2026-09-15 AM ZZ")
    found = tried(rows, first=day("2026-09-14"), last=day("2026-09-18"), silent=[day("2026-09-15")])
    assert (found.released.to_list(), found.open.to_list()) == ([1], [2])


def test_a_newer_mark_of_the_session_wins() -> None:
    rows = set_aside("1 2026-09-14 AM O", roll=latecomer())
    found = tried(rows, normalised("1 2026-09-14 AM /"))
    assert found.marks.is_empty()
    assert found.released.to_list() == [1]


def test_a_day_that_the_pull_covers_needs_no_second_look() -> None:
    rows = set_aside("1 2026-09-14 AM O\n1 2026-09-21 AM O", roll=latecomer())
    found = tried(rows, first=day("2026-09-14"), last=day("2026-09-18"))
    assert found.released.to_list() == [1, 2]
    assert told(found.marks) == ["1 2026-09-21 AM O"]


def test_a_row_that_could_not_be_read_is_settled_by_a_pull_that_could_read_every_row() -> None:
    unread = set_aside("1 2026-09-14 AM ZZ").with_columns(
        pl.lit(None).cast(pl.Int64).alias("pupil"), pl.lit(None).cast(pl.Date).alias("date"), kind=pl.lit("malformed")
    )
    assert tried(unread).open.to_list() == [1]
    assert tried(unread, first=day("2026-09-14"), last=day("2026-09-18")).released.to_list() == [1]


@pytest.mark.parametrize(
    ("story", "rows", "since"),
    [
        ("nothing is set aside", "", None),
        ("a code that a map can mend", "1 2026-09-14 AM ZZ", None),
        ("two marks", "1 2026-09-21 AM O\n1 2026-09-21 AM I", "2026-09-21"),
        ("a pupil nobody knows", "? 2026-09-14 AM O", "2026-09-14"),
        ("both", "? 2026-09-14 AM O\n1 2026-09-21 AM O\n1 2026-09-21 AM I", "2026-09-14"),
        ("longer ago than is ever read", "? 2026-07-14 AM O", "2026-09-01"),
    ],
)
def test_only_what_the_source_alone_can_mend_is_asked_again(story: str, rows: str, since: str | None) -> None:
    assert waits_since(set_aside(rows), day("2026-09-01")) == (since and day(since))


def test_a_row_without_a_day_may_be_of_any() -> None:
    unread = set_aside("? 2026-09-14 AM O").with_columns(pl.lit(None).cast(pl.Date).alias("date"))
    assert waits_since(unread, day("2026-09-01")) == day("2026-09-01")


def test_of_two_rows_of_one_session_the_newest_is_used_and_both_are_released() -> None:
    rows = pl.concat(
        [set_aside("1 2026-09-14 AM O", roll=latecomer()), set_aside("1 2026-09-14 AM I", roll=latecomer())]
    ).with_columns(id=pl.Series([1, 2], dtype=pl.UInt32))
    found = tried(rows)
    assert told(found.marks) == ["1 2026-09-14 AM I"]
    assert found.released.to_list() == [1, 2]


def test_two_marks_for_a_session_wait_for_the_source() -> None:
    rows = set_aside("1 2026-09-14 AM O\n1 2026-09-14 AM I")
    assert tried(rows).open.to_list() == [1, 2]
    assert tried(rows, normalised("1 2026-09-14 AM I")).released.to_list() == [1, 2]


def test_a_mark_of_a_pupil_nobody_knows_waits() -> None:
    assert tried(set_aside("? 2026-09-14 AM O")).open.to_list() == [1]


def test_rows_of_other_tables_are_left_alone() -> None:
    rows = set_aside("1 2026-09-14 AM ZZ").with_columns(table=pl.lit("pupils"))
    found = tried(rows)
    assert found.released.is_empty()
    assert found.open.is_empty()
