"""What takes the place of a person's values in a recording: for each kind how another is invented, and how it is known.

Every name is of `rollbook.testing.people`; a UPN is of an authority that does not exist.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from itertools import count

from rollbook.tables.checks import upn_check_letter
from rollbook.testing.people import FORENAMES, STREETS, SURNAMES

SCRUBBED = "scrubbed"
_WORDS = frozenset((*FORENAMES, *SURNAMES))
_DAY = re.compile(r"(\d{4})-\d{2}-\d{2}")
_UK_DAY = re.compile(r"\d{1,2}/\d{1,2}/(\d{4})")
_DIGITS, _LETTERS, _HEX = "0123456789", "abcdefghijklmnopqrstuvwxyz", "abcdef"


def number_of(text: str) -> int:
    """A number that is always the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest())


def key_like(value: str, number: int, taken: Collection[str]) -> str:
    """A key of the form of `value` that is not `taken`: digits stay digits, letters letters, the rest as it is.

    It follows from the form and the `number` of the key alone, so it leads nobody back to the key.
    """
    for again in count():
        longer = value + "9" * (again // 1000)  # where too few are of that form, a digit is added
        made = _of_form(longer, number_of(f"{len(longer)} {number} {again}"))
        if made not in taken:
            return made
    raise AssertionError("there is always another")


def _of_form(value: str, number: int) -> str:
    made, letters = "", _HEX if set(filter(str.isalpha, value.lower())) <= set(_HEX) else _LETTERS
    for one in value:
        signs = _DIGITS if one.isdigit() else letters if one.islower() else letters.upper() if one.isalpha() else one
        if one.isdigit() and one != "0" and not made:
            signs = _DIGITS[1:]  # a number keeps its length
        number, place = divmod(number, len(signs))
        made += signs[place]
    return made


def _upn(number: int, _: str) -> str:
    rest = f"000{number % 10**9:09d}"  # no authority has the number 000
    return upn_check_letter(rest) + rest


def _dob(_: int, value: str) -> str:
    """Every day in it becomes the first of September of its year."""
    return _UK_DAY.sub(r"01/09/\1", _DAY.sub(r"\1-09-01", value))


def _is_full_name(value: str) -> bool:
    return any(value == f"{first} {last}" for first in FORENAMES if value.startswith(first) for last in SURNAMES)


KINDS: Mapping[str, tuple[Callable[[int, str], str], Callable[[str], bool]]] = {
    "forename": (lambda n, _: FORENAMES[n % len(FORENAMES)], lambda value: value in _WORDS),
    "surname": (lambda n, _: SURNAMES[n % len(SURNAMES)], lambda value: value in _WORDS),
    "name": (
        lambda n, _: f"{FORENAMES[n % len(FORENAMES)]} {SURNAMES[n // 64 % len(SURNAMES)]}",
        lambda value: _is_full_name(value),
    ),
    "upn": (_upn, lambda value: value[1:4] == "000"),
    "dob": (_dob, lambda value: _dob(0, value) == value),
    "address": (
        lambda n, _: f"{n % 90 + 1} {STREETS[n % len(STREETS)]}",
        lambda value: any(s in value for s in STREETS),
    ),
    "postcode": (lambda n, _: f"ZX{n % 9 + 1} {n % 8 + 1}QT", lambda value: value.startswith("ZX")),
    "telephone": (lambda n, _: f"07700 900{n % 1000:03d}", lambda value: value.replace(" ", "").startswith("07700900")),
    "email": (lambda n, _: f"person{n % 10**6}@example.org", lambda value: value.endswith("@example.org")),
    "key": (lambda n, value: key_like(value, n, ()), lambda _: False),  # the recording says which are invented
    "text": (lambda _n, _v: SCRUBBED, lambda value: value == SCRUBBED),
}
"""What a field may hold: how another value is invented, and how an invented one is known."""


def days_of(value: date) -> tuple[str, ...]:
    """How a day of a made-up school may be written."""
    return (value.isoformat(), f"{value.isoformat()} 00:00:00", f"{value:%d/%m/%Y}")
