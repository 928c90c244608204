"""What an explanation is made from: the rule's answer of one pupil, the finding it is about, and the days read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from rollbook.rules.days import build
from rollbook.rules.evaluate import Evaluation
from rollbook.rules.explain.subject import HalfDay, Marks, Subject
from rollbook.rules.finding import SESSION_NAMES
from rollbook.rules.pairs import sessions
from rollbook.rules.rule import Reading
from rollbook.tables import codes

Span = tuple[date, date]


@dataclass(frozen=True)
class View:
    """row: the rule's answer. about: the days of a case, if the explanation is of one. finding: the stretch of days
    that it is about; None where there is none, or none any more. now: of a case that has ended, or that the register no
    longer bears, the view of the day asked for; the case itself is looked at on its own last day.
    """

    subject: Subject
    evaluation: Evaluation
    row: Mapping[str, Any]
    about: Span | None
    finding: Mapping[str, Any] | None
    now: View | None = None

    @property
    def known(self) -> View:
        """The view with everything that is known: that of the day asked for."""
        return self.now or self

    @property
    def over(self) -> bool:
        """Whether it is a case whose stretch of days has ended."""
        return self.finding is not None and (self.now is not None or bool(self.finding["ended"]))

    @property
    def due(self) -> bool | None:
        """Whether it is due; None where nothing ever is, or it cannot be judged."""
        return is_due(self.subject, self.row)

    @property
    def as_at(self) -> date:
        """The day looked at."""
        return self.subject.as_at

    @property
    def gone(self) -> Span | None:
        """The days of a case of which the register has no such stretch any more."""
        return self.about if self.finding is None else None

    @cached_property
    def figures(self) -> Mapping[str, Any]:
        """The finding's own figures."""
        return {} if self.finding is None else dict(json.loads(self.finding["figures"]))

    @cached_property
    def reading(self) -> Reading:
        """The days of this pupil, as the rules read them."""
        settings = self.evaluation.settings
        return Reading(build(self.subject.registers, settings), self.subject.registers, settings)

    @cached_property
    def enrolment(self) -> Mapping[str, Any]:
        """The pupil's at the school looked at."""
        own = self.reading.days.enrolments.filter(pl.col("school") == self.subject.school)
        return own.row(0, named=True)

    @cached_property
    def days(self) -> pl.DataFrame:
        """Its days, in order: date, pair, csa."""
        own = self.reading.days.days.filter(pl.col("e") == self.enrolment["e"])
        return self.reading.days.dated(own).select("date", "c", "pair", "csa")

    @cached_property
    def school_days(self) -> list[date]:
        """Every open day of the school, what is to come too."""
        calendar = self.reading.days.calendar
        return calendar.filter(pl.col("school") == self.subject.school).get_column("date").to_list()

    @cached_property
    def to_come(self) -> list[HalfDay]:
        """The open sessions after the day looked at."""
        own = pl.col("school") == self.subject.school
        after = self.reading.days.calendar.filter(own & (pl.col("date") > self.as_at))
        rows = after.select("date", "am", "pm").iter_rows()
        return [(day, session) for day, *opened in rows for session in (0, 1) if opened[session]]

    def another_stands(self) -> bool:
        """Whether a stretch of days stands that is not the one this is about."""
        own = (pl.col("school") == self.subject.school) & (pl.col("pupil") == self.subject.pupil)
        first = None if self.finding is None else self.finding["first"]
        return not self.evaluation.findings.filter(
            own & ~pl.col("ended") & pl.col("first").ne_missing(first)
        ).is_empty()

    def law(self, name: str) -> Any:
        """What the law says on the day."""
        return self.evaluation.settings.law(name)

    def setting(self, name: str) -> Any:
        """The value as this school has it."""
        return self.evaluation.settings.of(self.subject.school, name).value

    def listed(self) -> Marks:
        """The sessions that the rule's own answer rests on."""
        subject = self.subject
        own = (pl.col("school") == subject.school) & (pl.col("pupil") == subject.pupil)
        listed = self.evaluation.evidence[subject.rule.id].filter(own).select("date", "session", "code")
        return {(day, session): code for day, session, code in listed.iter_rows()}

    def read_as(self, first: date, last: date, ids: tuple[int, ...]) -> Marks:
        """What the rules read on these days, of these codes: a mark on a closed session is none."""
        days = self.days.filter(pl.col("date").is_between(first, last))
        rows = sessions(days, ids).select("date", "session", "code").iter_rows()
        return {(day, session): code for day, session, code in rows}

    def evidence(self) -> Marks:
        """The sessions that count: by the rule's own answer where it is due, else by the finding.

        A case that has ended, or is gone, never has those of another stretch.
        """
        if self.gone is not None and self.due:
            return {}
        listed = self.listed()
        if listed or self.finding is None:
            return listed
        return {_half_day(one): _code(one) for one in json.loads(self.finding["evidence"])}

    def marked(self, first: date, last: date, ids: Sequence[int], *, everywhere: bool = False) -> Marks:
        """What the school's register holds of these days, and of these codes, in order; what those of all schools hold
        where a rule counts `everywhere`: else another school's mark would stand where this one's says nothing.
        """
        registers = self.subject.registers
        tables = [registers.marks if everywhere else registers.marks.filter(school=self.subject.school)]
        if everywhere and registers.elsewhere is not None:
            tables.append(registers.elsewhere)
        rows = pl.concat([table.select("date", "session", "code") for table in tables])
        rows = rows.filter(pl.col("date").is_between(first, last) & pl.col("code").is_in(list(ids)))
        return {(day, session): code for day, session, code in rows.sort("date", "session").iter_rows()}


def is_due(subject: Subject, row: Mapping[str, Any]) -> bool | None:
    """What a rule's answer says."""
    due = subject.rule.due
    return None if due is None or row[due] is None else bool(row[due])


def _code(one: Mapping[str, str]) -> int:
    return codes.meaning(one["code"], date.fromisoformat(one["date"])).id


def _half_day(one: Mapping[str, str]) -> HalfDay:
    return date.fromisoformat(one["date"]), SESSION_NAMES.index(one["session"])
