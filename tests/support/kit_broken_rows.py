"""Sources and simulators that break one clause each, of 4: what the checks of them must see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar

import polars as pl

from rollbook.contract import (
    Checkpoint,
    Done,
    Page,
    SchoolRef,
    Window,
)
from rollbook.tables.schemas import Table
from rollbook.testing.web import Answer
from support.kit_broken import Broken
from support.kit_source import Plain, PlainSimulator

UTC_UNTIL = date(2026, 10, 25)  # the end of summer time


class Made(Plain, abstract=True):
    """Does something to the rows of its pages."""

    def made(self, table: Table, rows: list[dict[str, Any]]) -> Page:
        page = super().made(table, rows)
        return replace(page, rows=self.changed(table, page.rows))

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows as it gives them."""
        return rows


class DaysAsText(Made):
    """Leaves days as the vendor writes them."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(pl.col("date").cast(pl.String)) if "date" in rows.columns else rows


class EndsOverlap(Plain):
    """Asks for pages that overlap by a row, and does not look."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        last: pl.DataFrame | None = None
        for item in super().pull(table, school, window, checkpoint):
            if isinstance(item, Page):
                yield replace(item, rows=pl.concat([last, item.rows])) if last is not None else item
                last = item.rows.tail(1)
            else:
                yield replace(item, stated_rows=None)


class Unstated(Made, abstract=True):
    """Does not say how many rows there were."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        for item in super().pull(table, school, window, checkpoint):
            yield replace(item, stated_rows=None) if isinstance(item, Done) else item


class NobodyIsIll(Unstated):
    """Leaves out every mark of illness."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("code") != "I") if table is Table.MARKS else rows


class LastDayExcluded(Plain):
    """Takes the end of the window for the day after it."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        short = Window(window.first, window.last - timedelta(days=1))
        for item in super().pull(table, school, short if table is Table.MARKS else window, checkpoint):
            yield replace(item, covers=window) if isinstance(item, Done) else item


class ByTheHour(Made):
    """Takes every mark of a Wednesday's afternoon for one of the morning, and the other way round."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        if table is not Table.MARKS:
            return rows
        other = pl.col("session").replace({"AM": "PM", "PM": "AM"})
        return rows.with_columns(session=pl.when(pl.col("date").dt.weekday() == 3).then(other).otherwise("session"))


class Guesses(Made):
    """What it does not know was a pupil in school."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        odd = {"ZZ": "/", "7": "/", "?": "N", "Y": "Y1"}
        return rows.with_columns(pl.col("code").replace(odd)) if table is Table.MARKS else rows


class MapsAbsence(Plain):
    """Its table of marks makes present whoever is absent without leave."""

    code_map: ClassVar[dict[str, str]] = {"O": "/", "U": "/", "N": "/", "I": "/"}


class MapsToNothing(Plain):
    """Its table of marks has words on both sides."""

    code_map: ClassVar[dict[str, str]] = {"ILL": "ILLNESS"}


class MapsAndWrites(Made):
    """What its table of marks says is written over the rows too."""

    code_map: ClassVar[dict[str, str]] = MapsAbsence.code_map

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(pl.col("code").replace(self.code_map)) if table is Table.MARKS else rows


class NoUpnNoBirth(Made):
    """Leaves out what it thinks nobody needs."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.drop("upn", "dob", "address") if table is Table.PUPILS else rows


class OnlyLegalNames(Made):
    """Leaves out the names in use, and all else beside the legal ones."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        if table is not Table.PUPILS:
            return rows
        return rows.select("pupil", "upn", "surname", "forename", "dob", "address")


class KnowsNone(PlainSimulator):
    """Says that there is no UPN and no date of birth to be read."""

    def readable(self) -> dict[Table, pl.DataFrame]:
        return {**self._held, Table.PUPILS: self._held[Table.PUPILS].drop("upn", "dob")}


class ForgetsLeavers(Unstated):
    """Gives no mark of who left a week ago."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        self.gone: list[str] = []
        if table is Table.MARKS:
            for item in super().pull(Table.ROLL, school, window, None):
                if isinstance(item, Page):
                    before = pl.col("to") <= window.last - timedelta(days=7)
                    self.gone += item.rows.filter(before)["pupil"].to_list()
        yield from super().pull(table, school, window, checkpoint)

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(~pl.col("pupil").is_in(self.gone)) if table is Table.MARKS else rows


