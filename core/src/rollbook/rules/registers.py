"""What the rules read: the canonical tables of one or many schools, and the check that they may be read at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count, takewhile

import polars as pl

from rollbook.rules.owners import KEY, Owners
from rollbook.rules.problems import RegisterProblem
from rollbook.tables import codes
from rollbook.tables.schemas import (
    AM,
    CODE,
    CONTACT_LOG,
    CONTACTS,
    FLAGS,
    LEAVE,
    NOTICES,
    PM,
    PUPIL,
    PUPILS,
    ROLL,
    SCHOOL,
    SCHOOLS,
    SESSION,
    SESSIONS,
    Schema,
)

# Of a mark the rules read only what it says; when it became known is the host's business.
RULE_MARKS: Schema = {"school": SCHOOL, "pupil": PUPIL, "date": pl.Date, "session": SESSION, "code": CODE}
# Columns that a table must have here. Others of its canonical form may be there and are not read.
NEEDED: Mapping[str, Schema] = {
    "schools": {name: SCHOOLS[name] for name in ("school", "la", "type", "lowest_year", "highest_year")},
    "sessions": SESSIONS,
    "pupils": {name: PUPILS[name] for name in ("school", "pupil", "dob")},
    "roll": {name: ROLL[name] for name in ("school", "pupil", "from", "to", "year_group", "boarder")},
    "marks": RULE_MARKS,
    "leave": LEAVE,
    "notices": NOTICES,
    "elsewhere": RULE_MARKS,
    "notices_elsewhere": NOTICES,
    "contacts": {name: CONTACTS[name] for name in ("school", "pupil")},
    "flags": {name: FLAGS[name] for name in ("school", "pupil", "flag", "from", "to")},
    "contact_log": {name: CONTACT_LOG[name] for name in ("school", "pupil", "date", "type", "outcome")},
}
_KNOWN = frozenset((codes.NOT_RECORDED, codes.INVALID, codes.LOSSY, *codes.by_id()))
# Each id up to the first that is not known: when the greatest of many is among them, so are all.
_BELOW = frozenset(takewhile(_KNOWN.__contains__, count()))


@dataclass(frozen=True)
class Registers:
    """The canonical tables of one or many schools (`tables.schemas`), keyed (school, pupil).

    `marks`: a `school` column beside those of a register file, sorted by school, pupil, date, session, and unique in
    them; quickest to read in one piece (`rechunk`). An open session on the roll with no row in it is a session not
    recorded. `elsewhere`: marks that pupils of these schools were given at schools that are not here (`school` is
    where: a URN, or a LAESTAB of seven digits), or None where none are to hand; `notices_elsewhere` likewise. `leave`,
    `notices`, `contacts`, `flags`, `contact_log`: None where the source gives none, which is not the same as an empty
    table: what rests on it is then "not judged". `roll` may have `destination` and `ground`.
    """

    schools: pl.DataFrame
    sessions: pl.DataFrame
    pupils: pl.DataFrame
    roll: pl.DataFrame
    marks: pl.DataFrame
    leave: pl.DataFrame | None = None
    notices: pl.DataFrame | None = None
    elsewhere: pl.DataFrame | None = None
    notices_elsewhere: pl.DataFrame | None = None
    contacts: pl.DataFrame | None = None
    flags: pl.DataFrame | None = None
    contact_log: pl.DataFrame | None = None

    def checked(self) -> Registers:
        """Itself, when the rules may read it. Raises `RegisterProblem`, which names schools and pupils by number only:
        a column is missing or of another type, a row is there twice, marks are not sorted, a code is not known, roll
        spells overlap, a pupil has no date of birth, marks are of nobody, a school has pupils and no open session.
        """
        _check_columns(self)
        _check_people(self)
        _check_calendar(self)
        _check_roll(self.roll, self.pupils)
        check_marks(self.marks, self.owners)
        strangers = self.owners.pupils.join(self.pupils, on=KEY, how="anti")
        _refuse(strangers, pl.lit(True), "has marks and is no pupil there")
        if self.elsewhere is not None:
            check_marks(self.elsewhere, Owners.of(self.elsewhere))
        return self

    @cached_property
    def owners(self) -> Owners:
        """Whose the marks are."""
        return Owners.of(self.marks)


def _check_columns(registers: Registers) -> None:
    for table, schema in NEEDED.items():
        frame = getattr(registers, table)
        if frame is None:
            continue
        for name, dtype in schema.items():
            if name not in frame.columns:
                raise RegisterProblem(f"the table {table} has no column {name!r}")
            if frame.schema[name] != dtype:
                raise RegisterProblem(f"{table}.{name} is {frame.schema[name]} and must be {dtype}")


def _check_people(registers: Registers) -> None:
    _refuse_twice(registers.schools, ("school",), "schools")
    _refuse_twice(registers.pupils, KEY, "pupils")
    _refuse(registers.pupils, pl.col("dob").is_null(), "has no date of birth; correct it at the source")
    strangers = registers.pupils.join(registers.schools, on="school", how="anti")
    _refuse(strangers, pl.lit(True), "belongs to a school that the table of schools does not have")


def _check_calendar(registers: Registers) -> None:
    _refuse_twice(registers.sessions, ("school", "date", "session"), "sessions")
    if not registers.sessions.get_column("session").is_in([AM, PM]).all():
        raise RegisterProblem("the calendar has a session that is neither AM nor PM")
    opened = registers.sessions.filter("open")
    closed = registers.roll.join(opened, on="school", how="anti").get_column("school")
    if len(closed):
        raise RegisterProblem(f"school {closed[0]} has pupils on its roll and no open session in its calendar")


def _check_roll(roll: pl.DataFrame, pupils: pl.DataFrame) -> None:
    _refuse(roll.join(pupils, on=KEY, how="anti"), pl.lit(True), "is on the roll and not among the pupils")
    _refuse(roll, pl.col("from").is_null(), "has a roll spell without a first day")
    _refuse(roll, pl.col("to") < pl.col("from"), "has a roll spell that ends before it begins")
    spells = roll.sort(*KEY, "from")
    before = pl.col("to").shift(1)
    again = _same("school") & _same("pupil")
    overlaps = spells.select(*KEY, bad=again & (before.is_null() | (before >= pl.col("from"))))
    _refuse(overlaps, pl.col("bad"), "has roll spells that overlap")


def check_marks(marks: pl.DataFrame, owners: Owners) -> None:
    """One pass over the marks, in one piece. Raises `RegisterProblem` when they are not sorted by school, pupil, date
    and session, one is there twice, a session is neither 0 nor 1, or a code's id is not known.
    """
    if any(marks.get_column(name).null_count() for name in RULE_MARKS):
        raise RegisterProblem("a mark lacks its school, pupil, date, session or code")
    if not (_in_order(owners.pupils) and _goes_on(marks, owners)):
        again = pl.struct("school", "pupil", "date", "session").is_duplicated()
        if marks.select(again.any()).item():
            raise RegisterProblem("two marks of one pupil stand for one session")
        raise RegisterProblem("the marks are not sorted by school, pupil, date and session")
    if len(marks) and marks.get_column("session").max() not in (AM, PM):
        raise RegisterProblem("a mark's session is neither AM nor PM")
    code = marks.get_column("code")
    if len(marks) and code.max() not in _BELOW and not code.is_in(_KNOWN).all():
        raise RegisterProblem("a mark has a code that codes.toml does not know")


def _goes_on(marks: pl.DataFrame, owners: Owners) -> bool:
    """Whether each mark is of a later session than the one before it, but where another owner's begin."""
    rows = max(len(marks) - 1, 0)
    date, session = marks.get_column("date"), marks.get_column("session")
    before, day = date.slice(0, rows), date.slice(1)
    later = (day > before) | ((day == before) & (session.slice(1) > session.slice(0, rows)))
    back = (~later).arg_true() + 1
    return back.is_in(owners.begins.implode()).all()


def _in_order(pupils: pl.DataFrame) -> bool:
    """Whether rows of school and pupil come in order, each once."""
    later = _later("school") | (_same("school") & _later("pupil"))
    return bool(pupils.select(later.fill_null(True).all()).item())


def _later(name: str) -> pl.Expr:
    return pl.col(name) > pl.col(name).shift(1)


def _same(name: str) -> pl.Expr:
    return pl.col(name) == pl.col(name).shift(1)


def _refuse(rows: pl.DataFrame, bad: pl.Expr, what: str) -> None:
    found = rows if rows.is_empty() else rows.filter(bad)
    if len(found):
        school, pupil = found.select(*KEY).row(0)
        more = f" (and {len(found) - 1} more such rows)" if len(found) > 1 else ""
        raise RegisterProblem(f"school {school}: pupil number {pupil} {what}{more}")


def _refuse_twice(rows: pl.DataFrame, key: tuple[str, ...], table: str) -> None:
    twice = rows.filter(pl.struct(key).is_duplicated())
    if len(twice):
        raise RegisterProblem(f"school {twice.get_column('school')[0]}: a row of the table {table} is there twice")
