"""The attendance codes as the command line shows them. The codes themselves are `rollbook.tables.codes`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rollbook.tables import codes


@dataclass(frozen=True)
class NationalCode:
    """One meaning of one letter. `first` or `last` is None where no day is named."""

    code: str
    category: str
    title: str
    reference: str
    first: date | None
    last: date | None


@dataclass(frozen=True)
class MarkMeaning:
    """What a written mark means on a day: `code` is None where it is no code then, and `reason` says why."""

    raw: str
    day: date
    quality: str
    code: NationalCode | None
    reason: str


def national_codes(*, on: date | None = None, letter: str | None = None) -> list[NationalCode]:
    """Every code, or those in use on a day, or those of one letter."""
    return [
        _shown(code)
        for code in codes.all_codes()
        if (on is None or code.first <= on <= code.last) and (letter is None or code.code == letter)
    ]


def mark_meaning(raw: str, day: date) -> MarkMeaning:
    """What `raw` means on `day`, before any map of a vendor or a school."""
    found = codes.meaning(raw, day)
    return MarkMeaning(raw, day, found.quality.value, _shown(found.code) if found.code else None, found.reason)


def _shown(code: codes.Code) -> NationalCode:
    first = None if code.first == codes.FIRST_DAY else code.first
    last = None if code.last == codes.LAST_DAY else code.last
    return NationalCode(code.code, code.category.value, code.title, code.reference, first, last)
