"""A roll on which many pupils suddenly begin later is held: likelier a rollover than so many corrections. Of a few it
is told, for marks that were counted no longer are.
"""

from __future__ import annotations

from datetime import date

import polars as pl
import sqlalchemy as sa

from rollbook.host.bring_people import RollFell
from rollbook.host.config import SchoolConfig
from rollbook.host.doubts import who
from rollbook.host.manifests import entries, read_marks
from rollbook.host.registers import RegisterFiles
from rollbook.register.roll import begin_later, many_begin_later


def check_first_days(
    conn: sa.Connection,
    files: RegisterFiles,
    school: SchoolConfig,
    before: pl.DataFrame,
    now: pl.DataFrame,
    accepted_by: str | None,
) -> list[str]:
    """Look at the roll (`ROLL`) as it was and as a pull makes it (with `in_source`), before its marks are brought in.

    A pupil counts who begins later than was known, though a mark is kept from before the new first day: a return that
    rests on such marks would be withdrawn, and a new pupil return be due. One or a few such pupils are corrections:
    they are told by what is returned, a note. Raises RollFell where they are many, unless `accepted_by` names who
    looked at it; then the caller rolls back.
    """
    moved = begin_later(before, now)
    if moved.is_empty():
        return []
    marked = _with_marks_before(conn, files, school.urn, moved)
    known = now.filter("in_source").join(before, on="pupil", how="semi")["pupil"].n_unique()
    if marked.is_empty():
        return []
    newest: date = marked["first"].max()  # type: ignore[assignment]
    if accepted_by is not None or not many_begin_later(known, marked.height):
        return [f"{_moved(school, marked.height, newest)} {who(marked['pupil'])}"]
    raise RollFell(
        f"{marked.height} of {known} pupils of {school.name} ({school.urn}) at the connection {school.connection} now "
        f"begin on the roll later than was known (up to {newest.isoformat()}), after days of which marks of them are "
        f"kept: this pull is held, nothing of it was kept and no return is withdrawn. After a rollover an export may "
        f"give the first day of the new year in place of the pupil's: have it give the day of admission. If the new "
        f"days are right, sync the school again and accept its roll with your name (--accept-smaller-roll "
        f"{school.urn} --by NAME)."
    )


def _moved(school: SchoolConfig, number: int, newest: date) -> str:
    who, begin = ("1 pupil", "begins") if number == 1 else (f"{number} pupils", "begin")
    return (
        f"{who} of {school.name} ({school.urn}) now {begin} on the roll later than was known (up to "
        f"{newest.isoformat()}), after days of which marks are kept: these no longer count, and what rests on them is "
        f"withdrawn. If that is not right, correct the first day in the MIS."
    )


def _with_marks_before(conn: sa.Connection, files: RegisterFiles, school: int, moved: pl.DataFrame) -> pl.DataFrame:
    """Of `moved` (pupil, first) those with a mark kept from before `first`."""
    found = []
    for kept in entries(conn, school):
        marks = read_marks(files, kept).group_by("pupil").agg(pl.col("date").min())
        found.append(marks.join(moved, on="pupil").filter(pl.col("date") < pl.col("first")))
    return pl.concat(found).unique("pupil") if found else moved.clear()
