"""What is known of a school's pupils at other schools: marks and notices are all that crosses schools.

It comes from the registers of schools that are here, and from what the school's own source told (a Common Transfer
File). Where both speak of one session the register counts: it is corrected, and a file is not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from rollbook.host.config import SchoolConfig
from rollbook.host.known_settings import laestabs
from rollbook.host.manifests import rule_marks
from rollbook.host.registers import RegisterFiles
from rollbook.host.store import dated, people
from rollbook.tables.schemas import NOTICES, ROLL

_SESSION = ["pupil", "date", "session"]


def of_pupils(
    conn: sa.Connection, school: int, numbers: Collection[int], known: datetime | None
) -> dict[int, set[int]]:
    """The other schools on whose rolls some of these pupils of `school` are or were: URN -> their numbers."""
    here = set(numbers)
    stood = dated.as_known(people.roll, known)
    ours = sa.select(people.roll.c.pupil).where(people.roll.c.school == school, *stood)
    query = sa.select(people.roll.c.school, people.roll.c.pupil).where(people.roll.c.school != school, *stood)
    found: dict[int, set[int]] = {}
    for row in conn.execute(query.where(people.roll.c.pupil.in_(ours)).distinct()):
        if row.pupil in here:
            found.setdefault(row.school, set()).add(row.pupil)
    return found


def marks(
    conn: sa.Connection,
    files: RegisterFiles,
    others: Mapping[int, Collection[int]],
    told: pl.DataFrame,
    schools: Collection[SchoolConfig],
    as_at: date,
    known: datetime | None,
) -> pl.DataFrame | None:
    """`RULE_MARKS`, sorted, that pupils of a school were given at `others` (`of_pupils`) and at schools that are not
    here; None where there is neither. told: what the school's own source says of them, by URN or LAESTAB.

    Raises FixSettings when a register file is damaged.
    """
    numbers = laestabs(conn, schools, known) if told.height else {}
    held = []
    for other, pupils in sorted(others.items()):
        whole = rule_marks(conn, files, other, as_at, known)
        held.append(whole.filter(pl.col("pupil").is_in(sorted(pupils))))
        mine = pl.col("school").is_in([other, numbers.get(other, other)]) & pl.col("pupil").is_in(sorted(pupils))
        of_it = told.filter(mine)
        if of_it.height:
            roll = dated.frame(conn, people.roll, other, ROLL, known)
            told = pl.concat([told.filter(~mine), _not_in_register(of_it, whole, roll)])
    if not held:
        return told if told.height else None
    here = pl.concat(held)
    new = told.join(here, on=[*_SESSION, "code"], how="anti")  # of a school whose LAESTAB is not known
    return pl.concat([here, new]).sort("school", *_SESSION)


def _not_in_register(told: pl.DataFrame, register: pl.DataFrame, roll: pl.DataFrame) -> pl.DataFrame:
    """What is told of sessions of which the school's own register says nothing.

    It speaks of a session in which it has a mark of the pupil, and of one for which it was taken while he was on the
    roll: a mark that is not there then was deleted.
    """
    said = register.select(_SESSION)
    taken = told.select(_SESSION).unique().join(register.select("date", "session").unique(), on=["date", "session"])
    there = pl.col("date") >= pl.col("from"), (pl.col("date") <= pl.col("to")).fill_null(value=True)
    on_roll = taken.join(roll.select("pupil", "from", "to"), on="pupil").filter(*there)
    return told.join(said, on=_SESSION, how="anti").join(on_roll, on=_SESSION, how="anti")


def notices(conn: sa.Connection, others: Mapping[int, Collection[int]], known: datetime | None) -> pl.DataFrame | None:
    """Notices to their parents that `others` have recorded: the law counts them by parent and child."""
    parts = [
        dated.frame(conn, people.notices, other, NOTICES, known).filter(pl.col("pupil").is_in(sorted(numbers)))
        for other, numbers in sorted(others.items())
    ]
    return pl.concat(parts) if parts else None
