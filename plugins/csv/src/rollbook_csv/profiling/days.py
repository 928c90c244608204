"""How days are written, as far as the written days tell. Which of two numbers is the day is never decided here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rollbook_csv.headings import plain

ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_NUMERIC = r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{4}"
TIME = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?)?"
# How a day looks -> the forms of the setting `date_form` that may be meant, day first and then month first.
LOOKS: Mapping[str, tuple[str, str | None]] = {
    ISO: ("yyyy-mm-dd", None),
    r"[0-9]{1,2} [A-Za-z]{3} [0-9]{4}": ("dd mmm yyyy", None),
    r"[0-9]{1,2}-[A-Za-z]{3}-[0-9]{4}": ("dd-mmm-yyyy", None),
    r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}": ("dd/mm/yyyy", "mm/dd/yyyy"),
    r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}": ("dd-mm-yyyy", None),
    r"[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}": ("dd.mm.yyyy", None),
}
_PLAIN = frozenset({"yyyy-mm-dd", "dd mmm yyyy", "dd-mmm-yyyy"})  # these can be read in one way alone
SOME_DAY = re.compile(rf"^(?:{'|'.join(LOOKS)}|[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-][0-9]{{2}}){TIME}$")

HALF = {"am": "AM", "pm": "PM", "morning": "AM", "afternoon": "PM"}


@dataclass(frozen=True)
class Days:
    """Written days: how many of them, and what they can be. `form` is blank where it must be asked for."""

    form: str
    forms: Sequence[str]  # those that may be meant
    different: int
    only_day_first: int
    only_month_first: int
    both: Sequence[str]  # written days that can be read both ways, shortest count first
    example: str  # a day that can only be read one way, if there is one
    others: int  # how many are in another form

    def question(self) -> list[str]:
        """What is known, for whoever has to say. No value but days of the register."""
        told = [f"Of {self.different} different days, {len(self.both)} can be read both ways."]
        for count, which in ((self.only_day_first, "day first"), (self.only_month_first, "month first")):
            if count:
                given = f", as {self.example}" if count == max(self.only_day_first, self.only_month_first) else ""
                told.append(f"{count} can only be read {which}{given}.")
        if self.only_day_first and self.only_month_first:
            told.append("No form reads all of them: a spreadsheet program has changed some. Export the report again.")
        return told

    def against(self, form: str) -> int:
        """How many days can be read in the other order alone than that in which `form` has day and month."""
        if form not in self.forms or self.form:
            return 0
        return self.only_month_first if form.startswith("dd") else self.only_day_first

    def examples(self) -> list[tuple[str, str, str]]:
        """Up to three days: as written, read day first, and read month first."""
        return [(written, _said(written, 0), _said(written, 1)) for written in self.both[:3]]


def looks_like_day(value: str) -> bool:
    """Whether that is a day in some form."""
    return SOME_DAY.match(value.strip()) is not None


def half_of(value: str) -> str:
    """AM or PM where a cell says one of them; else blank."""
    return HALF.get(plain(value), "")


def day_and_half(heading: str) -> tuple[str, str] | None:
    """The day, as written, and the half day, if any, that a heading of a grid is."""
    words = " ".join(heading.split())
    if looks_like_day(words):
        return words, ""
    for at in (words.rpartition(" "), words.partition(" ")[::-1]):
        if half_of(at[2]) and looks_like_day(at[0]):
            return at[0], half_of(at[2])
    return None


def judge(values: Iterable[str]) -> Days:
    """What written days can be; those that are blank do not count."""
    written = sorted({re.sub(rf"{TIME}$", "", value.strip()) for value in values if value.strip()})
    fits = {look: [day for day in written if re.fullmatch(look, day)] for look in LOOKS}
    look = max(fits, key=lambda one: len(fits[one]))
    days = fits[look]
    if not days:
        return Days("", (), len(written), 0, 0, (), "", len(written))
    day_first, month_first = LOOKS[look]
    forms = tuple(form for form in (day_first, month_first) if form)
    others = len(written) - len(days)
    if day_first in _PLAIN:
        return Days(day_first, forms, len(days), 0, 0, (), "", others)
    first = [day for day in days if _read(day, 0) and not _read(day, 1)]
    second = [day for day in days if _read(day, 1) and not _read(day, 0)]
    both = sorted((day for day in days if _read(day, 0) and _read(day, 1)), key=_telling)
    most = first if len(first) >= len(second) else second
    return Days("", forms, len(days), len(first), len(second), both, most[0] if most else "", others)


def span(values: Iterable[str], month_first: bool) -> str:
    """From when to when written days are in that reading, and how many are no school day: for whoever has to say."""
    written = {re.sub(rf"{TIME}$", "", value.strip()) for value in values}
    found = [_read(day, int(month_first)) for day in written if re.fullmatch(_NUMERIC, day)]
    days = [day for day in found if day]
    if not days:
        return "none of them is a day"
    none = f", {len(found) - len(days)} no day at all" if len(days) < len(found) else ""
    return _from_to(days) + none


def span_of(values: Iterable[str]) -> str:
    """As `span`, of days that are written as 2026-11-02."""
    days = [date.fromisoformat(value[:10]) for value in set(values) if re.fullmatch(ISO + TIME, value)]
    return _from_to(days)


def _from_to(days: Sequence[date]) -> str:
    weekend = sum(day.weekday() > 4 for day in days)
    return f"{min(days):%d %B %Y} to {max(days):%d %B %Y}, {weekend} of {len(days)} on a weekend"


def _telling(written: str) -> tuple[bool, str]:
    """Days that say more come first: 02/02/2026 is the same in both readings."""
    first, second = _numbers(written)[:2]
    return first == second, written


def _numbers(written: str) -> tuple[int, int, int]:
    first, second, year = (int(part) for part in re.split(r"[/.-]", written))
    return first, second, year


def _read(written: str, month_at: int) -> date | None:
    """The day, read day first (0) or month first (1)."""
    first, second, year = _numbers(written)
    try:
        return date(year, first, second) if month_at else date(year, second, first)
    except ValueError:
        return None


def _said(written: str, month_at: int) -> str:
    day = _read(written, month_at)
    return f"{day:%A} {day.day} {day:%B %Y}" if day else "no day"
