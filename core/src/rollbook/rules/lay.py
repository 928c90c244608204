"""Marks laid onto the calendar: for each row of `days.Days.days`, what its two sessions say.

A mark's place is found by counting, never by a hash: where its pupil begins, and how many open days came before. Both
sessions of a day go together, so that there is half as much to lay.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from rollbook.rules.places import ROW, Places
from rollbook.rules.registers import Registers
from rollbook.tables import codes
from rollbook.tables.schemas import PM

# What a session of a day may be besides a code: there is no such session, or the pupil was not on the roll.
CLOSED, OFF_ROLL = 126, 127
SIZE = 128  # a day's pair is AM * SIZE + PM
_PAIRS = SIZE * SIZE
_NOTHING = codes.NOT_RECORDED * SIZE + codes.NOT_RECORDED


def lay(registers: Registers, people: pl.DataFrame, places: Places, rows: int) -> pl.Series:
    """The pair of each row, as written; not recorded where there is no mark. Marks for which there is no row (off the
    roll, on a closed day, after the day looked at) are left out. `people`: e, school, pupil, start, lo, hi, base.
    """
    held = _by_day(registers)
    each = registers.owners.pupils.join(people, on=["school", "pupil"], how="left", maintain_order="left")
    owned = each.select("start", "lo", "base", length=pl.col("hi") - pl.col("lo"))[held.get_column("owner")]
    # How far into the pupil's days a day is. Before the first of them this wraps round, to more than there are days.
    ahead = places.on(pl.col("date")) - pl.col("lo")
    placed = held.hstack(owned).select("base", "length", ahead=ahead)
    left_out = pl.lit(rows, ROW)  # one row more than there are
    row = placed.select(
        pl.when(pl.col("ahead") < pl.col("length")).then(pl.col("base") + pl.col("ahead")).otherwise(left_out)
    )
    blank = pl.Series([_NOTHING], dtype=pl.UInt16).new_from_index(0, rows + 1)
    return blank.scatter(row.to_series(), held.get_column("pair")).head(rows)


def _by_day(registers: Registers) -> pl.DataFrame:
    """A row for each day on which a pupil has a mark: date, pair, owner (whose: the row in `Registers.owners`)."""
    marks, begins = registers.marks, registers.owners.begins
    date, afternoon = marks.get_column("date"), marks.get_column("session") == PM
    again = (date.slice(1) == date.head(max(len(date) - 1, 0))) & afternoon.slice(1)
    second = pl.concat([pl.Series([False]), again]).head(len(date)).scatter(begins, False)
    code = marks.get_column("code").cast(pl.UInt16)
    said = [code.alias("code"), code.slice(1).extend_constant(0, 1).head(len(code)).alias("next")]
    both = second.slice(1).extend_constant(False, 1).head(len(code)).alias("both")
    new = pl.Series("new", [False]).new_from_index(0, len(code)).scatter(begins, True)
    days = pl.DataFrame([date, *said, afternoon.alias("afternoon"), both, new]).filter(~second)
    morning = pl.col("code") * SIZE + pl.when("both").then("next").otherwise(pl.lit(0, pl.UInt16))
    pair = pl.when("afternoon").then("code").otherwise(morning)
    return days.select("date", owner=pl.col("new").cum_sum() - 1, pair=pair)


def settled(days: pl.DataFrame, calendar: pl.DataFrame, gaps: pl.Series) -> pl.Series:
    """The pair of each row once it is known which sessions were open, and whether the pupil could be given those codes.

    days: c, csa, pair as laid. calendar: am, pm (open?) of each c. gaps: rows between two spells on the roll.
    """
    kind = pl.col("csa").cast(pl.UInt16)
    if not calendar.select((pl.col("am") & pl.col("pm")).all()).item():
        shut = calendar.select((~pl.col("am")).cast(pl.UInt16) * 2 + (~pl.col("pm")).cast(pl.UInt16) * 4).to_series()
        kind += pl.lit(shut).gather(pl.col("c"))
    found = days.select(pair=pl.lit(_table()).gather(kind.cast(ROW) * _PAIRS + pl.col("pair"))).to_series()
    off = pl.repeat(OFF_ROLL * SIZE + OFF_ROLL, len(gaps), dtype=pl.UInt16, eager=True)
    return found.scatter(gaps, off) if len(gaps) else found


@cache
def _table() -> pl.Series:
    """For each kind of day (of compulsory school age: 1; morning closed: 2; afternoon closed: 4), and each pair as
    laid, the pair that counts.
    """
    found: list[int] = []
    for kind in range(8):
        read = [_read(code, of_age=bool(kind & 1)) for code in range(SIZE)]
        mornings = [CLOSED] * SIZE if kind & 2 else read
        afternoons = [CLOSED] * SIZE if kind & 4 else read
        found += [am * SIZE + pm for am in mornings for pm in afternoons]
    return pl.Series(found, dtype=pl.UInt16)


def _read(code: int, *, of_age: bool) -> int:
    """Z on the roll is no mark, nor X at compulsory school age."""
    impossible = codes.ids("Z") + (codes.ids("X") if of_age else ())
    return codes.INVALID if code in impossible else code
