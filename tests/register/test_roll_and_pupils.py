"""The roll and the list of pupils: who vanishes stays, what cannot be right is set aside, a great drop is held."""

from __future__ import annotations

import polars as pl
import pytest

from rollbook.register.pupils import MergedPupils, merge_pupils
from rollbook.register.roll import begin_later, many_begin_later, merge_roll, on_roll, roll_drop
from rollbook.tables.checks import upn_check_letter
from rollbook.tables.schemas import PUPILS, conform, empty
from support.registers import SCHOOL, day, roll

UPN = upn_check_letter("801200001001") + "801200001001"
OTHER_UPN = upn_check_letter("801200001002") + "801200001002"
BORN = day("2014-03-10")


def spells(frame: pl.DataFrame) -> list[tuple[int, str, str | None]]:
    return [(p, str(f), str(t) if t else None) for p, f, t in frame.select("pupil", "from", "to").iter_rows()]


def test_what_the_source_says_of_a_pupil_replaces_what_was_kept() -> None:
    merged = merge_roll(roll((1, "2025-09-03", None)), roll((1, "2025-09-03", "2026-10-09")), school=SCHOOL)
    assert spells(merged.roll) == [(1, "2025-09-03", "2026-10-09")]
    assert merged.vanished == ()


def test_a_pupil_who_vanishes_without_leaving_stays_on_the_roll_marked() -> None:
    kept = roll((1, "2025-09-03", None), (2, "2025-09-03", None))
    merged = merge_roll(kept, roll((2, "2025-09-03", None)), school=SCHOOL)
    assert spells(merged.roll) == [(1, "2025-09-03", None), (2, "2025-09-03", None)]
    assert merged.vanished == (1,)


def test_one_who_had_left_and_is_listed_no_more_has_not_vanished() -> None:
    merged = merge_roll(roll((1, "2025-09-03", "2026-07-20")), roll((2, "2025-09-03", None)), school=SCHOOL)
    assert merged.vanished == ()
    assert spells(merged.roll)[0] == (1, "2025-09-03", "2026-07-20")


@pytest.mark.parametrize(
    "second", [("2026-09-01", None), ("2026-07-20", None), ("2025-10-01", "2025-10-02"), ("2025-09-03", "2026-01-01")]
)
def test_overlapping_spells_are_refused_and_what_was_known_stands(second: tuple[str, str | None]) -> None:
    last = None if second[0] == "2026-09-01" else "2026-07-20"
    fresh = roll((1, "2025-09-03", last), (1, *second), (2, "2025-09-03", None))
    merged = merge_roll(roll((1, "2025-09-03", None)), fresh, school=SCHOOL, origin="roll.csv")
    assert spells(merged.roll) == [(1, "2025-09-03", None), (2, "2025-09-03", None)]
    assert set(merged.quarantine["kind"]) == {"overlapping_spells"}
    assert "overlap: neither was used" in merged.quarantine["reason"][0]
    assert merged.quarantine["place"][0] == "roll.csv"
    assert merged.vanished == ()


DRAWN = [  # what was known; the day drawn from the marks there are now, and the first of these; what is known then
    ("a file that begins later", [("2026-08-01", None)], ("2026-10-13", "2026-10-13"), [("2026-08-01", None)]),
    ("a file that begins with him", [("2026-10-12", None)], ("2026-08-01", "2026-10-19"), [("2026-10-12", None)]),
    ("a mark from before", [("2026-10-12", None)], ("2026-10-05", "2026-10-05"), [("2026-10-05", None)]),
    (
        "the second of two spells",
        [("2025-09-03", "2026-02-13"), ("2026-09-03", None)],
        ("2025-08-01", "2026-01-05"),
        [("2025-09-03", "2026-02-13"), ("2026-09-03", None)],
    ),
    ("one who had left", [("2025-09-03", "2026-02-13")], ("2025-08-01", "2026-02-02"), [("2025-09-03", "2026-02-13")]),
    (
        "one who had left, and is back",
        [("2025-09-03", "2026-02-13")],
        ("2026-08-01", "2026-09-03"),
        [("2025-09-03", "2026-02-13"), ("2026-09-03", None)],
    ),
    ("a new pupil", [], ("2026-08-01", "2026-09-03"), [("2026-08-01", None)]),
]


