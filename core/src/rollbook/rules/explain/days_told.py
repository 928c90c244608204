"""Every session of some days, with what the register shows of it and why it does not count where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from rollbook.rules.days import CLOSED, OFF_ROLL
from rollbook.rules.explain.explanation import SessionTold
from rollbook.rules.explain.subject import HalfDay, Marks
from rollbook.rules.explain.view import View
from rollbook.rules.finding import SESSION_NAMES
from rollbook.rules.pairs import SIZE
from rollbook.tables import codes
from rollbook.tables.codes import Category

NOT_COUNTED, COUNTS, PASSES, BREAKS = "not counted", "counts", "passes", "breaks"
_OF_CATEGORY = {
    Category.PRESENT: "attended: {}",
    Category.APPROVED_ACTIVITY: "attended, at an approved activity: {}",
    Category.AUTHORISED: "authorised absence: {}",
    Category.UNAUTHORISED: "unauthorised absence that this rule does not count: {}",
    Category.UNABLE_TO_ATTEND: "unable to attend, which is no absence: {}",
    Category.NOT_REQUIRED: "not required to attend: {}",
    Category.DUAL: "counted by the other school: {}",
    Category.COVID: "neither present nor absent: {}",
}
_GAPS = {
    codes.NOT_RECORDED: "no mark was recorded, which is never taken for an absence",
    codes.INVALID: "the mark is no code that could be used for this pupil on that day",
    codes.LOSSY: "the mark may be one of several codes, and is not guessed",
    CLOSED: "the school had no session",
    OFF_ROLL: "the pupil was not on the roll of this school",
}


@dataclass(frozen=True)
class Said:
    """A session: code is a code's id, a gap's, CLOSED or OFF_ROLL; other is that of the day's other session."""

    day: date
    session: int
    code: int
    other: int
    of_age: bool

    @property
    def half_day(self) -> HalfDay:
        """What it is called by."""
        return self.day, self.session

    @property
    def pair(self) -> int:
        """The day's pair, as `rules.pairs` looks it up."""
        am, pm = (self.code, self.other) if self.session == 0 else (self.other, self.code)
        return am * SIZE + pm


Why = Callable[[Said], tuple[str, str]]
"""Why a session does not count, and its effect: passes, breaks or not counted."""


def sessions_between(view: View, first: date, last: date) -> Iterator[Said]:
    """Both sessions of every weekday, and of every open day, from `first` to `last` or the day looked at."""
    rows = view.days.filter(pl.col("date").is_between(first, last)).select("date", "pair", "csa").iter_rows()
    read = {day: (pair // SIZE, pair % SIZE, csa) for day, pair, csa in rows}
    opened = frozenset(view.school_days)
    day = first
    while day <= min(last, view.as_at):
        if day in opened or day.weekday() < 5:
            am, pm, csa = read.get(day, (OFF_ROLL, OFF_ROLL, True) if day in opened else (CLOSED, CLOSED, True))
            yield Said(day, 0, am, pm, csa)
            yield Said(day, 1, pm, am, csa)
        day += timedelta(days=1)


def plain_reason(one: Said, ids: tuple[int, ...] = (), *, age: bool = False) -> str:
    """Why a session does not count to a rule that counts the codes `ids`, at compulsory school age alone or not."""
    if one.code in _GAPS:
        return _GAPS[one.code]
    if age and not one.of_age:
        return "the pupil was not of compulsory school age"
    code = codes.by_id()[one.code]
    if one.code in ids:
        return "the rule does not count it, though the code is one that it counts"
    return _OF_CATEGORY[code.category].format(code.title)


def counted_told(view: View, marks: Marks, remarks: Mapping[HalfDay, str]) -> Iterator[SessionTold]:
    """The sessions that count, in order, with what is remarked of some of them."""
    for (day, session), code in sorted(marks.items()):
        remark = remarks.get((day, session))
        why = f"{_title(code)}; {remark}" if remark else _title(code)
        yield SessionTold(day, SESSION_NAMES[session], _as_written(view, (day, session), code), why, COUNTS)


def not_counted_told(view: View, said: Iterator[Said], why: Why) -> Iterator[SessionTold]:
    """Those that do not, each with its reason."""
    for one in said:
        reason, effect = why(one)
        yield SessionTold(one.day, SESSION_NAMES[one.session], _written(view, one), reason, effect)


def _written(view: View, one: Said) -> str | None:
    """What is written there: X or Z where they cannot be are read as no code, and are shown as they were written."""
    return None if one.code in (CLOSED, OFF_ROLL) else _as_written(view, one.half_day, one.code)


def _as_written(view: View, place: HalfDay, code: int) -> str:
    if code == codes.INVALID:
        code = view.marked(place[0], place[0], range(1, 127)).get(place, codes.INVALID)
    return codes.letter(code)


def _title(code: int) -> str:
    known = codes.by_id().get(code)
    return known.title if known else _GAPS[code]
