"""Sources that are careful with some tables alone, and other ends whose address is said in another way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx
from marshmallow import fields

from rollbook.contract import (
    Checkpoint,
    Done,
    FixSettings,
    NeedsCredentials,
    Page,
    Problem,
    SchoolRef,
    Settings,
    VendorMustAct,
    Window,
)
from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook.testing.web import Answer, Incoming, Server, as_json
from support.kit_broken import Broken, TakenForTheEnd
from support.kit_broken_network import Hurried
from support.kit_source import Plain, PlainSettings, PlainSimulator

PREFIX = b")]}'\n"


class NotFoundEnds(Plain):
    """Takes what cannot be found for the end of the pages, once it had one."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        came = False
        try:
            for item in super().pull(table, school, window, checkpoint):
                came = True
                yield item
        except FixSettings:
            if not came:
                raise
            yield Done(covers=window)


class NotFoundIsEmpty(Plain):
    """Takes what cannot be found for an empty table."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        try:
            yield from super().pull(table, school, window, checkpoint)
        except FixSettings:
            yield Page.of(table, [])
            yield Done(covers=window)


class OthersMayEnd(Plain):
    """Is careful with marks and pupils, and takes any fault for the end of another table."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        try:
            yield from super().pull(table, school, window, checkpoint)
        except NeedsCredentials:
            raise
        except Problem:
            if table in (Table.MARKS, Table.PUPILS):
                raise
            yield Done()


class OthersGiveUp(Hurried):
    """Asks again for marks and pupils alone."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        self.tries = 3 if table in (Table.MARKS, Table.PUPILS) else 1
        yield from super().pull(table, school, window, checkpoint)


class AnyAddress(PlainSettings):
    """The address as one text, with or without its scheme, or host and port apart; and that of a sign-in."""

    url = fields.String(load_default="")
    host = fields.String(load_default="")
    port = fields.Integer(load_default=0)
    sign_in = fields.String(load_default="")


class AnyWhere(Plain):
    """Keeps the contract, however its address is said."""

    Settings: ClassVar[type[Settings]] = AnyAddress

    def open(self) -> Any:
        said = self.settings["url"] or f"{self.settings['host']}:{self.settings['port']}"
        headers = {"Authorization": f"Bearer {self.settings['token'].reveal()}"}
        return self.client.at("http://" + said.removeprefix("http://").rstrip("/") + "/", headers=headers)


class TakesAll(TakenForTheEnd, AnyWhere):
    """Takes whatever happens for the end of a pull."""

    fault = Problem


class OneText(PlainSimulator):
    """Says its address without a scheme."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        super().__init__(folder, school)
        self.settings = {**self.settings, "url": self.settings["url"].removeprefix("http://").rstrip("/")}


class Apart(PlainSimulator):
    """Says host and port apart."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        super().__init__(folder, school)
        there = urlsplit(self.settings.pop("url"))
        self.settings |= {"host": there.hostname, "port": there.port}


class TwoServers(PlainSimulator):
    """Signs in elsewhere; that address stands first among its settings."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        super().__init__(folder, school)
        self._sign_in = Server(lambda _: as_json({"access_token": "x"}))
        self.settings = {"sign_in": self._sign_in.url, **self.settings}

    def close(self) -> None:
        super().close()
        self._sign_in.close()


class AsksElsewhere(Plain):
    """Knows the address by heart."""

    by_heart: ClassVar[str] = ""

    def open(self) -> Any:
        headers = {"Authorization": f"Bearer {self.settings['token'].reveal()}"}
        return self.client.at(AsksElsewhere.by_heart, headers=headers)


class Known(PlainSimulator):
    """Tells its address by another way too."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        super().__init__(folder, school)
        AsksElsewhere.by_heart = self.settings["url"]


class Hidden(Known):
    """Tells its address by another way alone."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        super().__init__(folder, school)
        self.settings["url"] = "http://plain.invalid/"


class Prefixed(PlainSimulator):
    """Sends what is no JSON: JSON behind what keeps browsers from running it."""

    def answer(self, asked: Incoming) -> Answer:
        said = super().answer(asked)
        return replace(said, body=PREFIX + said.body)


class ReadsPrefixed(Plain):
    """Keeps the contract, with answers that are no JSON."""

    def answer(self, response: Any) -> dict[str, Any]:
        if response.status_code == 200 and response.content.startswith(PREFIX):
            response = httpx.Response(200, content=response.content.removeprefix(PREFIX))
        return super().answer(response)


class ById(PlainSimulator):
    """Sends rows as a map by id."""

    def page(self, table: Table, params: dict[str, str]) -> Answer:
        said = json.loads(super().page(table, params).body)
        return as_json({**said, "rows": {f"r{number}": row for number, row in enumerate(said["rows"])}})


class ReadsById(Plain):
    """Keeps the contract, with rows that come as a map."""

    def answer(self, response: Any) -> dict[str, Any]:
        said = super().answer(response)
        rows = said.get("rows")
        return {**said, "rows": list(rows.values())} if isinstance(rows, dict) else said


class NoTotals(PlainSimulator):
    """Does not say how many rows there are."""

    def page(self, table: Table, params: dict[str, str]) -> Answer:
        said = json.loads(super().page(table, params).body)
        return as_json({name: value for name, value in said.items() if name != "total"})


class CountsPages(Plain):
    """Keeps the contract with a vendor that states no totals: a short page must be the last."""

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        size = self.settings["page_size"]
        path: str | None = f"v1/schools/{school.key}/{table.value}?from={window.first}&to={window.last}&size={size}"
        seen: list[Any] = []
        with self.open() as api:
            while path:
                said = self.answer(api.get(path, label=table.value))
                rows, path = said.get("rows"), said.get("next")
                if not isinstance(rows, list) or rows in seen or (path and len(rows) != size):
                    raise VendorMustAct("A page is not of the form agreed, or came twice.")
                seen.append(rows)
                yield self.made(table, rows)
        yield Done(covers=window)


BROKEN = {"S52": Broken(NotFoundEnds, says="met this: 404; the pull ends in a Done")}
"""An adapter for the check."""

_ALL_IS_WELL = "a page for people, HTTP 200; the pull ends in a Done"
ALSO = [
    ("S33", Broken(OthersGiveUp, says="for sessions was once answered 503, and the pull gave up")),
    ("S35", Broken(OthersMayEnd, says="ends well. It must end in Problem")),
    ("S52", Broken(NotFoundIsEmpty, says="met this: 404; the pull ends in a Done")),
    ("S38", Broken(TakesAll, OneText, says=_ALL_IS_WELL)),
    ("S38", Broken(TakesAll, Apart, says=_ALL_IS_WELL)),
    ("S38", Broken(TakesAll, TwoServers, says=_ALL_IS_WELL)),
    ("S38", Broken(AsksElsewhere, Known, says="it asks elsewhere, and no fault can be tried")),
    ("S38", Broken(AsksElsewhere, Hidden, says="no setting of its simulator holds that address")),
    ("S41", Broken(AsksElsewhere, Hidden, says="no setting of its simulator holds that address")),
]
"""Other ways to break a clause, with the check that sees each."""
