"""Each row of a page is a national code, or nothing, or set aside with a reason: never guessed, never lost."""

from __future__ import annotations

import polars as pl
import pytest

from rollbook.register.normalise import normalise_marks
from support.registers import SCHOOL, calendar, everybody, keys, normalised, page, roll, told


def kinds(found: pl.DataFrame) -> list[str]:
    return found["kind"].to_list()


def test_a_known_code_is_kept_and_its_own_letter_is_not_written_twice() -> None:
    found = normalised("1 2026-09-14 AM O")
    assert told(found.marks) == ["1 2026-09-14 AM O"]
    assert found.marks["raw"].to_list() == [None]
    assert found.quarantine.is_empty()


@pytest.mark.parametrize("written", ["o", "I01", "i"])
def test_another_way_of_writing_a_code_keeps_what_was_written(written: str) -> None:
    assert normalised(f"1 2026-09-14 AM {written}").marks["raw"].to_list() == [written]


def test_the_schools_own_mark_is_understood_by_its_map() -> None:
    found = normalised("1 2026-09-14 AM 7", mapped={"7": "I"})
    assert told(found.marks) == ["1 2026-09-14 AM I"]
    assert found.marks["raw"].to_list() == ["7"]


@pytest.mark.parametrize(
    ("written", "kind", "held"), [("ZZ", "unknown_code", "invalid"), ("H", "unknown_code", "invalid")]
)
def test_an_unknown_mark_is_held_as_no_code_and_reported(written: str, kind: str, held: str) -> None:
    found = normalised(f"1 2026-09-14 AM {written}\n2 2026-09-14 AM /")
    assert told(found.marks) == [f"1 2026-09-14 AM {held}", "2 2026-09-14 AM /"]
    assert found.marks["raw"].to_list() == [written, None]
    assert kinds(found.quarantine) == [kind]
    assert "Add it to the codes of this school" in found.quarantine["reason"][0]


def test_a_mark_that_could_be_several_codes_is_never_guessed() -> None:
    found = normalised("1 2026-09-14 AM Y")
    assert told(found.marks) == ["1 2026-09-14 AM lossy"]
    assert kinds(found.quarantine) == ["lossy_code"]
    assert "any of Y1 to Y7" in found.quarantine["reason"][0]


@pytest.mark.parametrize("written", ["(none)", "-", ""])
def test_a_mark_not_made_is_no_mark_and_its_session_is_told(written: str) -> None:
    found = normalised(f"1 2026-09-14 AM {written}")
    assert found.marks.is_empty()
    assert found.blank.equals(keys("1 2026-09-14 AM").cast(dict(found.blank.schema)))
    assert found.counts["not_recorded"] == 1
    assert found.pupils.to_list() == [1]


def test_the_place_names_file_and_line() -> None:
    found = normalised("1 2026-09-14 AM /\n1 2026-09-14 PM ZZ")
    assert found.quarantine["place"].to_list() == ["marks.csv, line 3"]


def test_a_row_may_name_its_own_file() -> None:
    two_files = page("1 2026-09-14 AM ZZ\n1 2026-09-14 PM ZZ").with_columns(origin=pl.Series([None, "more.csv"]))
    found = normalise_marks(
        two_files, school=SCHOOL, sessions=calendar(), roll=everybody(1), mapped={}, origin="marks.csv"
    )
    assert found.quarantine["place"].to_list() == ["marks.csv, line 2", "more.csv, line 3"]


def test_a_long_note_in_the_place_of_a_mark_is_cut() -> None:
    found = normalised(f"1 2026-09-14 AM {'Z' * 500}")
    assert found.quarantine["raw"].str.len_chars().to_list() == [40]


def test_a_mark_on_a_closed_day_is_set_aside() -> None:
    found = normalised("1 2026-10-26 AM /\n1 2026-09-12 AM O")
    assert found.marks.is_empty()
    assert kinds(found.quarantine) == ["closed_day", "closed_day"]


@pytest.mark.parametrize("written", ["#", "(none)", "-"])
def test_closure_and_blank_pass_on_a_closed_day(written: str) -> None:
    found = normalised(f"1 2026-10-26 AM {written}")
    assert found.quarantine.is_empty()
    assert found.marks.is_empty()
    assert found.blank.is_empty()
    assert found.counts["passed"] == 1


@pytest.mark.parametrize(
    ("spells", "kind"),
    [
        ([(1, "2026-10-01", None)], "not_on_roll"),
        ([], "not_on_roll"),
        ([(1, "2025-09-03", "2026-09-11")], "after_leaving"),
        ([(1, "2025-09-03", "2026-09-11"), (1, "2026-10-01", None)], "after_leaving"),
    ],
)
def test_a_mark_of_a_pupil_not_on_the_roll_that_day(spells: list[tuple[int, str, str | None]], kind: str) -> None:
    found = normalised("1 2026-09-14 AM /", roll=roll(*spells))
    assert found.marks.is_empty()
    assert kinds(found.quarantine) == [kind]


