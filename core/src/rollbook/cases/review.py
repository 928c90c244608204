"""One case in plain English: what, since when, on what evidence, under what law, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from rollbook.cases.case import Case, State, in_words
from rollbook.cases.kinds import words_of
from rollbook.tables.codes import all_codes


@dataclass(frozen=True)
class Review:
    """A case for people to read. facts: label and text. evidence: a day and what the register shows of it.

    A pupil is Rollbook's own number here: who that is, the reader looks up.
    """

    title: str
    state: str
    facts: tuple[tuple[str, str], ...]
    evidence: tuple[tuple[str, str], ...]
    law: tuple[str, ...]
    settings: tuple[str, ...]

    def as_text(self) -> str:
        """The whole as lines of plain text."""
        lines = [self.title, self.state, ""]
        lines += [f"{label}: {text}" for label, text in self.facts]
        lines += ["", "Evidence:", *(f"  {day}: {marks}" for day, marks in self.evidence)]
        lines += ["", "Law:", *(f"  {reference}" for reference in self.law)]
        if self.settings:
            lines += ["", "Settings:", *(f"  {setting}" for setting in self.settings)]
        return "\n".join(lines)


def review(case: Case, *, title: str) -> Review:
    """A case as a person reads it. title: the rule's own, for example `Attendance return`."""
    facts = [
        ("School", str(case.school)),
        ("Pupil number", str(case.pupil)),
        ("Episode", str(case.episode)),
        *_days(case),
    ]
    figures = {name: value for name, value in case.figures.items() if value is not None and value != []}
    facts += [(name.replace("_", " ").capitalize(), _plain(value)) for name, value in figures.items()]
    if case.opened_on is not None:
        facts.append(("Case opened on", in_words(case.opened_on)))
    return Review(
        title=title if case.number is None else f"Case {case.number}: {title}",
        state=_stands(case),
        facts=tuple(facts),
        evidence=tuple(_evidence(case)),
        law=tuple(case.law),
        settings=tuple(_setting(row) for row in case.settings),
    )


def _days(case: Case) -> list[tuple[str, str]]:
    if words_of(case.kind).one_day:
        return [("Day", in_words(case.reached))]
    return [
        ("First day", in_words(case.first)),
        ("Rule met on", in_words(case.reached)),
        ("Last day so far" if case.state is State.OPEN else "Last day", in_words(case.last)),
    ]


def _stands(case: Case) -> str:
    if case.state is State.WITHDRAWN:
        return "Withdrawn: the register no longer shows it."
    words = words_of(case.kind)
    name, said = ("Open", words.goes_on) if case.state is State.OPEN else ("Closed", f"{words.ended}.")
    return f"{name}: {said[0].lower()}{said[1:]}"


def _evidence(case: Case) -> list[tuple[str, str]]:
    rows = sorted(case.evidence, key=lambda row: (str(row["date"]), str(row["session"])))
    told = []
    for day, sessions in groupby(rows, key=lambda row: date.fromisoformat(str(row["date"]))):
        marks = ", ".join(f"{row['session']} {row['code']} ({_title(str(row['code']), day)})" for row in sessions)
        told.append((in_words(day), marks))
    return told


def _title(letter: str, day: date) -> str:
    for code in all_codes():
        if code.code == letter and code.first <= day <= code.last:
            return code.title
    return "not a code on that day"


def _setting(row: Mapping[str, Any]) -> str:
    value = "not set" if row["value"] is None else _plain(row["value"])
    return f"{row['name']} = {value} (set by {row['set_by']})"


def _plain(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item) for item in value) or "none"
    try:
        return in_words(date.fromisoformat(value)) if isinstance(value, str) else str(value)
    except ValueError:
        return str(value)