@pytest.mark.parametrize(("story", "known", "drawn", "then"), DRAWN, ids=[story for story, *_ in DRAWN])
def test_a_first_day_that_is_drawn_from_marks_moves_no_spell_that_is_known(
    story: str, known: list[tuple[str, str | None]], drawn: tuple[str, str], then: list[tuple[str, str | None]]
) -> None:
    begins, first_mark = drawn
    fresh = roll((1, begins, None)).with_columns(first_mark=day(first_mark), class_name=pl.lit("5B"))
    other = roll((None, begins, None)).with_columns(first_mark=day(first_mark), class_name=pl.lit("5B"))
    merged = merge_roll(roll(*((1, *spell) for spell in known)), pl.concat([fresh, other]), school=SCHOOL)
    assert spells(merged.roll) == [(1, *spell) for spell in then]
    assert merged.roll["class_name"][-1] == ("5B" if then[-1][1] is None else None)
    assert set(merged.quarantine["kind"]) == {"unknown_pupil"}
    assert merged.vanished == ()


def test_spells_that_follow_each_other_do_not_overlap() -> None:
    fresh = roll((1, "2025-09-03", "2026-07-20"), (1, "2026-07-21", None))
    assert merge_roll(roll(), fresh, school=SCHOOL).quarantine.is_empty()


def test_the_same_spell_twice_is_one() -> None:
    fresh = pl.concat([roll((1, "2025-09-03", None)), roll((1, "2025-09-03", None))])
    merged = merge_roll(roll(), fresh, school=SCHOOL)
    assert spells(merged.roll) == [(1, "2025-09-03", None)]
    assert merged.quarantine.is_empty()


def test_a_spell_that_ends_before_it_begins_is_set_aside() -> None:
    merged = merge_roll(roll(), roll((1, "2026-09-03", "2025-09-03"), (2, "2026-09-03", None)), school=SCHOOL)
    assert spells(merged.roll) == [(2, "2026-09-03", None)]
    assert merged.quarantine["kind"].to_list() == ["malformed"]
    assert merged.quarantine["column"].to_list() == ["to"]


def test_a_spell_of_nobody_and_one_without_a_first_day_are_set_aside() -> None:
    fresh = roll((1, "2026-09-03", None), (2, "2026-09-03", None)).with_columns(
        pupil=pl.Series([None, 2], dtype=pl.Int64), **{"from": pl.Series([day("2026-09-03"), None])}
    )
    merged = merge_roll(roll(), fresh, school=SCHOOL)
    assert merged.roll.is_empty()
    assert sorted(merged.quarantine["kind"]) == ["malformed", "unknown_pupil"]


@pytest.mark.parametrize(
    ("kept", "fresh", "held"), [(900, 601, False), (900, 600, True), (3, 2, True), (2, 2, False), (0, 0, False)]
)
def test_a_roll_that_drops_by_a_third_is_held(kept: int, fresh: int, held: bool) -> None:
    assert roll_drop(kept, fresh) is held


def test_who_is_on_the_roll_on_a_day() -> None:
    some = roll((1, "2025-09-03", "2026-09-14"), (1, "2026-10-01", None), (2, "2026-09-15", None))
    assert [on_roll(some, day(d)) for d in ("2026-09-14", "2026-09-15", "2026-10-01")] == [1, 1, 2]


def pupils(*rows: dict[str, object]) -> pl.DataFrame:
    given = [{"school": SCHOOL, "dob": BORN, "surname": "Okoro"} | row for row in rows]
    return conform(pl.DataFrame(given, schema_overrides={"dob": pl.Date}), PUPILS) if rows else empty(PUPILS)