@pytest.mark.parametrize("on", ["2026-09-14", "2026-09-18"])
def test_the_first_and_last_day_on_the_roll_are_on_it(on: str) -> None:
    found = normalised(f"1 {on} AM /", roll=roll((1, "2026-09-14", "2026-09-18")))
    assert told(found.marks) == [f"1 {on} AM /"]


@pytest.mark.parametrize("on", ["2026-09-11", "2026-10-01"])
def test_a_pupil_who_came_back_is_on_the_roll_in_both_spells(on: str) -> None:
    spells = [(1, "2026-09-03", "2026-09-11"), (1, "2026-10-01", None), (2, "2026-09-03", None)]
    found = normalised(f"1 {on} AM /\n2 {on} AM /", roll=roll(*spells))
    assert told(found.marks) == [f"1 {on} AM /", f"2 {on} AM /"]


@pytest.mark.parametrize("written", ["Z", "#", "(none)"])
def test_what_says_not_on_roll_passes_for_a_pupil_not_on_the_roll(written: str) -> None:
    found = normalised(f"1 2026-09-14 AM {written}", roll=roll((1, "2026-10-01", None)))
    assert found.quarantine.is_empty()
    assert found.marks.is_empty()


def test_a_mark_of_a_pupil_nobody_knows_is_set_aside_and_the_others_pass() -> None:
    found = normalised("? 2026-09-14 AM /\n1 2026-09-14 AM /")
    assert told(found.marks) == ["1 2026-09-14 AM /"]
    assert kinds(found.quarantine) == ["unknown_pupil"]


def test_the_same_mark_twice_counts_once() -> None:
    found = normalised("1 2026-09-14 AM O\n1 2026-09-14 AM O\n1 2026-09-14 AM o")
    assert told(found.marks) == ["1 2026-09-14 AM O"]
    assert found.counts["duplicates"] == 2
    assert found.quarantine.is_empty()


def test_two_different_marks_for_one_session_are_both_set_aside() -> None:
    found = normalised("1 2026-09-14 AM O\n1 2026-09-14 AM I\n1 2026-09-14 PM O")
    assert told(found.marks) == ["1 2026-09-14 PM O"]
    assert kinds(found.quarantine) == ["two_marks", "two_marks"]
    assert found.quarantine["raw"].to_list() == ["O", "I"]
    assert found.conflicted.rows() == [(1, found.conflicted["date"][0], 0)]


def test_two_unknown_marks_are_different_marks() -> None:
    assert kinds(normalised("1 2026-09-14 AM ZZ\n1 2026-09-14 AM QQ").quarantine) == ["two_marks", "two_marks"]


def test_a_blank_beside_a_mark_is_no_second_mark() -> None:
    found = normalised("1 2026-09-14 AM (none)\n1 2026-09-14 AM O")
    assert told(found.marks) == ["1 2026-09-14 AM O"]
    assert found.blank.is_empty()
    assert found.quarantine.is_empty()


def test_a_blank_beside_two_different_marks_is_none_of_them() -> None:
    found = normalised("1 2026-09-14 AM (none)\n1 2026-09-14 AM O\n1 2026-09-14 AM I")
    assert found.counts["two_marks"] == 2
    assert found.blank.is_empty()


def test_a_session_that_is_neither_am_nor_pm_puts_the_day_in_doubt() -> None:
    found = normalised("1 2026-09-14 noon O")
    assert kinds(found.quarantine) == ["malformed"]
    assert found.quarantine["column"].to_list() == ["session"]
    assert found.conflicted["session"].to_list() == [None]


def test_a_row_without_a_date_puts_all_the_pupils_days_in_doubt() -> None:
    undated = page("1 2026-09-14 AM O").with_columns(date=pl.lit(None, dtype=pl.Date))
    found = normalise_marks(undated, school=SCHOOL, sessions=calendar(), roll=everybody(1), mapped={}, origin="f.csv")
    assert found.quarantine["column"].to_list() == ["date"]
    assert found.conflicted["date"].to_list() == [None]


def test_every_row_is_counted_once() -> None:
    counts = normalised(
        "1 2026-09-14 AM O\n1 2026-09-14 AM O\n1 2026-09-14 PM (none)\n1 2026-10-26 AM #\n1 2026-10-27 AM /\n"
        "? 2026-09-14 AM /\n2 2026-09-14 AM ZZ\n2 2026-09-14 PM i"
    ).counts
    outcomes = ["kept", "not_recorded", "passed", "duplicates", "closed_day", "unknown_pupil"]
    assert sum(counts[name] for name in outcomes) == counts["read"] == 8
    assert counts["exact"] + counts["alias"] + counts["invalid"] + counts["lossy"] == counts["kept"] == 3


def test_an_empty_page_is_an_empty_answer() -> None:
    found = normalised("")
    assert found.marks.is_empty()
    assert found.quarantine.is_empty()
    assert found.counts["read"] == 0


def test_no_reason_or_place_repeats_the_mark() -> None:
    said = normalised("1 2026-09-14 AM Amira\n? 2026-09-14 AM Amira\n1 2026-10-26 AM Amira").quarantine
    assert "Amira" not in " ".join([*said["reason"], *said["place"]])
