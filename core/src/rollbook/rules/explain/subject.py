"""One pupil's register, and the rule asked of it again with other marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

import polars as pl

from rollbook.rules.evaluate import Evaluation, evaluate
from rollbook.rules.problems import RegisterProblem, RuleFailed
from rollbook.rules.registers import RULE_MARKS, Registers
from rollbook.rules.rule import Rule
from rollbook.rules.thresholds import LocalSettings
from rollbook.tables.schemas import CODE, PUPIL, SESSION, conform

HalfDay: TypeAlias = tuple[date, int]
Marks: TypeAlias = Mapping[HalfDay, int]
"""Marks as they would be: (day, 0 for the morning or 1 for the afternoon) -> a code's id, or a gap's."""

_OF_A_PUPIL = (
    *("pupils", "roll", "marks", "elsewhere"),
    *("leave", "notices", "notices_elsewhere", "contacts", "flags", "contact_log"),
)
_HALF_DAY = ["pupil", "date", "session"]
_ORDER = ["school", *_HALF_DAY]


@dataclass(frozen=True)
class Subject:
    """A rule, a pupil at a school, and the day looked at. registers: of that pupil alone, at every school."""

    registers: Registers
    school: int
    pupil: int
    as_at: date
    rule: Rule
    local: LocalSettings | None

    def judged(self, as_at: date | None = None) -> Evaluation:
        """What the rule says, as the register stands. Raises as `explain` does."""
        return self._judged(self.registers, as_at)

    def asked(self, what_if: Sequence[Marks], as_at: date | None = None) -> list[dict[str, Any]]:
        """The rule's answer for each set of other marks, in their order.

        Each is a pupil of its own in one and the same register, so that they are judged together. A half day that
        several registers hold is changed in all of them; one that none holds is entered at the school looked at.
        """
        if not what_if:
            return []
        said = self._judged(self._copied(what_if), as_at)
        rows = said.answers[self.rule.id].filter(pl.col("school") == self.school).sort("pupil")
        return list(rows.drop("school", "pupil").iter_rows(named=True))

    def _judged(self, registers: Registers, as_at: date | None) -> Evaluation:
        known = {self.rule.id: self.rule}
        said = evaluate(registers, as_at or self.as_at, local=self.local, rules=list(known), known=known)
        for why in said.failed.values():
            raise RuleFailed(why)
        return said

    def _copied(self, what_if: Sequence[Marks]) -> Registers:
        copies = pl.DataFrame({"pupil": pl.Series(range(1, len(what_if) + 1), dtype=PUPIL)})
        tables = {name: getattr(self.registers, name) for name in _OF_A_PUPIL}
        many = {
            name: table.drop("pupil").join(copies, how="cross").select(table.columns)
            for name, table in tables.items()
            if table is not None
        }
        changes = _frame(what_if)
        held = [many[name].select(_HALF_DAY) for name in ("marks", "elsewhere") if name in many]
        entered = changes.join(pl.concat(held), on=_HALF_DAY, how="anti").with_columns(school=pl.lit(self.school))
        many["marks"] = pl.concat([_changed(many["marks"], changes), conform(entered, RULE_MARKS)]).sort(_ORDER)
        if "elsewhere" in many:
            many["elsewhere"] = _changed(many["elsewhere"], changes).sort(_ORDER)
        return replace(self.registers, **many)


def narrowed(registers: Registers, school: int, pupil: int) -> Registers:
    """The tables of one pupil, at every school of theirs. Raises `RegisterProblem` when there is no such pupil."""
    own = {name: _of(getattr(registers, name), pupil) for name in _OF_A_PUPIL}
    theirs = own["pupils"].get_column("school").unique().implode()
    if school not in own["pupils"].get_column("school"):
        raise RegisterProblem(f"school {school} has no pupil number {pupil} that can be judged")
    schools = registers.schools.filter(pl.col("school").is_in(theirs))
    return replace(
        registers, **own, schools=schools, sessions=registers.sessions.filter(pl.col("school").is_in(theirs))
    )


def up_to(registers: Registers, last: date) -> Registers:
    """The same, with no mark of a later day. The rest is known: where it goes by days, the rules do too."""
    kept = {name: getattr(registers, name) for name in ("marks", "elsewhere")}
    cut = {name: table.filter(pl.col("date") <= last) for name, table in kept.items() if table is not None}
    return replace(registers, **cut)


def _of(table: pl.DataFrame | None, pupil: int) -> Any:
    return None if table is None else table.filter(pl.col("pupil") == pupil)


def _frame(what_if: Sequence[Marks]) -> pl.DataFrame:
    rows: Iterable[tuple[Any, ...]] = [
        (number, day, session, code)
        for number, marks in enumerate(what_if, start=1)
        for (day, session), code in marks.items()
    ]
    schema = {"pupil": PUPIL, "date": pl.Date, "session": SESSION, "code": CODE}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _changed(marks: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    both = marks.join(changes.rename({"code": "other"}), on=_HALF_DAY, how="left")
    return conform(both.with_columns(code=pl.coalesce("other", "code")), RULE_MARKS)
