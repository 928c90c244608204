"""What a rule is: an entry of the catalogue, and the function that judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from rollbook.rules.days import Days
from rollbook.rules.places import ROW
from rollbook.rules.problems import NotInForce, RegisterProblem
from rollbook.rules.registers import Registers
from rollbook.rules.thresholds import Settings, law_begins
from rollbook.tables.schemas import CODE, FINDINGS, PUPIL, SCHOOL, SESSION, Kind, Schema, empty

SESSION_LIST: Schema = {"school": SCHOOL, "pupil": PUPIL, "date": pl.Date, "session": SESSION, "code": CODE}
_NO_FINDINGS, _NO_SESSIONS = empty(FINDINGS), empty(SESSION_LIST)


@dataclass(frozen=True)
class Field:
    """A column of a rule's answer."""

    name: str
    dtype: Kind
    doc: str


@dataclass(frozen=True)
class Reading:
    """What a rule is given: the sorted days up to a day, the tables they come from, and the values in force."""

    days: Days
    registers: Registers
    settings: Settings
    kept: dict[str, pl.DataFrame] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """A table that several rules read, made when it is first asked for."""
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    @property
    def as_at(self) -> date:
        """The day looked at."""
        return self.days.as_at

    def first_days(self) -> pl.DataFrame:
        """school, begins: the first open day of each school's calendar."""
        calendar = self.days.calendar
        return self.once("first days", lambda: calendar.group_by("school").agg(begins=pl.col("date").min()))

    def spread(self, rows: pl.DataFrame) -> pl.DataFrame:
        """A row for each enrolment, in order, from `rows` that have an `e` and speak of some; null for the others.

        Raises `RegisterProblem` when one is spoken of twice.
        """
        e, people = rows.get_column("e").cast(ROW), len(self.days.enrolments)
        found = pl.Series([None], dtype=ROW).new_from_index(0, people)
        found = found.scatter(e, pl.int_range(len(rows), dtype=ROW, eager=True))
        if found.null_count() != people - len(rows):
            raise RegisterProblem("a rule speaks twice of one enrolment")
        return pl.DataFrame([column for column in rows.get_columns() if column.name != "e"])[found]

    def policy(self, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        """The value of `name` for each enrolment, in order, as its school has it."""

        def make() -> pl.DataFrame:
            schools, values = self.days.enrolments.select("school"), self.settings.column(name, dtype)
            own = values.get_column(name)
            if own.n_unique() == 1:
                return own.new_from_index(0, len(schools)).to_frame()
            return schools.join(values, on="school", how="left", maintain_order="left").select(name)

        return self.once(f"policy {name}", make).to_series()

    def unasked(self, answer: Iterable[Field]) -> pl.DataFrame:
        """A row for each enrolment in which every field is null: nobody asks for what the rule says."""
        people = len(self.days.enrolments)
        return pl.DataFrame([pl.Series(one.name, [None], one.dtype).new_from_index(0, people) for one in answer])

    def not_judged(self, answer: Iterable[Field], reason: str) -> pl.DataFrame:
        """A row for each enrolment in which every field is null, and `not_judged` says why."""
        fields = [pl.lit(None, dtype=one.dtype).alias(one.name) for one in answer if one.name != "not_judged"]
        rows = self.days.enrolments.select("e").with_columns(*fields, not_judged=pl.lit(reason))
        return rows.drop("e")


@dataclass(frozen=True)
class Judged:
    """What a rule says.

    answer: the rule's fields, a row for each enrolment, in the order of `Days.enrolments`. findings: rows of
    `FINDINGS`. evidence: rows of `SESSION_LIST`, the sessions that count, of those for whom it is due.
    """

    answer: pl.DataFrame
    findings: pl.DataFrame = field(default_factory=_NO_FINDINGS.clone)
    evidence: pl.DataFrame = field(default_factory=_NO_SESSIONS.clone)


@dataclass(frozen=True)
class ByName:
    """A list field, each item of which has a name and a value: in lines of JSON and in worked cases the name is a key
    of its own. `otherwise` is the value of a name that is not in the list.
    """

    field: str
    name: str
    value: str
    otherwise: str

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The value of each name in a row of the rule's answer."""
        return {item[self.name]: item[self.value] for item in row[self.field]}


@dataclass(frozen=True)
class Rule:
    """An entry of the catalogue.

    says: what it says, in a sentence or two. law: references. first_day: the first about which it may be asked, None
    for any day. settings: names of the values it goes by. answer: its fields. due: the field that says that something
    is due (a true value, or a number above 0); None where nothing ever is. judge: None for what is asked of a single
    mark and not of a register. starts: the setting that says from which day, for a law that is not yet commenced;
    until it is set, the rule is not in force. by_name: a list field of which each item is shown by its own name.
    between: the rule's fields of any window, from a day to the day looked at; None where it looks at no such window.
    off_without: the setting without which nothing is due and nothing is said not to be: `due` is then null.
    by_type: of a rule that finds several types (`case_type`), which of the settings a finding of each rests on.
    """

    id: str
    title: str
    says: str
    law: tuple[str, ...]
    first_day: date | None
    settings: tuple[str, ...]
    answer: tuple[Field, ...]
    due: str | None = None
    judge: Callable[[Reading], Judged] | None = None
    starts: str | None = None
    by_name: ByName | None = None
    off_without: str | None = None
    between: Callable[[Reading, date], pl.DataFrame] | None = None
    by_type: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def rests_on(self, case_type: str | None) -> tuple[str, ...]:
        """The names of the values that a finding of that type goes by; None: of a rule without types."""
        return self.by_type.get(case_type or "", self.settings)

    def check_in_force(self, day: date, settings: Settings | None = None) -> None:
        """Raises `NotInForce`, naming rule and day, when it, or a law that it goes by, was not yet in force."""
        firsts = [*([self.first_day] if self.first_day else []), *map(law_begins, self.settings)]
        if day < (first_day := max(firsts, default=day)):
            raise NotInForce(self.id, day, first_day)
        if self.starts is not None:
            first = settings.earliest(self.starts) if settings is not None else None
            if first is None or day < first:
                raise NotInForce(self.id, day, first, self.starts)
