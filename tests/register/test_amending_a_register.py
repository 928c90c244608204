"""A correction keeps what it corrects; what a source stops saying is deleted only where that can be told."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.register.amend import Counts, Merged, as_known, merge
from rollbook.register.normalise import FRESH
from rollbook.tables.schemas import MARKS, REPLACED, empty
from support.registers import code_id, day, fresh, keys, night, no_marks, normalised, register, told

WEEK = (day("2026-09-14"), day("2026-09-18"))
DAYS = [day("2026-09-07") + timedelta(days=n) for n in range(5)] + [WEEK[0] + timedelta(days=n) for n in range(5)]


def pull(kept: pl.DataFrame, text: str, known: str = "2026-09-21", run: int = 2, **changes: object) -> Merged:
    """Merge a pull that was whole for the week of 14 September."""
    given_ = {"first": WEEK[0], "last": WEEK[1], "known_from": night(known), "run": run} | changes
    return merge(kept, fresh(text), **given_)  # type: ignore[arg-type]


def test_a_mark_seen_for_the_first_time_is_added() -> None:
    merged = pull(no_marks(), "1 2026-09-14 AM O")
    assert told(merged.marks) == ["1 2026-09-14 AM O"]
    assert merged.marks.schema == MARKS
    assert merged.marks["known_from"].to_list() == [night("2026-09-21")]
    assert merged.counts == Counts(added=1, changed=0, deleted=0, unchanged=0)


def test_a_mark_seen_again_keeps_when_it_was_known_and_its_run() -> None:
    merged = pull(register("1 2026-09-14 AM O", known="2026-09-15", run=1), "1 2026-09-14 AM O")
    assert merged.marks["known_from"].to_list() == [night("2026-09-15")]
    assert merged.marks["run"].to_list() == [1]
    assert merged.counts.unchanged == 1
    assert merged.replaced.is_empty()


def test_a_corrected_mark_keeps_its_earlier_value_and_when_it_was_known() -> None:
    merged = pull(register("1 2026-09-14 AM O", known="2026-09-15", run=1), "1 2026-09-14 AM I")
    assert told(merged.marks) == ["1 2026-09-14 AM I"]
    assert told(merged.replaced) == ["1 2026-09-14 AM O"]
    assert merged.replaced.schema == REPLACED
    earlier = merged.replaced.row(0, named=True)
    assert (earlier["known_from"], earlier["known_to"], earlier["run"]) == (night("2026-09-15"), night("2026-09-21"), 1)
    assert merged.counts.changed == 1


def test_another_unknown_mark_is_a_change() -> None:
    assert pull(register("1 2026-09-14 AM ZZ"), "1 2026-09-14 AM QQ").counts.changed == 1


def test_a_mark_that_is_gone_where_the_pull_was_whole_is_deleted() -> None:
    kept = register("1 2026-09-14 AM O\n1 2026-09-14 PM O")
    merged = pull(kept, "1 2026-09-14 AM O")
    assert told(merged.marks) == ["1 2026-09-14 AM O"]
    assert told(merged.replaced) == ["1 2026-09-14 PM O"]
    assert merged.counts.deleted == 1


def test_a_mark_of_a_day_left_out_for_everybody_stays_unless_it_is_named_as_removed() -> None:
    kept = register("1 2026-09-14 AM O\n1 2026-09-15 AM O\n1 2026-09-15 PM O")
    changes = {"silent": [day("2026-09-15")], "removed": keys("1 2026-09-15 PM")}
    merged = pull(kept, "1 2026-09-14 AM O", **changes)
    assert told(merged.marks) == ["1 2026-09-14 AM O", "1 2026-09-15 AM O"]


def test_a_mark_outside_what_the_pull_covers_stays() -> None:
    kept = register("1 2026-09-11 PM O\n1 2026-09-21 AM O")
    assert told(pull(kept, "1 2026-09-14 AM O").marks) == [
        "1 2026-09-11 PM O",
        "1 2026-09-14 AM O",
        "1 2026-09-21 AM O",
    ]


def test_without_a_covered_window_nothing_is_deleted_for_being_missing() -> None:
    kept = register("1 2026-09-14 AM O\n1 2026-09-14 PM O")
    assert pull(kept, "1 2026-09-14 AM O", first=None, last=None).counts.deleted == 0


def test_a_pupil_who_vanished_wholly_keeps_his_marks() -> None:
    kept = register("1 2026-09-14 AM O\n2 2026-09-14 AM O")
    merged = pull(kept, "1 2026-09-14 AM O")
    assert told(merged.marks) == ["1 2026-09-14 AM O", "2 2026-09-14 AM O"]


def test_a_pupil_of_whom_the_pull_has_only_blanks_has_not_vanished() -> None:
    page = normalised("1 2026-09-14 AM (none)")
    kept = register("1 2026-09-14 AM O\n1 2026-09-14 PM O")
    merged = merge(
        kept,
        page.marks,
        first=WEEK[0],
        last=WEEK[1],
        removed=page.blank,
        known_from=night("2026-09-21"),
        run=2,
        in_source=page.pupils,
    )
    assert merged.marks.is_empty()
    assert merged.counts.deleted == 2


def test_what_the_source_says_was_removed_is_closed_wherever_it_is() -> None:
    kept = register("1 2026-09-07 AM O")
    assert pull(kept, "", removed=keys("1 2026-09-07 AM"), first=None, last=None).counts.deleted == 1


def test_a_mark_that_comes_with_its_own_removal_is_there() -> None:
    merged = pull(register("1 2026-09-14 AM O"), "1 2026-09-14 AM I", removed=keys("1 2026-09-14 AM"))
    assert told(merged.marks) == ["1 2026-09-14 AM I"]


def test_a_session_with_two_marks_keeps_what_was_known() -> None:
    page = normalised("1 2026-09-14 AM O\n1 2026-09-14 AM I\n1 2026-09-14 PM O")
    merged = merge(
        register("1 2026-09-14 AM /\n1 2026-09-14 PM O"),
        page.marks,
        first=WEEK[0],
        last=WEEK[1],
        conflicted=page.conflicted,
        known_from=night("2026-09-21"),
        run=2,
    )
    assert told(merged.marks) == ["1 2026-09-14 AM /", "1 2026-09-14 PM O"]
    assert merged.counts.deleted == 0


@pytest.mark.parametrize(
    ("doubt", "stay"),
    [
        ((1, "2026-09-14", None), ["1 2026-09-14 AM O", "1 2026-09-14 PM O"]),
        ((1, None, None), ["1 2026-09-14 AM O", "1 2026-09-14 PM O", "1 2026-09-15 AM O"]),
        ((2, None, None), []),
    ],
)
def test_an_unreadable_row_deletes_nothing_that_it_may_have_been(
    doubt: tuple[int, str | None, None], stay: list[str]
) -> None:
    kept = register("1 2026-09-14 AM O\n1 2026-09-14 PM O\n1 2026-09-15 AM O")
    in_doubt = pl.DataFrame(
        {"pupil": [doubt[0]], "date": [day(doubt[1]) if doubt[1] else None], "session": [None]},
        schema={"pupil": pl.Int64, "date": pl.Date, "session": pl.UInt8},
    )
    merged = pull(kept, "1 2026-09-16 AM /", conflicted=in_doubt)
    assert told(merged.marks)[:-1] == stay


def test_a_clock_that_went_back_makes_no_mark_older_than_what_it_replaced() -> None:
    merged = pull(register("1 2026-09-14 AM O", known="2026-09-22"), "1 2026-09-14 AM I", known="2026-09-21")
    assert merged.marks["known_from"].to_list() == [night("2026-09-22")]
    assert told(as_known(merged.marks, merged.replaced, night("2026-09-22"))) == ["1 2026-09-14 AM I"]


def test_two_marks_for_one_session_are_refused() -> None:
    twice = pl.concat([fresh("1 2026-09-14 AM O"), fresh("1 2026-09-14 AM I")])
    with pytest.raises(ValueError, match="normalise the pages of one pull together"):
        merge(no_marks(), twice, first=None, last=None, known_from=night("2026-09-21"), run=2)


# What holds of every register and every pull.

CODES = [code_id(code) for code in ("/", "O", "I", "ZZ")]
REGISTERS = st.dictionaries(
    st.tuples(st.integers(1, 3), st.sampled_from(DAYS), st.integers(0, 1)), st.sampled_from(CODES), max_size=12
)
FIRST_WEEK = (DAYS[0], DAYS[4])


def marks_of(chosen: dict[tuple[int, object, int], int], window: tuple[object, object] | None = None) -> pl.DataFrame:
    rows = [(p, d, s, c, None) for (p, d, s), c in chosen.items() if not window or window[0] <= d <= window[1]]  # type: ignore[operator]
    return pl.DataFrame(rows, schema=FRESH, orient="row")


def night_of(number: int) -> object:
    return night("2026-09-19") + timedelta(days=number)


def merged_in(kept: pl.DataFrame, pulled: pl.DataFrame, window: tuple[object, object], number: int) -> Merged:
    return merge(kept, pulled, first=window[0], last=window[1], known_from=night_of(number), run=number)  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(kept=REGISTERS, pulled=REGISTERS)
def test_the_same_pull_twice_changes_nothing(kept: dict, pulled: dict) -> None:  # type: ignore[type-arg]
    start = merged_in(no_marks(), marks_of(kept), WEEK, 1).marks
    once = merged_in(start, marks_of(pulled, WEEK), WEEK, 2)
    twice = merged_in(once.marks, marks_of(pulled, WEEK), WEEK, 3)
    assert twice.marks.equals(once.marks)
    assert twice.replaced.is_empty()


@settings(max_examples=40, deadline=None)
@given(kept=REGISTERS, one=REGISTERS, other=REGISTERS)
def test_pulls_of_different_weeks_come_in_either_order(kept: dict, one: dict, other: dict) -> None:  # type: ignore[type-arg]
    start = merged_in(no_marks(), marks_of(kept), WEEK, 1).marks
    pulls = [(marks_of(one, FIRST_WEEK), FIRST_WEEK, 2), (marks_of(other, WEEK), WEEK, 3)]
    results = []
    for order in (pulls, pulls[::-1]):
        marks, replaced = start, [empty(REPLACED)]
        for pulled, window, number in order:
            merged = merged_in(marks, pulled, window, number)
            marks, replaced = merged.marks, [*replaced, merged.replaced]
        results.append((marks, pl.concat(replaced).sort("pupil", "date", "session")))
    assert results[0][0].equals(results[1][0])
    assert results[0][1].equals(results[1][1])


@settings(max_examples=40, deadline=None)
@given(pulls=st.lists(REGISTERS, min_size=1, max_size=4))
def test_what_was_known_on_any_night_can_be_told_exactly(pulls: list[dict]) -> None:  # type: ignore[type-arg]
    marks, replaced, known = no_marks(), empty(REPLACED), []
    for number, pulled in enumerate(pulls):
        merged = merged_in(marks, marks_of(pulled, WEEK), WEEK, number)
        marks, replaced = merged.marks, pl.concat([replaced, merged.replaced])
        known.append(marks)
    for number, then in enumerate(known):
        assert as_known(marks, replaced, night_of(number)).equals(then)  # type: ignore[arg-type]
