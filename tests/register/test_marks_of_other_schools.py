"""Marks made at another school: a national code of its day, nothing, or set aside with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest

from rollbook.register.elsewhere import normalise_elsewhere
from rollbook.tables.codes import letter
from rollbook.tables.schemas import ELSEWHERE, QUARANTINE

HERE, THERE = 100_001, 8_012_000


def judged(
    *rows: str, mapped: Mapping[str, str] | None = None, where: int | None = THERE
) -> tuple[list[str], list[tuple[str, str | None]]]:
    """Of rows `pupil date session code` (`?` is nobody known) what is kept, so written; of the others kind and raw."""
    parts = [row.split(maxsplit=3) for row in rows]
    page = pl.DataFrame(
        {
            "pupil": [None if one[0] == "?" else int(one[0]) for one in parts],
            "where": [where] * len(parts),
            "date": [date.fromisoformat(one[1]) for one in parts],
            "session": [one[2] for one in parts],
            "code": [one[3] if len(one) > 3 else None for one in parts],
        },
        schema={"pupil": pl.Int64, "where": pl.Int32, "date": pl.Date, "session": pl.String, "code": pl.String},
    )
    marks, aside = normalise_elsewhere(page, school=HERE, own={HERE, 8_013_000}, mapped=mapped or {})
    assert (marks.schema, aside.schema) == (pl.Schema(ELSEWHERE), pl.Schema(QUARANTINE))
    kept = [f"{pupil} {day} {'AP'[half]}M {letter(code)}" for _, pupil, _, day, half, code in marks.iter_rows()]
    return kept, aside.select("kind", "raw").rows()


def test_codes_are_kept_in_order_and_once() -> None:
    rows = ("1 2026-09-14 PM O", "1 2026-09-14 AM G", "1 2026-09-14 AM G")
    assert judged(*rows) == (["1 2026-09-14 AM G", "1 2026-09-14 PM O"], [])


@pytest.mark.parametrize("code", ["", " ", " -"])
def test_what_was_not_marked_is_nothing(code: str) -> None:
    assert judged(f"1 2026-09-14 AM{code}") == ([], [])


@pytest.mark.parametrize(
    ("row", "kind", "raw"),
    [
        ("1 2026-09-14 AM H", "unknown_code", "H"),
        ("1 2023-09-14 AM C1", "unknown_code", "C1"),
        ("1 2026-09-14 AM Fennimore", "unknown_code", None),
        ("1 2026-09-14 noon O", "malformed", "O"),
        ("1 1899-09-14 AM O", "malformed", "O"),
        ("? 2026-09-14 AM O", "unknown_pupil", "O"),
    ],
)
def test_what_cannot_be_used_is_set_aside_and_a_name_is_not_repeated(row: str, kind: str, raw: str | None) -> None:
    assert judged(row) == ([], [(kind, raw)])


def test_two_marks_for_one_session_are_both_set_aside() -> None:
    kept, aside = judged("1 2026-09-14 AM O", "1 2026-09-14 AM /", "2 2026-09-14 AM /")
    assert (kept, [kind for kind, _ in aside]) == (["2 2026-09-14 AM /"], ["two_marks"] * 2)


@pytest.mark.parametrize("where", [HERE, 8_013_000])
def test_the_schools_own_marks_are_those_of_its_register(where: int) -> None:
    assert judged("1 2026-09-14 AM O", where=where) == ([], [])


@pytest.mark.parametrize("where", [None, 0, 99_999, 10_000_000])
def test_a_school_without_a_number_of_that_form_is_none(where: int | None) -> None:
    assert judged("1 2026-09-14 AM O", where=where) == ([], [("malformed", "O")])


def test_marks_of_the_source_go_through_its_own_map() -> None:
    assert judged("1 2026-09-14 AM Trip", mapped={"Trip": "V"}) == (["1 2026-09-14 AM V"], [])
