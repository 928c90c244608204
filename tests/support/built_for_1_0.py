"""What a stranger wrote for contract 1.0, with nothing but what it asks for: never edited once 1.0 is released."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import polars as pl
from marshmallow import fields

from rollbook.contract import (
    Destination,
    Done,
    Field,
    Judged,
    Key,
    Kind,
    Message,
    Outcome,
    Page,
    Reading,
    Receipt,
    Remark,
    Rule,
    SchoolRef,
    SecretField,
    Settings,
    Source,
    Window,
    hookimpl,
)
from rollbook.tables.schemas import Table

CONTRACT_VERSION = "1.0"


class TownSettings(Settings):
    token = SecretField(required=True)
    size = fields.Integer(load_default=10)


class Town(Source):
    name: ClassVar[str] = "town"
    Settings: ClassVar[type[Settings]] = TownSettings
    tables: ClassVar[frozenset[Table]] = frozenset({Table.PUPILS, Table.ROLL, Table.MARKS})

    def check(self) -> Iterator[Remark]:
        yield Remark(bool(self.settings) and bool(self.client), "All is well.")

    def schools(self) -> list[SchoolRef]:
        return [SchoolRef("a")]

    def pull(self, table: Table, school: SchoolRef, window: Window, checkpoint: Any) -> Iterator[Page | Done]:
        yield Page(pl.DataFrame({"pupil": [school.key], "date": [window.first], "session": ["AM"]}))
        yield Done()


class Hall(Destination):
    name: ClassVar[str] = "hall"
    Settings: ClassVar[type[Settings]] = TownSettings
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.ATTENDANCE_RETURN})
    repeat_is_safe: ClassVar[bool] = True

    def check(self) -> Iterator[Remark]:
        yield Remark(bool(self.settings) and bool(self.client), "All is well.")

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        for message in messages:
            yield Receipt(Outcome.ACCEPTED, str(message.key), datetime(2026, 9, 3, tzinfo=UTC))

    def lookup(self, key: Key) -> Receipt | None:
        return None


def judge(reading: Reading) -> Judged:
    return Judged(reading.pupils.select(pl.lit(False).alias("due")))


SELDOM = Rule(
    id="seldom",
    title="Seldom",
    says="Never.",
    law=("Nobody's policy",),
    answer=(Field("due", pl.Boolean, "never"),),
    judge=judge,
)


@hookimpl
def rollbook_sources() -> list[type[Source]]:
    return [Town]


@hookimpl
def rollbook_destinations() -> list[type[Destination]]:
    return [Hall]


@hookimpl
def rollbook_rules() -> list[Rule]:
    return [SELDOM]
