"""Sources that break one clause each, of 5 and 6: how a pull ends, and what changes from night to night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import polars as pl

from rollbook.contract import Checkpoint, Done, Page, RetryLater, SchoolRef, VendorMustAct, Window
from rollbook.tables.schemas import Table
from support.kit_broken import Broken
from support.kit_source import Plain

Items = Iterator[Page | Done]


class Pulled(Plain, abstract=True):
    """Does something to what it pulled: `ends` gives its Done, or whatever it has in place of one."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        for item in super().pull(table, school, window, checkpoint):
            if isinstance(item, Page):
                yield item
            else:
                yield from self.ends(item, window)

    def ends(self, done: Done, window: Window) -> Items:
        """The end of a pull."""
        yield done


class DoneTwice(Pulled):
    """Says so for the last page, and again for the pull."""

    def ends(self, done: Done, window: Window) -> Items:
        yield done
        yield done


class Optimist(Plain):
    """What came until the line went dead is the pull."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        try:
            yield from super().pull(table, school, window, checkpoint)
        except RetryLater:
            yield Done()


class OnceOnly(Plain):
    """Keeps in mind what it gave, and gives it once."""

    def __init__(self, settings: Any, client: Any) -> None:
        super().__init__(settings, client)
        self.gave: set[Table] = set()

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        again = table in self.gave
        self.gave.add(table)
        for item in super().pull(table, school, window, checkpoint):
            if isinstance(item, Page):
                yield replace(item, rows=item.rows.clear()) if again else item
            else:
                yield replace(item, stated_rows=None)


class Remembers(Plain):
    """Its checkpoint names the pupil to whom it came."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        last = ""
        for item in super().pull(table, school, window, checkpoint):
            if isinstance(item, Page):
                last = item.rows["surname"][-1] if "surname" in item.rows.columns else last
                yield item
            else:
                yield replace(item, checkpoint={"last": f"{last}|{table.value}"})


class RemembersInOtherForms(Plain):
    """Its checkpoint has a name in capitals, a day as England writes it, or numbers that are keys."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        kept: list[Any] = []
        for item in super().pull(table, school, window, checkpoint):
            if isinstance(item, Page):
                kept += self.told(item.rows) if table is Table.PUPILS else []
                yield item
            else:
                yield replace(item, checkpoint={"kept": kept[:80]})

    def told(self, rows: pl.DataFrame) -> list[Any]:
        """What it keeps of pupils."""
        return [name.upper() for name in rows["surname"]]


class RemembersBirths(RemembersInOtherForms):
    """Keeps days of birth."""

    def told(self, rows: pl.DataFrame) -> list[Any]:
        return [f"{day:%d/%m/%Y}" for day in rows["dob"].drop_nulls()]


class RemembersNumbers(RemembersInOtherForms):
    """Keeps keys as numbers."""

    def told(self, rows: pl.DataFrame) -> list[Any]:
        return [int(key) for key in rows["pupil"]]


class SaysNoDays(Pulled):
    """Does not say for which days it was whole."""

    def ends(self, done: Done, window: Window) -> Items:
        yield replace(done, covers=None)


class CountsOneMore(Pulled):
    """Counts the heading too."""

    def ends(self, done: Done, window: Window) -> Items:
        yield replace(done, stated_rows=(done.stated_rows or 0) + 1)


class GoesOn(Plain):
    """Keeps in mind at which page it was stopped, and begins there the next time."""

    def __init__(self, settings: Any, client: Any) -> None:
        super().__init__(settings, client)
        self.place: dict[Table, int] = {}

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        after = self.place.get(table, 0)
        for number, item in enumerate(super().pull(table, school, window, checkpoint)):
            if isinstance(item, Done):
                self.place.pop(table, None)
                yield replace(item, stated_rows=None)
            elif number >= after:
                self.place[table] = number
                yield item


class SomethingMustCome(Plain):
    """Takes a window without marks for a failure."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        found = list(super().pull(table, school, window, checkpoint))
        if not sum(item.rows.height for item in found if isinstance(item, Page)) and table is Table.MARKS:
            raise VendorMustAct("The vendor gave no marks.")
        yield from found


class OnlyNewDays(Plain):
    """Asks for the days after the last pull alone: what changed before them is never read again."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        first = window.first
        if checkpoint and table is Table.MARKS:
            first = max(first, date.fromisoformat(checkpoint["to"]) + timedelta(days=1))
        yield from super().pull(table, school, Window(first, window.last), checkpoint)


class OnlyFirstPeople(Plain):
    """Once it has read pupils and roll, it gives what it read for ever."""

    kept: ClassVar[WeakKeyDictionary[Any, dict[Table, list[Page | Done]]]] = WeakKeyDictionary()  # by their client

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        kept = self.kept.setdefault(self.client, {})
        if table is Table.MARKS or table not in kept:
            kept[table] = list(super().pull(table, school, window, checkpoint))
        yield from kept[table]


class NewDaysForAll(Plain):
    """Gives the days after the last pull alone, and says that all that was asked for was whole."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        since = date.fromisoformat(checkpoint["to"]) if checkpoint and table is Table.MARKS else date.min
        for item in super().pull(table, school, window, checkpoint):
            if isinstance(item, Done):
                yield replace(item, stated_rows=None)
            else:
                new = item.rows.filter(pl.col("date") > since) if "date" in item.rows.columns else item.rows
                yield replace(item, rows=new)


class TrustsItsCheckpoint(Plain):
    """Reads its own checkpoint without a look."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        if checkpoint is not None:
            date.fromisoformat(checkpoint["to"])
        yield from super().pull(table, school, window, checkpoint)


BROKEN: dict[str, Broken] = {
    "S19": Broken(DoneTwice, says="2 of them Done: yield one Done, last"),
    "S20": Broken(Optimist, says="and no Problem"),
    "S21": Broken(OnceOnly, says="pulled again by the same instance"),
    "S22": Broken(Remembers, says="the checkpoint of pupils holds the surname of a pupil"),
    "S23": Broken(SaysNoDays, says="Done says no `covers`"),
    "S24": Broken(CountsOneMore, says="sessions: it states 479 rows, and 478 came"),
    "S25": Broken(GoesOn, says="stopped after page 3 and pulled again: marks"),
    "S26": Broken(SomethingMustCome, says="two weeks of August end in VendorMustAct: The vendor gave no marks"),
    "S27": Broken(OnlyNewDays, says="are not heard"),
    "S28": Broken(SaysNoDays, says="was deleted, and is still there"),
    "S29": Broken(OnlyFirstPeople, says="of who joined"),
    "S30": Broken(NewDaysForAll, says="then 2026-11-09 to 2026-11-20: marks"),
    "S31": Broken(TrustsItsCheckpoint, says="it crashed"),
}

ALSO = [
    ("S22", Broken(RemembersInOtherForms, says="holds the surname of a pupil")),
    ("S22", Broken(RemembersBirths, says="holds the dob of a pupil")),
    ("S22", Broken(RemembersNumbers, says="holds the pupil of a pupil")),
]
"""Other ways to break a clause, with the check that sees each."""
