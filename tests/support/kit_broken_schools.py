"""Sources that break clause 4.13: a connection serves several schools, and they take one for another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rollbook.contract import Checkpoint, Done, FixSettings, Page, SchoolRef, VendorMustAct, Window
from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from support.kit_broken import Broken
from support.kit_source import Plain, PlainSimulator

Items = Iterator[Page | Done]


class IgnoresSchool(Plain):
    """Always reads the school that was there when it was written."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        yield from super().pull(table, replace(school, key="oaks"), window, checkpoint)


class CachesOnInstance(Plain):
    """Reads pupils and roll once, and forgets whose they are."""

    def __init__(self, settings: Any, client: Any) -> None:
        super().__init__(settings, client)
        self.kept: dict[Table, list[Page | Done]] = {}

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        if table not in (Table.PUPILS, Table.ROLL):
            yield from super().pull(table, school, window, checkpoint)
            return
        if table not in self.kept:
            self.kept[table] = list(super().pull(table, school, window, checkpoint))
        yield from self.kept[table]


class FirstOfTheList(Plain):
    """Where it does not know a key, it takes the first school that it does."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        known = [one.key for one in self.schools()]
        key = school.key if school.key in known else known[0]
        yield from super().pull(table, replace(school, key=key), window, checkpoint)


class EmptyForNobody(Plain):
    """A school that is not there has no rows."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        try:
            yield from super().pull(table, school, window, checkpoint)
        except FixSettings:
            yield self.made(table, [])
            yield Done()


class VendorsFault(Plain):
    """Blames the vendor for a key that somebody wrote wrongly."""

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None) -> Items:
        try:
            yield from super().pull(table, school, window, checkpoint)
        except FixSettings:
            raise VendorMustAct("The vendor does not know its own school.") from None


class OneSchool(PlainSimulator):
    """Holds one school, and cannot be given another."""

    add_school = property()

    def __init__(self, folder: Any, school: MadeSchool) -> None:
        super().__init__(folder, school)


BROKEN = {"S50": Broken(CachesOnInstance, says="school 'elms', next: pupils: ")}
ALSO_MIXED_UP = (
    Broken(IgnoresSchool, says="school 'elms', next: pupils: "),
    Broken(IgnoresSchool, OneSchool, says="'no-such-school' (URN 900003), and its sessions, asked for first, are "),
    Broken(CachesOnInstance, OneSchool, says="and its pupils, asked for after 'oaks', are 32 rows"),
    Broken(FirstOfTheList, says="are 478 rows: of which school? Raise FixSettings"),
    Broken(EmptyForNobody, says="end in a whole pull without rows"),
    Broken(VendorsFault, says="end in VendorMustAct. Raise FixSettings"),
)
