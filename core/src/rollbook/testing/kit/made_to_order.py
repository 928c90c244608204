"""The made-up school of the checks, altered in one way: for what a small school happens not to have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from rollbook.tables.checks import upn_check_letter
from rollbook.tables.schemas import Table
from rollbook.testing.kit.source_stage import BEFORE, EVENING, FIRST, WINDOW
from rollbook.testing.schools import MadeSchool

KEY = ("pupil", "date", "session")
LEFT, NOON = date(2026, 11, 6), date(2026, 11, 4)
NAMES = (
    ("Ó Briain", "Zoë"),
    ("Núñez-O’Hare", "Łucja"),
    ("D'Souza", "Nguyễn Anh"),
    ("Sønderskov Ærø", "Čeněk"),
    ("Smith, Jones", "José María"),
    ('Blythe "Bly"', "Ömer"),
    ("ffoulkes", "Mary-Jane"),
    ("MacGabhann de la Fontaine-Featherstonehaugh", "Bo"),
)
"""Legal surnames and forenames as registers have them; of nobody."""


def with_names(school: MadeSchool) -> MadeSchool:
    """Some pupils have accents, apostrophes, a comma, quotation marks, small first letters, long names in theirs."""
    named = dict(zip(_pupils(school), NAMES, strict=False))
    surnames = {pupil: surname for pupil, (surname, _) in named.items()}
    forenames = {pupil: forename for pupil, (_, forename) in named.items()}
    return _altered(
        school,
        Table.PUPILS,
        lambda rows: rows.with_columns(
            surname=pl.coalesce(_by_pupil(surnames), "surname"), forename=pl.coalesce(_by_pupil(forenames), "forename")
        ),
    )


def without_upns(school: MadeSchool) -> MadeSchool:
    """The first two pupils have no UPN, and the third a temporary one."""
    first, second, third = _pupils(school)[:3]
    rest = f"{school.laestab.replace('/', '')}2699A"
    temporary = {third: upn_check_letter(rest) + rest}
    given = pl.when(pl.col("pupil").is_in([first, second]).not_()).then(pl.coalesce(_by_pupil(temporary), "upn"))
    return _altered(
        school, Table.PUPILS, lambda rows: rows.with_columns(upn=given, former_upn=pl.lit(None, dtype=pl.String))
    )


def without_rows(school: MadeSchool, tables: Collection[Table]) -> MadeSchool:
    """Nothing is written in these tables."""
    return replace(school, history={**school.history, **{table: school.history[table].clear() for table in tables}})


def with_leave(school: MadeSchool) -> MadeSchool:
    """The first pupil was granted two days of leave, whatever leave there was besides."""
    leave = {"pupil": [_pupils(school)[0]], "from": [FIRST], "to": [FIRST + timedelta(1)], "known_from": [FIRST]}
    given = pl.DataFrame(leave)
    return _altered(school, Table.LEAVE, lambda rows: pl.concat([rows, given], how="diagonal"))


def eventful(school: MadeSchool) -> tuple[MadeSchool, str]:
    """Within the window: leave that was granted, a pupil who left, one who joined, and a day that ended at noon. And
    the key of who left.
    """
    school, _, leaver = with_a_joiner_and_a_leaver(with_leave(school), left=LEFT)
    noon = (pl.col("date") == NOON) & (pl.col("session") == "PM")
    school = _altered(school, Table.MARKS, lambda rows: rows.filter(~noon))
    return _altered(school, Table.SESSIONS, lambda rows: rows.with_columns(open=pl.col("open") & ~noon)), leaver


def with_a_correction(school: MadeSchool) -> tuple[MadeSchool, pl.DataFrame]:
    """A mark of the window's first day turns out to be illness on the last evening, beside the school's own
    corrections; and every correction of that evening in the window: `pupil`, `date`, `session`, `before`, `after`.
    """
    mark = _a_mark(school)
    that = _that(mark)

    def told(rows: pl.DataFrame) -> pl.DataFrame:
        was = rows.with_columns(known_to=pl.when(that).then(pl.lit(EVENING)).otherwise("known_to"))
        now = rows.filter(that).with_columns(code=pl.lit("I"), known_from=pl.lit(EVENING))
        return pl.concat([was, now])

    made = _altered(school, Table.MARKS, told)
    late = made.corrections_of_the_last_night
    return made, late.filter(pl.col("date").is_between(WINDOW.first, BEFORE))


def with_a_deletion(school: MadeSchool) -> tuple[MadeSchool, pl.DataFrame]:
    """A mark of the window's first day is deleted on the last evening; and its key, as a table."""
    mark = _a_mark(school)
    gone = pl.when(_that(mark)).then(pl.lit(EVENING)).otherwise("known_to")
    return _altered(school, Table.MARKS, lambda rows: rows.with_columns(known_to=gone)), mark.select(KEY)


def with_a_joiner_and_a_leaver(school: MadeSchool, left: date = BEFORE) -> tuple[MadeSchool, str, str]:
    """The last pupil is known from the last evening only, and the one before left on `left`, as is known from that
    evening; and their keys.
    """
    *_, leaver, joiner = _pupils(school)
    new = pl.col("pupil") == joiner
    history = dict(school.history)
    for table, rows in history.items():
        if "pupil" in rows.columns:
            history[table] = rows.with_columns(known_from=pl.when(new).then(pl.lit(EVENING)).otherwise("known_from"))
    marks = history[Table.MARKS]
    there = ~(new & (pl.col("date") < EVENING)) & ~((pl.col("pupil") == leaver) & (pl.col("date") > left))
    history[Table.MARKS] = marks.filter(there)
    history[Table.ROLL] = _moved(history[Table.ROLL], leaver, joiner, left)
    return replace(school, history=history), joiner, leaver


def _moved(roll: pl.DataFrame, leaver: str, joiner: str, left: date) -> pl.DataFrame:
    gone, new = pl.col("pupil") == leaver, pl.col("pupil") == joiner
    roll = roll.with_columns(pl.when(new).then(pl.lit(EVENING)).otherwise("from").alias("from"))
    known = left if left < BEFORE else EVENING
    was = roll.with_columns(known_to=pl.when(gone).then(pl.lit(known)).otherwise("known_to"))
    return pl.concat([was, roll.filter(gone).with_columns(to=pl.lit(left), known_from=pl.lit(known))])


def _a_mark(school: MadeSchool) -> pl.DataFrame:
    """The first mark of the window that says present and was never corrected."""
    marks = school.history[Table.MARKS].filter(pl.col("date").is_between(WINDOW.first, WINDOW.first + timedelta(6)))
    plain = marks.filter(pl.len().over(KEY) == 1).filter(pl.col("code").is_in(["/", "\\"]))
    return plain.sort("date", "pupil", "session").head(1)


def _that(mark: pl.DataFrame) -> pl.Expr:
    return pl.all_horizontal(pl.col(name) == mark[name][0] for name in KEY)


def _pupils(school: MadeSchool) -> list[str]:
    """Keys of those who are there all the time, in their order."""
    roll = school.history[Table.ROLL].filter(pl.len().over("pupil") == 1)
    return sorted(roll.filter(pl.col("known_from") == school.first)["pupil"].to_list())


def _by_pupil(values: Mapping[str, str]) -> pl.Expr:
    return pl.col("pupil").replace_strict(dict(values), default=None, return_dtype=pl.String)


def _altered(school: MadeSchool, table: Table, change: Callable[[pl.DataFrame], pl.DataFrame]) -> MadeSchool:
    rows = change(school.history[table]).select(list(school.history[table].columns))
    return replace(school, history={**school.history, table: rows})
