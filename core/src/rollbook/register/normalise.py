"""From a page of marks to national codes: what each row is, or why it is set aside. Nothing is guessed.

The rows are judged in this order, and each has one outcome: unreadable (`malformed`), a pupil nobody knows, a closed
session, a pupil not on the roll, two marks for one session, and then what the mark itself says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.register.reasons import set_aside
from rollbook.tables.codes import (
    FIRST_DAY,
    INVALID,
    LAST_DAY,
    LOSSY,
    NOT_RECORDED,
    Quality,
    by_id,
    ids,
    letter,
    resolve,
)
from rollbook.tables.schemas import CODE, PUPIL, QUARANTINE, SESSION, Schema, conform, empty

KEY: Final = ["pupil", "date", "session"]
KEYS: Final[Schema] = {"pupil": PUPIL, "date": pl.Date, "session": SESSION}
FRESH: Final[Schema] = KEYS | {"code": CODE, "raw": pl.String}
LONGEST_RAW: Final = (
    40  # of a written mark, characters that are kept: a mark is short, and a stray note may name people
)

_ROWS: Final[Schema] = {
    "pupil": PUPIL,
    "date": pl.Date,
    "session": pl.String,
    "code": pl.String,
    "line": pl.Int32,
    "origin": pl.String,
}
_COUNTED: Final = ("read", "kept", "exact", "alias", "lossy", "invalid", "not_recorded", "passed", "duplicates")


@dataclass(frozen=True)
class Normalised:
    """A page of marks, understood.

    marks: `FRESH`, one row a session, sorted; a mark that is no code is in it as `invalid` or `lossy`.
    quarantine: `QUARANTINE`. counts: rows by outcome, and by kind of quarantine.
    blank: keys of which the source says that there is no mark; hand them to `merge` with what was removed.
    conflicted: keys whose mark is in doubt, so that what was known before stands; a null date or session is any.
    pupils: everybody of whom the page has a row, marks or none.
    """

    marks: pl.DataFrame
    quarantine: pl.DataFrame
    counts: Mapping[str, int]
    blank: pl.DataFrame
    conflicted: pl.DataFrame
    pupils: pl.Series


def normalise_marks(
    rows: pl.DataFrame,
    *,
    school: int,
    sessions: pl.DataFrame,
    roll: pl.DataFrame,
    mapped: Mapping[str, str],
    origin: str,
) -> Normalised:
    """What each row of a page of marks is: a national code on its day, nothing recorded, or set aside with a reason.

    rows: `pupil` (Rollbook's number, null where unknown), `date`, `session` (`AM` or `PM`), `code` as written, and
    optionally `line` and `origin`, which goes before the argument of that name. Give the pages of one pull together:
    two marks for one session may come on two pages.
    sessions: `date`, `session` (0 or 1), `open`: the school's calendar; a session that is not in it is closed.
    roll: `pupil`, `from`, `to`. mapped: the vendor's or the school's own marks -> national codes.

    On a closed session, planned closure and blank pass in silence, and so do Z, `#` and blank for a pupil who is not
    on the roll that day. A blank beside a mark of the same session is no second mark.
    Raises nothing for what the rows hold.
    """
    judged = _judge(_prepare(rows, origin, mapped), sessions, roll)
    kept = judged.filter(pl.col("outcome").is_null())
    blank = kept["code"] == NOT_RECORDED
    marks = kept.filter(~blank).with_columns(raw=_raw_if_not_the_letter())
    aside = judged.filter(pl.col("outcome").is_in(["duplicate", "pass"]).not_() | _not_a_code())
    return Normalised(
        marks=conform(marks, FRESH).sort(KEY),
        quarantine=set_aside(aside.sort("n"), school) if aside.height else empty(QUARANTINE),
        counts=_counts(judged),
        blank=conform(kept.filter(blank), KEYS).unique().sort(KEY),
        conflicted=_conflicted(judged),
        pupils=judged["pupil"].drop_nulls().unique().sort(),
    )


def any_twice(rows: pl.DataFrame) -> bool:
    """Whether two rows are of one pupil's session. Keys of different hashes differ: a third of the time of looking at
    the keys themselves, which is only done where two hashes are the same.
    """
    if rows.select(pl.struct(KEY).hash().n_unique()).item() == rows.height:
        return False
    return bool(rows.select(KEY).is_duplicated().any())


def _prepare(rows: pl.DataFrame, origin: str, mapped: Mapping[str, str]) -> pl.DataFrame:
    typed = conform(rows, _ROWS).with_row_index("n").rename({"code": "raw"})
    session = pl.col("session").replace_strict({"AM": 0, "PM": 1}, default=None, return_dtype=SESSION)
    readable = pl.col("date").is_between(FIRST_DAY, LAST_DAY) & session.is_not_null()
    typed = typed.with_columns(
        origin=pl.col("origin").fill_null(origin), session=session, readable=readable.fill_null(value=False)
    )
    # An unreadable row is given some day, for `resolve` needs one; its code is never used.
    dated = typed.with_columns(day=pl.col("date"), date=pl.when("readable").then("date").otherwise(FIRST_DAY))
    read = resolve(dated, mapped).with_columns(date=pl.col("day")).drop("day")
    return read.with_columns(raw=pl.col("raw").str.slice(0, LONGEST_RAW))


def _judge(rows: pl.DataFrame, sessions: pl.DataFrame, roll: pl.DataFrame) -> pl.DataFrame:
    """`rows` with `outcome`: null is kept, `pass` and `duplicate` are counted, the rest are kinds of quarantine."""
    rows = _with_calendar(_with_roll(rows, roll), sessions)
    blank, code = pl.col("code") == NOT_RECORDED, pl.col("code")
    quiet_closed = blank | code.is_in(ids("#"))
    quiet_off_roll = blank | code.is_in(ids("#", "Z"))
    rows = rows.with_columns(
        outcome=pl.when(~pl.col("readable"))
        .then(pl.lit("malformed"))
        .when(pl.col("pupil").is_null())
        .then(pl.when(quiet_off_roll).then(pl.lit("pass")).otherwise(pl.lit("unknown_pupil")))
        .when(~pl.col("open"))
        .then(pl.when(quiet_closed).then(pl.lit("pass")).otherwise(pl.lit("closed_day")))
        .when(~pl.col("on_roll"))
        .then(pl.when(quiet_off_roll).then(pl.lit("pass")).otherwise(pl.col("off_roll")))
    )
    return _one_mark_a_session(rows)


def _with_calendar(rows: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    calendar = sessions.select("date", pl.col("session").cast(SESSION), "open").unique(["date", "session"])
    joined = rows.join(calendar, on=["date", "session"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("open").fill_null(value=False))


def _with_roll(rows: pl.DataFrame, roll: pl.DataFrame) -> pl.DataFrame:
    """Whether each row's pupil was on the roll that day, and if not, whether the pupil had left by then."""
    spells = roll.select(pl.col("pupil").cast(PUPIL), "from", "to")
    several = pl.col("pupil").is_duplicated()  # nearly every pupil has one spell, and no row of his is held twice
    day, to = pl.col("date"), pl.col("to").fill_null(LAST_DAY)
    inside, after = day.is_between(pl.col("from"), to), to < day
    again = spells.filter(several)
    days = rows.select("pupil", "date").join(again, on="pupil", how="semi").unique().join(again, on="pupil")
    of_several = days.group_by("pupil", "date").agg(inside=inside.any(), after=after.any())
    joined = rows.join(spells.filter(~several), on="pupil", how="left", maintain_order="left")
    joined = joined.join(of_several, on=["pupil", "date"], how="left", maintain_order="left")
    left = pl.coalesce("after", after).fill_null(value=False)
    return joined.with_columns(
        on_roll=pl.coalesce("inside", inside).fill_null(value=False),
        off_roll=pl.when(left).then(pl.lit("after_leaving")).otherwise(pl.lit("not_on_roll")),
    ).drop("from", "to", "inside", "after")


def _one_mark_a_session(rows: pl.DataFrame) -> pl.DataFrame:
    """Of rows that stand, exact repeats are dropped and contradictions set aside. A blank contradicts no mark."""
    standing = rows.filter(pl.col("outcome").is_null()).select("n", *KEY, "code", "raw")
    if not any_twice(standing):
        return rows
    candidates = standing.filter(standing.select(KEY).is_duplicated())
    # Marks that are no code are told apart by what was written; codes by what they mean.
    same = pl.when(_not_a_code_id()).then(pl.col("raw").str.strip_chars().str.to_uppercase()).otherwise(pl.lit(""))
    candidates = candidates.with_columns(same=same, written=pl.col("code") != NOT_RECORDED)
    marks = candidates.filter("written")
    different = marks.unique([*KEY, "code", "same"]).group_by(KEY).len("marks")
    first = candidates.sort("written", "n", descending=[True, False]).unique(KEY, keep="first", maintain_order=True)
    found = candidates.join(different, on=KEY, how="left", maintain_order="left").with_columns(
        again=pl.when((pl.col("marks") > 1) & pl.col("written"))
        .then(pl.lit("two_marks"))
        .when(pl.col("n").is_in(first["n"].implode()).not_())
        .then(pl.lit("duplicate"))
    )
    joined = rows.join(found.select("n", "again"), on="n", how="left", maintain_order="left")
    return joined.with_columns(outcome=pl.coalesce("outcome", "again")).drop("again")


def _not_a_code_id() -> pl.Expr:
    return pl.col("code").is_in([INVALID, LOSSY])


def _not_a_code() -> pl.Expr:
    return pl.col("outcome").is_null() & _not_a_code_id()


def _raw_if_not_the_letter() -> pl.Expr:
    written = pl.col("raw") != pl.col("code").replace_strict(_letters(), return_dtype=pl.String)
    return pl.when(written).then("raw")


def _letters() -> dict[int, str]:
    return {number: letter(number) for number in (NOT_RECORDED, INVALID, LOSSY, *by_id())}


def _conflicted(judged: pl.DataFrame) -> pl.DataFrame:
    """Keys in doubt. A row without a session puts the whole day in doubt, one without a date all the pupil's days."""
    doubt = judged.filter(pl.col("outcome").is_in(["two_marks", "malformed"]), pl.col("pupil").is_not_null())
    return conform(doubt, KEYS).unique().sort(KEY)


def _counts(judged: pl.DataFrame) -> dict[str, int]:
    counts = dict.fromkeys(_COUNTED, 0)
    kept = judged.filter(pl.col("outcome").is_null())
    marks = kept.filter(pl.col("code") != NOT_RECORDED)
    for quality, number in kept["quality"].value_counts().sort("quality").iter_rows():
        counts[Quality(quality).value] += number
    for outcome, number in judged["outcome"].drop_nulls().value_counts().sort("outcome").iter_rows():
        counts[{"pass": "passed", "duplicate": "duplicates"}.get(outcome, outcome)] = number
    return counts | {"read": judged.height, "kept": marks.height}
