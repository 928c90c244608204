"""The headings of a grid: which of them are days or sessions, and which only look so. Nothing is guessed from one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import polars as pl

from rollbook.contract import FixSettings
from rollbook_csv import month_apart, values
from rollbook_csv.masks import told_heading
from rollbook_csv.reading import Reading
from rollbook_csv.records import Records

BOTH = "both"
LONGEST_HEADING = 60  # no day is as long, and what is longer is not taken apart
_SOME_DAY = re.compile(r"[0-9]{1,4}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3,9})(?:[-/. ][0-9]{2,4})?(?: [0-9:.]+)?")
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
# Something like a day anywhere in a heading. Each part is of bounded length: a long heading costs no time.
_DAY_WITHIN = re.compile(
    r"(?<![0-9])(?:[0-9]{1,4} ?[-/.] ?[0-9]{1,2}|[0-9]{1,2} [0-9]{1,2} (?:[0-9]{2}){1,2}|20[0-9]{6}|[0-9]{4}20[0-9]{2}|"
    r"4[4-9][0-9]{3})(?![0-9])"  # the last is how a spreadsheet counts days: 46329 is 3 November 2026
    rf"|(?<![0-9])[0-9]{{1,2}}(?:st|nd|rd|th)?[-/., ]{{0,2}}(?:of )?{_MONTH}(?![a-z])"
    rf"|(?<![a-z]){_MONTH}[-/., ]{{0,2}}[0-9]{{1,2}}(?:st|nd|rd|th)?(?![0-9a-z])"
    rf"|^{_WEEKDAY}$|(?<![a-z]){_WEEKDAY}[-/., _:(]{{0,3}}(?:[0-9]|[ap]m(?![a-z]))"
    rf"|(?<![a-z])[ap]m[-/., _:)]{{0,3}}{_WEEKDAY}(?![a-z])",
    re.IGNORECASE,
)
_SCHOOL_YEAR = re.compile(r"(?<![-/.0-9])20[0-9]{2}[-/](?:20)?(?:1[3-9]|[2-9][0-9])(?![-/.0-9])")
_TIME = re.compile(r"[ T](?=[0-9:.]*[1-9])[0-9]{1,2}:[0-9:.]+$")  # other than midnight, which a day without a time is


class Column(NamedTuple):
    """A column of the grid: its place in the file, its day, and `AM`, `PM` or BOTH."""

    place: int
    date: date
    session: str


def columns(reading: Reading) -> list[Column]:
    """The columns whose heading is a day. Raises FixSettings where there is none, where one is no day that can be read,
    or where it is not known which session a column is of.
    """
    days = _days(reading)
    _refuse_almost_days(reading, {place for place, _, _ in days})
    _refuse_times(reading, days)
    if not days:
        form = reading.settings["date_form"]
        raise FixSettings(
            f"{reading.file} has no column headed by a day in the form {form}, which a grid must have. "
            f"Correct date_form, headings_line or shape, or the export; a heading must have the year too."
        )
    found = [Column(place, day, session or BOTH) for place, day, session in _with_line(reading, days)]
    return _settled(reading, found)


def left_alone(reading: Reading) -> list[str]:
    """The headings that are neither those of a known field nor days, for messages."""
    used = {column.place for column in columns(reading)} | set(reading.headings.where.values())
    found = enumerate(reading.headings.found)
    return [told_heading(heading, place) for place, heading in found if heading and place not in used]


def has_day(heading: str) -> bool:
    """Whether something like a day stands anywhere in a heading; a school year such as 2026/27 is none."""
    return _DAY_WITHIN.search(_SCHOOL_YEAR.sub("", heading)) is not None


def halves(session: str) -> Sequence[str]:
    """The sessions that a column is of."""
    return ("AM", "PM") if session == BOTH else (session,)


def records_of(reading: Reading) -> Records:
    """All columns of the file; a grid alone keeps them, for any of them may be a day."""
    if reading.records is None:
        raise AssertionError("the file was not opened as a grid")
    return reading.records


_Day = tuple[int, date, str | None]


def _days(reading: Reading) -> list[_Day]:
    """(place, day, session or None) of each heading that is, whole, a day with or without a session. What `am` and `pm`
    name goes before a time of day, so that they may name that.
    """
    known = set(reading.headings.where.values())
    parts = [_parts(heading, reading.settings) for heading in reading.headings.found]
    read = pl.select(
        whole=values.day(pl.lit(pl.Series(reading.headings.found, dtype=pl.String)), reading.settings["date_form"]),
        day=values.day(pl.lit(pl.Series([day for day, _ in parts], dtype=pl.String)), reading.settings["date_form"]),
    )
    found: list[_Day] = []
    for place, (whole, day) in enumerate(read.iter_rows()):
        if place not in known and (whole or day):
            found.append((place, day or whole, parts[place][1] if day else None))
    return found


def _parts(heading: str, settings: Any) -> tuple[str, str | None]:
    """What is left of a heading without `AM` or `PM` before or after it, and which of them it was."""
    named = {word.strip().upper(): session for session in ("AM", "PM") for word in settings[session.lower()]}
    if len(heading) > LONGEST_HEADING:
        return heading, None
    words = "|".join(re.escape(word) for word in sorted(named, key=len, reverse=True))
    for form in (rf"\(?(?P<word>{words})\)?[\s_:-]+(?P<day>.+)", rf"(?P<day>.+?)[\s_:-]*[\s_:(-](?P<word>{words})\)?"):
        found = re.fullmatch(form, heading, re.IGNORECASE)
        if found:
            return found["day"], named[found["word"].upper()]
    return heading, None


def _refuse_almost_days(reading: Reading, days: set[int]) -> None:
    """A day that cannot be read would be a day of marks that nobody misses. A heading that is more than a day is not
    repeated: it may name somebody.
    """
    passed = days | set(reading.headings.where.values())
    for place, heading in enumerate(reading.headings.found):
        if place in passed:
            continue
        whole, within = _SOME_DAY.fullmatch(_parts(heading, reading.settings)[0]), has_day(heading)
        if whole or within:
            said = repr(heading) if whole and within else "its heading (not shown)"  # 7 Larkspur may be a name
            raise FixSettings(
                f"{reading.file}, column {place + 1}: {said} looks like a day and is none in the form "
                f"{reading.settings['date_form']}, with its year, alone or with AM or PM. Nothing of the file was "
                f"used: correct date_form, am, pm or the export."
            )


def _refuse_times(reading: Reading, days: list[_Day]) -> None:
    """Columns told apart by their time of day alone may stand in any order: it is not guessed which is the morning."""
    if records_of(reading).sessions:
        return
    for place, _, session in days:
        heading = reading.headings.found[place]
        if session is None and _TIME.search(heading):
            raise FixSettings(
                f"{reading.file}, column {place + 1}: {heading!r} has a time of day, and which session that is is not "
                f'known. Name the times in am and pm, as am = ["09:00"], or export the days with AM and PM.'
            )


def _with_line(reading: Reading, days: list[_Day]) -> list[_Day]:
    """The days with the session that the line of sessions gives; a heading that is blank goes on with the day at its
    left, as in a cell that was drawn over two columns.
    """
    written = records_of(reading).sessions
    if not written:
        return days
    said = _sessions(written, reading.settings)
    dated = {place: (day, session) for place, day, session in days}
    found: list[_Day] = []
    for place, session in enumerate(said):
        if place not in dated and not reading.headings.found[place] and session and place - 1 in dated:
            dated[place] = (dated[place - 1][0], None)
        if place not in dated:
            continue
        day, own = dated[place]
        if session is None or own not in (None, session):
            raise FixSettings(
                f"{reading.file}, line {reading.settings['sessions_line']}, column {place + 1} (the day {day}): it is "
                f"neither morning nor afternoon. Correct sessions_line, am, pm or the export."
            )
        found.append((place, day, session))
    return found


def _sessions(written: Sequence[str], settings: Any) -> list[str | None]:
    column = values.session(pl.lit(pl.Series(written, dtype=pl.String)), settings["am"], settings["pm"])
    return pl.select(said=column)["said"].to_list()


def _settled(reading: Reading, found: list[Column]) -> list[Column]:
    """Each day alone is a pair, or one of two columns of that day: first morning, then afternoon."""
    pair = reading.settings["cell"] == "pair"
    alone = Counter(column.date for column in found if column.session == BOTH)
    odd = next((day for day, times in alone.items() if times != (1 if pair else 2)), None)
    if odd:
        raise FixSettings(
            f"{reading.file}: it is not known which session the columns headed {odd} are of. A day without AM or PM "
            f'must head two columns, morning and afternoon, or one with both marks in each cell: then cell = "pair".'
        )
    settled, seen = [], set()
    for column in found:
        session = column.session
        if session == BOTH and not pair:
            session = "PM" if column.date in seen else "AM"
            seen.add(column.date)
        settled.append(column._replace(session=session))
    _refuse_twice(reading, settled)
    _refuse_disorder(reading, settled)
    month_apart.refuse(reading, (column.date for column in settled), least=2)
    return settled


def _refuse_twice(reading: Reading, found: list[Column]) -> None:
    sessions = Counter((column.date, half) for column in found for half in halves(column.session))
    twice = next((session for session, times in sessions.items() if times > 1), None)
    if twice:
        raise FixSettings(
            f"{reading.file} has two columns for {twice[0]} {twice[1]}: export it with the one that counts."
        )


def _refuse_disorder(reading: Reading, found: list[Column]) -> None:
    """Days that go up and down may be others than they seem: no register is so written, whichever day it begins with.
    Mornings and afternoons may stand apart.
    """
    for session in ("AM", "PM", BOTH):
        mine = [column for column in found if column.session == session]
        forward = len(mine) > 1 and mine[0].date < mine[1].date
        for before, after in pairwise(mine):
            if (before.date < after.date) != forward:
                raise FixSettings(
                    f"{reading.file}, column {after.place + 1}: its day, {after.date}, is out of order behind "
                    f"{before.date}. A program may have taken 02/11 for 11 February in some headings. Nothing of the "
                    f"file was used: correct date_form, or export it again with its days in order."
                )
