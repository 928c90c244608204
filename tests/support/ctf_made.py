"""Made-up Common Transfer Files for Hypothesis: several pupils, schools and years, with the marks that are in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import polars as pl
from hypothesis import strategies as st

from rollbook.contract import Reject
from rollbook.tables.checks import upn_check_letter
from rollbook.tables.schemas import Table, conform, page_schema
from rollbook_csv import ctf
from support import ctf_files

Mark: TypeAlias = tuple[str, int, date, str, str]
"""pupil, LAESTAB, date, session, code"""


def _upn(serial: int) -> str:
    rest = f"801200005{serial:03d}"
    return upn_check_letter(rest) + rest


PEOPLE = {
    "001": (_upn(1), "Fennimore", "2014-03-10"),
    "002": (_upn(2), "Okonkwo", "2014-03-11"),
    "003": (_upn(3), "Thistlewood", "2013-11-30"),
}
NOBODY = (_upn(4), "Stranger", "2013-12-01")
SCHOOLS = (8012000, 8012001, 9354567)
YEARS = (date(2024, 9, 2), date(2025, 9, 1), date(2026, 8, 31))  # each a Monday
_ATTENDED, _AUTHORISED, _UNAUTHORISED = ("/", "\\", "L", "B", "V"), ("C", "I", "M", "C1", "J1"), ("G", "N", "O", "U")
_OTHER, _NONE = ("D", "X", "Q", "Y1"), ("-", "#")
_CODES = (*_ATTENDED, *_AUTHORISED, *_UNAUTHORISED, *_OTHER, *_NONE)
_ALONE = tuple(code for code in _CODES if len(code) == 1)
_FORM = page_schema(Table.ELSEWHERE)


@dataclass(frozen=True)
class MadeString:
    """One string: of whole days from `first`, two marks a day. `commas`: in the form since 2024."""

    first: date
    marks: tuple[str, ...]
    commas: bool
    weekends: bool

    @property
    def text(self) -> str:
        """As it is written."""
        return ("," if self.commas else "").join(self.marks)

    @property
    def said(self) -> dict[tuple[date, str], str]:
        """What it says of each session, `-` and `#` too."""
        days = [self.first + timedelta(days=n) for n in range(len(self.marks) * 2)]
        days = [day for day in days if self.weekends or day.weekday() < 5]
        return {(days[n // 2], ("AM", "PM")[n % 2]): mark for n, mark in enumerate(self.marks)}


@dataclass(frozen=True)
class MadeYear:
    """What one school says of one pupil in one school year. dashes: how many `-` it counts as possible."""

    key: str | None
    where: int
    strings: tuple[MadeString, ...]
    stated: tuple[bool, ...]
    dashes: int

    @property
    def counts(self) -> list[int | str]:
        """Possible, attended, authorised, unauthorised; empty where it is not stated."""
        marks = [mark for one in self.strings for mark in one.marks]
        three = [sum(mark in some for mark in marks) for some in (_ATTENDED, _AUTHORISED, _UNAUTHORISED)]
        possible = sum(three) + min(self.dashes, marks.count("-"))
        return [count if told else "" for count, told in zip((possible, *three), self.stated, strict=True)]

    @property
    def xml(self) -> str:
        """Its `YearData`."""
        text = str(self.where)
        whole = ctf_files.year("", "", self.counts, (text[:3], text[3:]))
        before, after = whole[: whole.index("<AttendSessions>")], "</YearData>"
        return before + "".join(_string(one) for one in self.strings) + after


def _string(one: MadeString) -> str:
    return (
        f"<AttendSessions><AttendanceStartDate>{one.first}</AttendanceStartDate><AttendanceMarks>{one.text}"
        f"</AttendanceMarks></AttendSessions>"
    )


@dataclass(frozen=True)
class MadeFile:
    """A file, made on the evening of `made`."""

    made: date
    years: tuple[MadeYear, ...]

    @property
    def xml(self) -> str:
        """The whole of it."""
        of: dict[str | None, list[str]] = {}
        for one in self.years:
            of.setdefault(one.key, []).append(one.xml)
        pupils = [_pupil(PEOPLE[key] if key else NOBODY, years) for key, years in of.items()]
        return ctf_files.transfer(*(pupils or ["<Pupil/>"]), made=f"{self.made}T16:10:00", version="25.0")


def _pupil(who: tuple[str, str, str], years: Sequence[str]) -> str:
    upn, surname, dob = who
    return ctf_files.pupil(*years, upn=upn, surname=surname, dob=dob)


def meant(files: Sequence[MadeFile]) -> set[Mark]:
    """The marks of our pupils in files, of which the one that was made later counts."""
    said: dict[tuple[str, int, date, str], str] = {}
    for one in sorted(files, key=lambda file: file.made):
        for year in one.years:
            for string in year.strings if year.key else ():
                said |= {(year.key or "", year.where, *when): mark for when, mark in string.said.items()}
    return {(*key, mark) for key, mark in said.items() if mark not in _NONE}


def read_back(texts: Sequence[bytes], days: str | None) -> tuple[set[Mark], list[Reject]]:
    """What the source makes of files with these contents, and what it sets aside."""
    people = [
        {"pupil": key, "upn": upn, "surname": surname, "dob": date.fromisoformat(dob)}
        for key, (upn, surname, dob) in PEOPLE.items()
    ]
    pupils = conform(pl.DataFrame(people), page_schema(Table.PUPILS))
    with TemporaryDirectory() as folder:
        for n, text in enumerate(texts):
            (Path(folder) / f"8012000_CTF_8013000_{n:03d}.xml").write_bytes(text)
        settings: Mapping[str, Any] = {"folder": Path(folder), "ctf": "*.xml", "ctf_days": days, "laestab": "801/3000"}
        found = ctf.read(settings, lambda: pupils)
    assert found is not None
    marks = found.rows.select("pupil", "where", "date", "session", "code").rows()
    assert len(set(marks)) == len(marks)
    return set(marks), found.rejects


@st.composite
def strings(draw: st.DrawFn, monday: date, weekends: bool) -> tuple[MadeString, ...]:
    """One or two strings of a school year that begins on that Monday, the second behind the first."""
    found = []
    for begins in (monday, monday + timedelta(weeks=5))[: draw(st.integers(1, 2))]:
        first = begins + timedelta(days=draw(st.integers(0, 4)))
        commas = draw(st.booleans())
        number = draw(st.integers(1 if commas else 2, 12))
        days = [first + timedelta(days=n) for n in range(number)] if weekends else [begins] * number
        codes = st.sampled_from(_CODES if commas else _ALONE)
        marks = [draw(codes) if day.weekday() < 5 else "#" for day in days for _ in ("AM", "PM")]
        found.append(MadeString(first, tuple(marks), commas, weekends))
    return tuple(found)


@st.composite
def years(draw: st.DrawFn, key: str | None, where: int, monday: date, weekends: bool) -> MadeYear:
    """What a school says of a pupil in a school year."""
    stated = draw(st.tuples(*[st.booleans()] * 4))
    return MadeYear(key, where, draw(strings(monday, weekends)), stated, draw(st.integers(0, 3)))


@st.composite
def files(draw: st.DrawFn, made: date, weekends: bool) -> MadeFile:
    """A file, with or without Saturdays and Sundays in its strings."""
    whose = st.tuples(st.sampled_from([*PEOPLE, None]), st.sampled_from(SCHOOLS), st.sampled_from(YEARS))
    told = draw(st.lists(whose, min_size=1, max_size=4, unique=True))
    return MadeFile(made, tuple(draw(years(*one, weekends)) for one in told))
