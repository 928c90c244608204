"""What every code says on every day, written out from the law (law of the codes in SI 2024/208, and before it)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from rollbook.rules.code import answer
from rollbook.tables import codes

REGULATIONS, ALWAYS, STILL = date(2024, 8, 19), date(2005, 9, 1), date(2030, 7, 31)
LAST_OLD = date(2024, 8, 18)
COVID = (date(2020, 9, 1), date(2022, 4, 30))
# Letters, what they say, and the first and the last day on which they say it.
CODES = [
    (r"/ \ L", "present", ALWAYS, STILL),
    ("B P V W", "approved_activity", ALWAYS, STILL),
    ("K", "approved_activity", REGULATIONS, STILL),
    ("J", "approved_activity", ALWAYS, LAST_OLD),
    ("C E I M R S T", "authorised", ALWAYS, STILL),
    ("C1 C2 J1", "authorised", REGULATIONS, STILL),
    ("H", "authorised", ALWAYS, LAST_OLD),
    ("F", "authorised", ALWAYS, date(2013, 8, 31)),
    ("G N O U", "unauthorised", ALWAYS, STILL),
    ("Q Y1 Y2 Y3 Y4 Y5 Y6 Y7", "unable_to_attend", REGULATIONS, STILL),
    ("Y", "unable_to_attend", ALWAYS, LAST_OLD),
    ("D", "dual", ALWAYS, STILL),
    ("X Z #", "not_required", ALWAYS, STILL),
]
# Other ways of writing a code.
OTHERS = [
    ("I01 I02", "I", "authorised", ALWAYS, STILL),
    ("X01", "X", "not_required", ALWAYS, STILL),
    ("X02 X03 X04 X05 X06 X07 X08 X09", "X", "covid", *COVID),
]
LOSSY = {"J", "Y"}


def days(first: date, last: date) -> Iterator[tuple[date, bool]]:
    """The days about each end, and whether the mark says it then."""
    if first > ALWAYS:
        yield from ((first - timedelta(days=1), False), (first, True))
    if last < STILL:
        yield from ((last, True), (last + timedelta(days=1), False))
    if (first, last) == (ALWAYS, STILL):
        yield from ((day, True) for day in (date(2010, 6, 1), LAST_OLD, REGULATIONS, date(2026, 11, 9)))


@pytest.mark.parametrize(("letters", "category", "first", "last"), CODES)
def test_a_code_says_this_and_only_on_its_days(letters: str, category: str, first: date, last: date) -> None:
    for letter in letters.split():
        for day, there in days(first, last):
            otherwise = {"code": None, "category": None, "quality": "lossy" if letter in LOSSY else "invalid"}
            says = {"code": letter, "category": category, "quality": "exact"}
            assert answer(letter, day) == (says if there else otherwise), (letter, day)


@pytest.mark.parametrize(("written", "letter", "category", "first", "last"), OTHERS)
def test_another_way_of_writing_it_is_read_on_its_days(
    written: str, letter: str, category: str, first: date, last: date
) -> None:
    for mark in written.split():
        for day, there in days(first, last):
            says = {"code": letter, "category": category, "quality": "alias"}
            assert answer(mark, day) == (says if there else {"code": None, "category": None, "quality": "invalid"}), (
                mark
            )


def test_the_table_shows_each_code_in_force_on_these_days_and_no_others() -> None:
    """Also of J and Y, which are lossy from the day after their last, whatever the table has as that day."""
    ends = {ALWAYS: codes.FIRST_DAY, STILL: codes.LAST_DAY}
    told = [(code, says, first, last) for letters, says, first, last in CODES for code in letters.split()]
    told.append(("X", "covid", *COVID))
    written = {(code, says, ends.get(first, first), ends.get(last, last)) for code, says, first, last in told}
    assert {(one.code, one.category.value, one.first, one.last) for one in codes.all_codes()} == written
