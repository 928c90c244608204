"""From a made-up school to the world of its Arbor, and to what of it can be read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook_arbor.simulator.book import Book
from rollbook_arbor.simulator.calendar import write_calendar
from rollbook_arbor.simulator.contacts import write_contacts
from rollbook_arbor.simulator.fixed import words_of, write_fixed
from rollbook_arbor.simulator.marks import written
from rollbook_arbor.simulator.pupils import GROUND, guest_marks, write_pupils
from rollbook_arbor.simulator.statuses import flags_of, write_statuses
from rollbook_arbor.simulator.world import World, following

Tables: TypeAlias = Mapping[Table, pl.DataFrame]
Changed: TypeAlias = Mapping[tuple[str, date, str], str]  # pupil, day, `AM` or `PM` -> letter; none is no mark
_KEY = ("pupil", "date", "session")


def held_on(school: MadeSchool, evening: date, changed: Changed) -> Tables:
    """The school's pages as its office holds them, with the marks that a test wrote besides."""
    held = school.known_on(evening)
    rows = [(*key, code) for key, code in changed.items()]
    types = {"pupil": pl.String, "date": pl.Date, "session": pl.String, "code": pl.String}
    own = pl.DataFrame(rows, schema=types, orient="row")
    marks = held[Table.MARKS].select(list(types)).join(own, on=_KEY, how="anti", maintain_order="left")
    marks = pl.concat([marks, own]).filter(pl.col("code").fill_null("") != "").sort(_KEY)
    return {**held, Table.MARKS: marks}


def make_world(before: World | None, school: MadeSchool, evening: date, held: Tables) -> World:
    """What Arbor holds when the office holds `held`."""
    letters = school.history[Table.MARKS]["code"].drop_nulls().unique().to_list()
    words = words_of([*letters, *held[Table.MARKS]["code"].unique().to_list()])
    book = Book()
    write_fixed(book, school, words)
    write_calendar(book, held[Table.SESSIONS])
    write_pupils(book, school, held, evening)
    write_contacts(book, held)
    write_statuses(book, held)
    marks = pl.concat([held[Table.MARKS], guest_marks(evening, held[Table.SESSIONS])])
    return following(before, evening, book.objects, written(marks, words))


def readable(held: Tables, la: str) -> dict[Table, pl.DataFrame]:
    """What a source that reads Arbor rightly gives of `held`. Arbor's calendar has no half days, leavers have a ground,
    only that someone lives with a pupil can be seen, not that they do not, and there are flags, of every kind.
    """
    sessions = held[Table.SESSIONS].with_columns(pl.col("open").any().over("date"))
    ground = pl.when(pl.col("to").is_not_null()).then(pl.coalesce("ground", pl.lit(GROUND)))
    homes = held[Table.PUPILS].select("pupil", home="address")
    contacts = held[Table.CONTACTS].join(homes, on="pupil", how="left", maintain_order="left")
    together = pl.when(pl.col("lives_with") & pl.col("home").is_not_null()).then(pl.lit(value=True))
    return {
        Table.SESSIONS: sessions,
        Table.PUPILS: held[Table.PUPILS],
        Table.ROLL: held[Table.ROLL].with_columns(ground=ground),
        Table.MARKS: held[Table.MARKS],
        Table.CONTACTS: contacts.with_columns(lives_with=together).drop("home"),
        Table.LEAVE: held[Table.LEAVE],
        Table.FLAGS: flags_of(held[Table.PUPILS]["pupil"].to_list(), la),
    }
