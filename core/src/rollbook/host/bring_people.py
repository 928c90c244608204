"""Bring a pull's pupils, their roll, and what else is said of them into what is known of a school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from rollbook.contract.errors import VendorMustAct
from rollbook.host import given, identity, whose
from rollbook.host.config import SchoolConfig
from rollbook.host.known_pupils import known_numbers
from rollbook.host.pull import Staged
from rollbook.host.store import dated, people
from rollbook.register.pupils import merge_pupils
from rollbook.register.roll import FRESH_ROLL, gone, merge_roll, on_roll, roll_drop
from rollbook.tables.schemas import (
    OPTIONAL,
    PAGES,
    PUPILS,
    QUARANTINE,
    ROLL,
    Table,
    conform,
    empty,
)

# The columns of each that say from when to when.
_SPELLS = {Table.LEAVE: ("from", "to"), Table.FLAGS: ("from", "to"), Table.NOTICES: ("issued", "ends")}
_FLAGGED = {"in_source": pl.Boolean}


@dataclass(frozen=True)
class People:
    """numbers: `key`, `pupil` of every key ever used. roll_before, roll: `ROLL` as it was known and as it now
    stands, with `in_source`. vanished: pupils on it of whom the source no longer speaks. quarantine: `QUARANTINE`, in
    all of these tables. not_given: said of tables that came before and not now.
    """

    identified: identity.Identified
    numbers: pl.DataFrame
    roll_before: pl.DataFrame
    roll: pl.DataFrame
    on_roll: int
    vanished: int
    changed: int
    quarantine: pl.DataFrame
    not_given: tuple[str, ...]


class RollFell(VendorMustAct):
    """A third or more of the roll are gone, many of it begin later, or its pupils seem to be those of another school.
    A person must say that it is right.
    """


def bring_people(
    conn: sa.Connection, school: SchoolConfig, staged: Staged, moment: datetime, as_at: date, accepted_by: str | None
) -> People:
    """Raises RollFell, with the difference, unless `accepted_by` names who looked at it: also where the pupils are
    hardly this school's. VendorMustAct when there are no pupils at all, or no roll.
    """
    rows = staged.tables[Table.PUPILS]
    for table in (Table.PUPILS, Table.ROLL):
        if staged.tables[table].is_empty():
            raise VendorMustAct(
                f"The export of {school.name} ({school.urn}) at the connection {school.connection} has no rows of "
                f"{table.value}: what was known before stands. Check what is exported, or that consent was not "
                f"withdrawn."
            )
    if accepted_by is None and (wrong := whose.strangers(conn, school, rows)):
        raise RollFell(f"{wrong} This pull is held and nothing of it was kept. {whose.remedy(school)}")
    found = identity.identify(conn, school.urn, school.connection, rows)
    identity.keep_links(conn, found, moment)
    changed, aside = _pupils(conn, school.urn, rows, found.numbers, moment)
    fresh = _fresh_roll(school, staged.tables[Table.ROLL], found.numbers)
    before = dated.frame(conn, people.roll, school.urn, ROLL | _FLAGGED, None)
    _check_fall(school, before, fresh, as_at, accepted_by)
    roll, vanished, roll_changed, roll_aside = _roll(conn, school.urn, before, fresh, moment)
    asides = [aside, roll_aside]
    changed += given.keep(conn, school, staged, moment)
    for table in OPTIONAL:
        if table in staged.tables:
            more, set_aside = _optional(conn, school.urn, table, staged.tables[table], found.numbers, moment)
            changed += more
            asides.append(set_aside)
    return People(
        identified=found,
        numbers=known_numbers(conn, school.urn, school.connection),
        roll_before=before,
        roll=roll,
        on_roll=on_roll(roll, as_at),
        vanished=vanished,
        changed=changed + roll_changed,
        quarantine=pl.concat(asides),
        not_given=given.no_longer(conn, school, staged),
    )


def numbered(rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """`rows` with Rollbook's number for the vendor's key; null where no pupil has that key."""
    joined = rows.rename({"pupil": "key"}).join(numbers, on="key", how="left", maintain_order="left")
    return joined.drop("key")


def _pupils(
    conn: sa.Connection, school: int, rows: pl.DataFrame, numbers: pl.DataFrame, moment: datetime
) -> tuple[int, pl.DataFrame]:
    kept = dated.frame(conn, people.pupils, school, PUPILS, None)
    merged = merge_pupils(kept, numbered(rows, numbers), school=school, origin="pupils")
    flagged = merged.pupils.with_columns(in_source=pl.col("pupil").is_in(numbers["pupil"].implode()))
    began, closed = dated.replace(conn, people.pupils, school, flagged, moment)
    return began + closed, merged.quarantine


def _fresh_roll(school: SchoolConfig, rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    return conform(numbered(rows, numbers).with_columns(school=pl.lit(school.urn)), FRESH_ROLL)


def _roll(
    conn: sa.Connection, school: int, kept: pl.DataFrame, fresh: pl.DataFrame, moment: datetime
) -> tuple[pl.DataFrame, int, int, pl.DataFrame]:
    merged = merge_roll(kept, fresh, school=school, origin="roll")
    spoken = fresh["pupil"].drop_nulls().unique()
    flagged = merged.roll.with_columns(in_source=pl.col("pupil").is_in(spoken.implode()))
    began, closed = dated.replace(conn, people.roll, school, flagged, moment)
    return flagged, len(merged.vanished), began + closed, merged.quarantine


def _check_fall(
    school: SchoolConfig, kept: pl.DataFrame, fresh: pl.DataFrame, as_at: date, accepted_by: str | None
) -> None:
    # Pupils who vanished at an earlier pull stay on our roll; they are not what this pull is compared with.
    known = kept.filter("in_source")
    before, missed = on_roll(known, as_at), gone(known, fresh, as_at)
    if accepted_by is None and roll_drop(before, before - missed):
        raise RollFell(
            f"{missed} of the {before} pupils on the roll of {school.name} ({school.urn}) are gone from what the "
            f"connection {school.connection} exports, without a leaving date (it has {on_roll(fresh, as_at)} on the "
            f"roll): this pull is held and nothing of it was kept. If it is cut off, or another school's, correct the "
            f"export. If they have left, enter their leaving dates, or sync the school again and accept the smaller "
            f"roll with your name (--accept-smaller-roll {school.urn} --by NAME)."
        )


def _optional(
    conn: sa.Connection,
    school: int,
    table: Table,
    rows: pl.DataFrame,
    numbers: pl.DataFrame,
    moment: datetime,
) -> tuple[int, pl.DataFrame]:
    """A table that the source gives whole. What it gave of pupils it no longer names stays."""
    kept_in, schema = given.KEPT_IN[table], OPTIONAL[table]
    named = conform(numbered(rows, numbers).with_columns(school=pl.lit(school)), schema)
    unknown = named.filter(pl.col("pupil").is_null()).height
    needed = [name for name, column in PAGES[table].items() if column.required and name != "pupil"]
    known = named.filter(pl.col("pupil").is_not_null())
    whole = known.drop_nulls(needed)
    good = whole.filter(~_backwards(table))
    kept = dated.frame(conn, kept_in, school, schema, None)
    stays = kept.filter(pl.col("pupil").is_in(numbers["pupil"].implode()).not_())
    began, closed = dated.replace(conn, kept_in, school, pl.concat([stays, good]), moment)
    lacking = f"The row lacks one of: {', '.join(needed)}. Enter it in the MIS."
    no_pupil = "No pupil of this school has the key in this row. Check that the list of pupils is whole."
    asides = [
        _aside(school, table, unknown, "unknown_pupil", no_pupil),
        _aside(school, table, known.height - whole.height, "malformed", lacking),
        _aside(
            school, table, whole.height - good.height, "backwards", "It ends before it begins. Correct it in the MIS."
        ),
    ]
    return began + closed, pl.concat(asides)


def _backwards(table: Table) -> pl.Expr:
    if table not in _SPELLS:
        return pl.lit(value=False)
    first, last = _SPELLS[table]
    return (pl.col(last) < pl.col(first)).fill_null(value=False)


def _aside(school: int, table: Table, times: int, kind: str, reason: str) -> pl.DataFrame:
    """One row for all of its kind: of a row without a known pupil or place there is no more to say than how many."""
    if not times:
        return empty(QUARANTINE)
    said = f"{times} rows. {reason}" if times > 1 else reason
    row = {
        "school": school,
        "table": table.value,
        "place": table.value,
        "column": "pupil",
        "kind": kind,
        "reason": said,
    }
    return conform(pl.DataFrame([row]), QUARANTINE)