def pulled(*rows: dict[str, object], kept: pl.DataFrame | None = None) -> MergedPupils:
    before = kept if kept is not None else empty(PUPILS)
    return merge_pupils(before, pupils(*rows), school=SCHOOL, origin="pupils.csv")


def test_a_pupil_no_longer_listed_stays() -> None:
    merged = pulled({"pupil": 2}, kept=pupils({"pupil": 1}))
    assert merged.pupils["pupil"].to_list() == [1, 2]


def test_a_missing_date_of_birth_is_reported_and_the_pupil_kept() -> None:
    merged = pulled({"pupil": 1, "dob": None})
    assert merged.pupils["dob"].to_list() == [None]
    assert merged.quarantine.select("kind", "column", "pupil").rows() == [("malformed", "dob", 1)]


def test_a_date_of_birth_known_before_outlasts_one_that_cannot_be_read() -> None:
    merged = pulled({"pupil": 1, "dob": None}, kept=pupils({"pupil": 1}))
    assert merged.pupils["dob"].to_list() == [BORN]
    assert merged.quarantine.height == 1


@pytest.mark.parametrize("column", ["upn", "former_upn"])
def test_a_bad_upn_is_set_aside_and_not_repeated(column: str) -> None:
    bad = "A" + UPN[1:] if UPN[0] != "A" else "B" + UPN[1:]
    merged = pulled({"pupil": 1, column: bad})
    assert merged.pupils[column].to_list() == [None]
    assert merged.quarantine["kind"].to_list() == ["bad_upn"]
    assert bad not in merged.quarantine["reason"][0]
    assert "mistyped" in merged.quarantine["reason"][0]


def test_the_upn_known_before_outlasts_a_bad_one() -> None:
    assert pulled({"pupil": 1, "upn": "?"}, kept=pupils({"pupil": 1, "upn": UPN})).pupils["upn"].to_list() == [UPN]


def test_a_new_upn_replaces_the_one_known_before() -> None:
    merged = pulled({"pupil": 1, "upn": f" {OTHER_UPN.lower()} "}, kept=pupils({"pupil": 1, "upn": UPN}))
    assert merged.pupils["upn"].to_list() == [OTHER_UPN]
    assert merged.quarantine.is_empty()


def test_two_different_rows_for_one_pupil_are_set_aside() -> None:
    merged = pulled({"pupil": 1, "surname": "Okoro"}, {"pupil": 1, "surname": "Hughes"}, {"pupil": 2})
    assert merged.pupils["pupil"].to_list() == [2]
    assert merged.quarantine["kind"].to_list() == ["two_rows"]


def test_a_row_without_a_pupil_is_set_aside() -> None:
    merged = pulled({"pupil": None}, {"pupil": 2})
    assert merged.pupils["pupil"].to_list() == [2]
    assert merged.quarantine["kind"].to_list() == ["malformed"]


def test_a_pupil_begins_later_when_the_first_of_all_the_spells_does() -> None:
    kept = roll((1, "2023-09-01", None), (2, "2023-09-01", "2024-07-19"), (3, "2023-09-01", None))
    fresh = roll(
        (1, "2026-09-01", None), (2, "2023-09-01", "2024-07-19"), (2, "2026-09-01", None), (4, "2026-09-01", None)
    )
    assert begin_later(kept, fresh).rows() == [(1, day("2026-09-01"))]
    assert begin_later(fresh, kept).is_empty()  # earlier is no harm


@pytest.mark.parametrize(
    ("known", "moved", "held"), [(900, 89, False), (900, 90, True), (2, 2, True), (6, 1, False), (0, 0, False)]
)
def test_a_roll_on_which_a_tenth_begin_later_is_held(known: int, moved: int, held: bool) -> None:
    assert many_begin_later(known, moved) is held
