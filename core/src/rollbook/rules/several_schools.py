"""A pupil at several schools: what their registers together say of each half day."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.pairs import ATTENDED, said, sessions
from rollbook.rules.rule import Reading

_HALF_DAY = ("pupil", "date", "session")


def absences_anywhere(reading: Reading, ids: tuple[int, ...], last: tuple[int, ...], first: date) -> pl.DataFrame:
    """The half days from `first` that say one of `ids`, as each enrolment has to count them.

    Of a pupil who is, or was, at one school alone: those of its register. Else a half day counts once, however many
    registers hold it, not at all if any shows the pupil attending, and as one of the codes `last` only if no register
    has another. Only days at compulsory school age. Columns: e, date, session, code, in order of the first three.
    """
    days = reading.days
    own = days.since(days.saying(said(ids), of_age=True), first)
    own = days.dated(sessions(own, ids)).select("e", "date", "session", "code")
    shared = _at_several(reading)
    if shared.is_empty():
        return own
    alone = own.join(shared, on="e", how="anti", maintain_order="left")
    return pl.concat([alone, _together(reading, shared, ids, last, first)]).sort("e", "date", "session")


def _at_several(reading: Reading) -> pl.DataFrame:
    """Enrolments of pupils who have marks at another school too, where the authority adds them up."""
    people = reading.days.enrolments.select("e", "school", "pupil", "age_from", "age_to")
    pupil, elsewhere = people.get_column("pupil"), reading.registers.elsewhere
    several = pupil.is_duplicated()
    if elsewhere is not None:
        several |= pupil.is_in(elsewhere.get_column("pupil").unique().implode())
    return people.filter(several & reading.policy("penalty_across_schools", pl.Boolean))


def _together(
    reading: Reading, shared: pl.DataFrame, ids: tuple[int, ...], last: tuple[int, ...], first: date
) -> pl.DataFrame:
    known = _all_marks(reading, shared, (*ids, *ATTENDED), first)
    # Of equals the lowest id, so that the order of the registers does not matter.
    ordered = known.with_columns(came=pl.col("code").is_in(ATTENDED), late=pl.col("code").is_in(last))
    each = ordered.sort(*_HALF_DAY, "late", "code").group_by(*_HALF_DAY, maintain_order=True)
    absent = each.agg(pl.col("came").any(), pl.col("code").first()).filter(~pl.col("came"))
    found = shared.join(absent, on="pupil", how="inner")
    return found.filter(pl.col("date").is_between("age_from", "age_to")).select("e", "date", "session", "code")


def _all_marks(reading: Reading, shared: pl.DataFrame, ids: tuple[int, ...], first: date) -> pl.DataFrame:
    """What every register says of these pupils: pupil, date, session, code. Registers that are not here are read as
    they are given: their calendars and rolls are not to hand.
    """
    pupils = shared.get_column("pupil").unique().implode()
    people = reading.days.enrolments.filter(pl.col("pupil").is_in(pupils)).select("e", "pupil")
    days = reading.days.only(people.get_column("e"))
    here = reading.days.dated(sessions(days.since(days.days, first), ids)).join(people, on="e", how="inner")
    parts = [here.select(*_HALF_DAY, "code")]
    if reading.registers.elsewhere is not None:
        there = reading.registers.elsewhere.filter(
            pl.col("pupil").is_in(pupils) & pl.col("code").is_in(ids) & pl.col("date").is_between(first, reading.as_at)
        )
        parts.append(there.select(*_HALF_DAY, "code"))
    return pl.concat(parts)
