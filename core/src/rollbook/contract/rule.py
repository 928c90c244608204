"""A rule of a third party: an entry of the catalogue beside ours, judged, explained and followed up as ours are.

A rule is pure: it is given a register as columns and gives columns back. It changes nothing, asks no clock and no
network, and its answer for a pupil rests on what it was given alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import polars as pl

from rollbook.contract.definition import NAME, BadDefinition
from rollbook.tables.schemas import Kind, Table


@dataclass(frozen=True)
class Field:
    """A column of a rule's answer: its name, its type, and what it means."""

    name: str
    dtype: Kind
    doc: str


class Reading(Protocol):
    """What a rule is given: the registers of one or many schools, up to the end of the day looked at.

    Marks that are invalid, or may be one of several codes, are sessions not recorded; X at compulsory school age and Z
    on the roll are invalid. Days are the school's open days on which the pupil was on its roll.
    """

    @property
    def as_at(self) -> date:
        """The day looked at."""

    @property
    def pupils(self) -> pl.DataFrame:
        """A row for each pupil of a school: `e` (its number), school, pupil, la, type, lowest_year, highest_year, dob,
        first and last (day on the roll), on_roll (on the day looked at), year_group, boarder, age_from and age_to
        (compulsory school age).
        """

    @property
    def calendar(self) -> pl.DataFrame:
        """A row for each open day of each school, the future too: school, date, am, pm (open?)."""

    def table(self, table: Table) -> pl.DataFrame | None:
        """A canonical table (`rollbook.tables.schemas`) other than those of marks (`marks`, `elsewhere`); None where no
        source gives it: what rests on it is then not judged, which is never "not due".
        """

    def sessions(self, *codes: str, first: date | None = None) -> pl.DataFrame:
        """The sessions, from `first` on, that say one of these codes: e, date, session (0 is AM), code (its id), csa
        (of compulsory school age that day), in order.
        """

    def runs(self, *codes: str) -> pl.DataFrame:
        """The runs of days on which every session says one of these codes: run, e, first, last, days, unbroken (up to
        the day looked at, on the roll). Holidays and closures neither count nor break.
        """

    def value(self, school: int, name: str) -> Any:
        """A value of law or of policy as it is in force at that school on the day looked at."""

    def spread(self, rows: pl.DataFrame) -> pl.DataFrame:
        """A row for each of `pupils`, in their order, from `rows` that have an `e` and speak of some; null for others.
        The column `e` is left out.
        """


@dataclass(frozen=True)
class Judged:
    """What a rule says.

    answer: the rule's fields, a row for each of `Reading.pupils`, in their order. evidence: e, date, session, code: the
    sessions that count, of those for whom it is due. findings: what has to be followed up, as run (a number), e, first,
    last and reached (days), ended; every further column is a figure. finding_evidence: run, date, session, code: the
    sessions that count up to the day it was reached.
    """

    answer: pl.DataFrame
    evidence: pl.DataFrame | None = None
    findings: pl.DataFrame | None = None
    finding_evidence: pl.DataFrame | None = None


@dataclass(frozen=True)
class Rule:
    """A rule. It is checked when it is made: a TypeError names it and every mistake.

    id: small letters, digits and `_`. title, says: for people. law: the references it rests on, one at least; a policy
    that is no law says whose it is. first_day: the first day about which it may be asked, None for any. settings: names
    of Rollbook's own values that it goes by. answer: its fields. due: the field that says that something is due (true,
    or a number above 0), None where nothing ever is. judge: what says so.
    """

    id: str
    title: str
    says: str
    law: tuple[str, ...]
    answer: tuple[Field, ...]
    judge: Callable[[Reading], Judged]
    first_day: date | None = None
    settings: tuple[str, ...] = ()
    due: str | None = None

    def __post_init__(self) -> None:
        mistakes = _mistakes(self)
        if mistakes:
            raise BadDefinition(f"rule {self.id!r}: " + "; ".join(mistakes))


def _mistakes(rule: Rule) -> list[str]:
    found = [] if NAME.fullmatch(str(rule.id)) else ["its id is not of small letters, digits and _, a letter first"]
    found += [f"{name} is empty" for name in ("title", "says", "law", "answer") if not getattr(rule, name)]
    names = [one.name for one in rule.answer]
    found += ["two fields have one name"] if len(set(names)) < len(names) else []
    found += [f"a field may not be called {name}" for name in ("school", "pupil", "e") if name in names]
    types: Mapping[str, Kind] = {one.name: one.dtype for one in rule.answer}
    if rule.due is not None and rule.due not in types:
        found.append(f"due is {rule.due!r}, which is no field of its answer")
    elif rule.due is not None and types[rule.due] != pl.Boolean and not types[rule.due].is_numeric():
        found.append(f"due is {rule.due!r}, which is neither true or false nor a number")
    return found + ([] if callable(rule.judge) else ["judge cannot be called"])
