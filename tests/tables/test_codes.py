"""What a written mark means, by the day of its session (law.md section 1; SI 2024/208)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.tables import codes
from rollbook.tables.codes import Category, Quality

TODAY = date(2026, 11, 9)
LAST_OLD, FIRST_NEW = date(2024, 8, 18), date(2024, 8, 19)


@pytest.mark.parametrize(
    ("category", "letters"),
    [
        (Category.PRESENT, "/ \\ L"),
        (Category.APPROVED_ACTIVITY, "B K P V W"),
        (Category.AUTHORISED, "C C1 C2 E I J1 M R S T"),
        (Category.UNAUTHORISED, "G N O U"),
        (Category.UNABLE_TO_ATTEND, "Q Y1 Y2 Y3 Y4 Y5 Y6 Y7"),
        (Category.DUAL, "D"),
        (Category.NOT_REQUIRED, "X Z #"),
    ],
)
def test_the_codes_in_force_today_by_category(category: Category, letters: str) -> None:
    in_force = {
        code.code for code in codes.all_codes() if code.category is category and code.first <= TODAY <= code.last
    }
    assert in_force == set(letters.split())


@pytest.mark.parametrize(
    ("raw", "day", "letter", "category", "quality"),
    [
        ("J", LAST_OLD, "J", "approved_activity", "exact"),
        ("J", FIRST_NEW, None, None, "lossy"),
        ("H", LAST_OLD, "H", "authorised", "exact"),
        ("H", FIRST_NEW, None, None, "invalid"),
        ("Y", LAST_OLD, "Y", "unable_to_attend", "exact"),
        ("Y", FIRST_NEW, None, None, "lossy"),
        ("F", date(2013, 8, 31), "F", "authorised", "exact"),
        ("F", date(2013, 9, 1), None, None, "invalid"),
        ("C2", FIRST_NEW, "C2", "authorised", "exact"),
        ("C2", LAST_OLD, None, None, "invalid"),
        ("K", LAST_OLD, None, None, "invalid"),
        ("Y7", LAST_OLD, None, None, "invalid"),
        ("X", date(2021, 1, 12), "X", "not_required", "exact"),
        ("X07", date(2020, 8, 31), None, None, "invalid"),
        ("X07", date(2020, 9, 1), "X", "covid", "alias"),
        ("X09", date(2022, 4, 30), "X", "covid", "alias"),
        ("X09", date(2022, 5, 1), None, None, "invalid"),
        ("X01", TODAY, "X", "not_required", "alias"),
        ("I01", TODAY, "I", "authorised", "alias"),
        ("I02", TODAY, "I", "authorised", "alias"),
        (" o ", TODAY, "O", "unauthorised", "alias"),
        ("c2", TODAY, "C2", "authorised", "alias"),
        ("ZZ", TODAY, None, None, "invalid"),
        ("7", TODAY, None, None, "invalid"),
        ("?", TODAY, None, None, "invalid"),
        ("-", TODAY, None, None, "not_recorded"),
        ("", TODAY, None, None, "not_recorded"),
        ("  ", TODAY, None, None, "not_recorded"),
    ],
)
def test_what_a_mark_means_on_a_day(
    raw: str, day: date, letter: str | None, category: str | None, quality: str
) -> None:
    found = codes.meaning(raw, day)
    code = found.code
    assert (code.code if code else None, code.category.value if code else None, found.quality) == (
        letter,
        category,
        quality,
    )


def test_a_schools_own_mark_is_read_through_its_own_table_and_then_by_the_day() -> None:
    own = {"7": "I", "9": "Y"}
    assert codes.meaning("7", TODAY, own) == codes.Meaning(codes.ids("I")[0], Quality.ALIAS)
    assert codes.meaning("9", TODAY, own).quality is Quality.LOSSY
    assert codes.meaning("8", TODAY, own).quality is Quality.INVALID


def test_what_is_not_a_code_says_why() -> None:
    assert "2024-08-18" in codes.meaning("H", TODAY).reason
    assert "Y1 to Y7" in codes.meaning("Y", TODAY).reason


def test_an_id_has_one_meaning_and_is_never_a_gap() -> None:
    ids = [code.id for code in codes.all_codes()]
    assert len(ids) == len(set(ids))
    assert {codes.NOT_RECORDED, codes.INVALID, codes.LOSSY}.isdisjoint(ids)
    assert max(ids) < 256


def test_every_id_has_a_letter_to_be_printed_with() -> None:
    assert [codes.letter(gap) for gap in (0, 1, 2)] == ["-", "invalid", "lossy"]
    assert codes.letter(codes.ids("C2")[0]) == "C2"


written = st.sampled_from(
    [None, "", "-", *{code.code for code in codes.all_codes()}, "x07", "X01", "I02", "zz", "7", " o", "\\ "]
)
days = st.dates(date(2012, 1, 1), date(2027, 7, 31)) | st.sampled_from(
    [
        boundary + timedelta(days=by)
        for boundary in (date(2013, 9, 1), date(2020, 9, 1), date(2022, 5, 1), FIRST_NEW)
        for by in (-1, 0)
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(written, days), max_size=30))
def test_a_column_of_marks_is_read_as_each_mark_is(rows: list[tuple[str | None, date]]) -> None:
    frame = pl.DataFrame(rows, schema={"raw": pl.String, "date": pl.Date}, orient="row")
    own = {"7": "I"}
    resolved = codes.resolve(frame, own)
    expected = [codes.meaning(raw or "", day, own) for raw, day in rows]
    assert resolved["code"].to_list() == [found.id for found in expected]
    assert resolved["quality"].to_list() == [found.quality.value for found in expected]
    assert resolved["raw"].to_list() == [raw for raw, _ in rows]