class AloneIsAfternoon(Made):
    """Takes the only mark of a pupil's day for one of the afternoon."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        if table is not Table.MARKS:
            return rows
        alone = pl.len().over("pupil", "date") == 1
        return rows.with_columns(session=pl.when(alone).then(pl.lit("PM")).otherwise("session"))


class NoLeave(Unstated):
    """Reads leave, and gives none."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.clear() if table is Table.LEAVE else rows


class PlainLetters(Made):
    """Writes names in the letters of an old code page."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        if table is not Table.PUPILS:
            return rows
        lossy = pl.col("surname", "forename").map_elements(
            lambda text: text.encode("latin-1", "replace").decode("latin-1"), return_dtype=pl.String
        )
        return rows.with_columns(lossy)


class UpnNeeded(Unstated):
    """Leaves out whoever has no UPN."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("upn").is_not_null()) if table is Table.PUPILS else rows


class OnlyThoseHere(PlainSimulator):
    """Its list of pupils is of those who are on the roll today."""

    def page(self, table: Table, params: dict[str, str]) -> Answer:
        if table is Table.PUPILS:
            gone = self._held[Table.ROLL].filter(pl.col("to").is_not_null())
            self._held[table] = self._held[table].join(gone, on="pupil", how="anti")
        return super().page(table, params)


class NullAsAWord(Made):
    """Writes NULL where there is no value."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(pl.col("former_upn").fill_null("NULL")) if table is Table.PUPILS else rows


class MidnightInUtc(Made):
    """Reads days as moments: in summer time midnight in England is the evening before."""

    def changed(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        if table is not Table.MARKS:
            return rows
        before = pl.col("date") - pl.duration(days=1)
        return rows.with_columns(date=pl.when(pl.col("date") < UTC_UNTIL).then(before).otherwise("date"))


class NothingForNone(Plain):
    """Yields no page where there is no row."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        for item in super().pull(table, school, window, checkpoint):
            if isinstance(item, Done) or item.rows.height:
                yield item


BROKEN: dict[str, Broken] = {
    "S07": Broken(DaysAsText, says="The column date of sessions is String"),
    "S08": Broken(EndsOverlap, says="share their keys"),
    "S09": Broken(NobodyIsIll, says="rows not given"),
    "S10": Broken(LastDayExcluded, says="alone: marks"),
    "S11": Broken(ByTheHour, says="are given for the other session of their day"),
    "S12": Broken(Guesses, says="ZZ as /"),
    "S13": Broken(PlainLetters, says="pupils: "),
    "S14": Broken(UpnNeeded, says="2 of them without a UPN"),
    "S15": Broken(Plain, OnlyThoseHere, says="who left within these days, and pupils has not"),
    "S16": Broken(NullAsAWord, says="former_upn of pupils is ['NULL']"),
    "S17": Broken(MidnightInUtc, says="in September: marks"),
    "S18": Broken(NothingForNone, says="nothing is written in leave, and its pull gives no page"),
    "S53": Broken(NoUpnNoBirth, says="pupils is given without upn, dob, address"),
    "S54": Broken(OnlyLegalNames, says="pupils is given without "),
    "S55": Broken(NoUpnNoBirth, KnowsNone, says="no pupils.upn, pupils.dob"),
    "S51": Broken(MapsAbsence, says="code_map makes '/' of 'O', which is itself a national code"),
}

ALSO = [
    ("S09", Broken(MapsAbsence, says="marks: ")),
    ("S09", Broken(MapsAndWrites, says="marks: ")),
    ("S27", Broken(MapsAbsence, says="are not heard")),
    ("S30", Broken(MapsAbsence, says="marks: ")),
    ("S09", Broken(ForgetsLeavers, says="left on")),
    ("S09", Broken(AloneIsAfternoon, says="ended at noon")),
    ("S09", Broken(NoLeave, says="leave: ")),
    ("S15", Broken(ForgetsLeavers, says="who left within these days")),
    ("S18", Broken(NoLeave, says="something is written in leave")),
    ("S51", Broken(MapsToNothing, says="'ILLNESS' of 'ILL', which is no national code")),
]
"""Other ways to break a clause, with the check that sees each."""
