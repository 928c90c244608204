"""Marks that pupils were given at another school: what each is, or why it is set aside. Nothing is guessed.

They are judged by their own day and code alone: the other school's calendar and roll are not to hand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import polars as pl

from rollbook.tables.codes import FIRST_DAY, INVALID, LAST_DAY, LOSSY, NOT_RECORDED, resolve
from rollbook.tables.schemas import ELSEWHERE, PUPIL, QUARANTINE, SESSION, Schema, Table, conform

_KEY: Final = ["pupil", "where", "date", "session"]
_ROWS: Final[Schema] = {
    "pupil": PUPIL,
    "where": pl.Int32,
    "date": pl.Date,
    "session": pl.String,
    "code": pl.String,
}
_LONGEST: Final = 2  # characters of a code; what is longer may be anything, a name too, and is not kept
_FIRST_URN, _LAST_LAESTAB = 100_000, 9_999_999
# kind -> (column at fault, sentence). `{why}` is what the table of codes says of the mark.
_SENTENCES: Final = {
    "unknown_pupil": (
        "pupil",
        "No pupil of this school has the key in this row. Check that the list of pupils is whole.",
    ),
    "malformed": (
        "date",
        "The row has no day, no session, or no school that could be read. Correct it at the source.",
    ),
    "unknown_code": (
        "code",
        "The mark of another school is {why}. Ask that school, or whoever made the file, for it.",
    ),
    "lossy_code": (
        "code",
        "The mark of another school cannot be understood: {why}. Ask that school for the full code.",
    ),
    "two_marks": (
        "code",
        "Two different marks of one other school were given for one session: neither was used. Ask it which is right.",
    ),
}


def normalise_elsewhere(
    rows: pl.DataFrame, *, school: int, own: Collection[int], mapped: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`ELSEWHERE`, sorted and unique, and `QUARANTINE`, of a page of marks of other schools.

    rows: `pupil` (Rollbook's number, null where unknown), `where` (a URN or a LAESTAB), `date`, `session` (`AM` or
    `PM`), `code` as written. own: the numbers of this school, whose own marks its register has: they are passed over.
    mapped: the source's marks -> national codes. Blanks pass, and so do exact repeats.
    """
    typed = conform(rows, _ROWS).filter(pl.col("where").is_in(list(own)).fill_null(value=False).not_())
    judged = _judge(_read(typed, mapped))
    marks = judged.filter(pl.col("kind").is_null()).with_columns(school=pl.lit(school))
    aside = judged.filter(pl.col("kind").is_not_null())
    return conform(marks, ELSEWHERE).unique(_KEY).sort(_KEY), _set_aside(aside, school)


def _read(rows: pl.DataFrame, mapped: Mapping[str, str]) -> pl.DataFrame:
    session = pl.col("session").replace_strict({"AM": 0, "PM": 1}, default=None, return_dtype=SESSION)
    day = pl.col("date").is_between(FIRST_DAY, LAST_DAY)
    known = day & session.is_not_null() & pl.col("where").is_between(_FIRST_URN, _LAST_LAESTAB)
    typed = rows.rename({"code": "raw"}).with_columns(session=session, readable=known.fill_null(value=False))
    # A row that cannot be read is given some day, for `resolve` needs one; its code is never used.
    dated = typed.with_columns(day=pl.col("date"), date=pl.when("readable").then("date").otherwise(FIRST_DAY))
    found = resolve(dated, mapped).filter(pl.col("code") != NOT_RECORDED)
    return found.with_columns(date=pl.col("day")).drop("day")


def _judge(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with `kind`, of quarantine; null is kept."""
    two = pl.col("code").n_unique().over(_KEY) > 1
    return rows.with_columns(
        kind=pl.when(pl.col("pupil").is_null())
        .then(pl.lit("unknown_pupil"))
        .when(~pl.col("readable"))
        .then(pl.lit("malformed"))
        .when(two)
        .then(pl.lit("two_marks"))
        .when(pl.col("code") == INVALID)
        .then(pl.lit("unknown_code"))
        .when(pl.col("code") == LOSSY)
        .then(pl.lit("lossy_code"))
    )


def _set_aside(rows: pl.DataFrame, school: int) -> pl.DataFrame:
    kind = pl.col("kind")
    column = kind.replace_strict({name: said[0] for name, said in _SENTENCES.items()}, return_dtype=pl.String)
    sentence = kind.replace_strict({name: said[1] for name, said in _SENTENCES.items()}, return_dtype=pl.String)
    short = pl.col("raw").str.strip_chars().str.len_chars() <= _LONGEST
    found = rows.with_columns(
        school=pl.lit(school),
        table=pl.lit(Table.ELSEWHERE.value),
        place=pl.format("a mark of school {}", pl.col("where")),
        column=column,
        raw=pl.when(short).then("raw"),
        reason=sentence.str.replace("{why}", pl.col("reason").fill_null(""), literal=True),
    )
    return conform(found, QUARANTINE)
