"""A small source that keeps the whole contract, and its simulator: what the tests of the kit break in one way each.

The vendor is invented. It has one list a table, in pages of JSON, behind a token:

    GET /v1/schools                                   {"schools": [{"id": "oaks", "urn": 900001}]}
    GET /v1/schools/oaks/marks?from=&to=&page=1       {"rows": [...], "total": 812, "next": "http://.../page=2" | null}
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import polars as pl
from marshmallow import fields, validate

from rollbook.contract import (
    Checkpoint,
    Done,
    FixSettings,
    NeedsCredentials,
    Page,
    Reject,
    Remark,
    RetryLater,
    SchoolRef,
    SecretField,
    Settings,
    Source,
    VendorMustAct,
    Window,
)
from rollbook.tables.schemas import PAGES, Table, page_schema
from rollbook.testing.schools import MadeSchool
from rollbook.testing.web import Answer, Incoming, Server, as_json

TABLES = frozenset({Table.SESSIONS, Table.PUPILS, Table.ROLL, Table.MARKS, Table.LEAVE})


class PlainSettings(Settings):
    """Of a connection to the invented vendor."""

    url = fields.String(required=True)
    token = SecretField(required=True)
    page_size = fields.Integer(load_default=500, validate=validate.Range(1, 5000))


class Answered(msgspec.Struct):
    """A page as the vendor sends it."""

    rows: list[dict[str, Any]]
    total: int
    next: str | None = None


class Plain(Source):
    """The invented vendor's source."""

    name: ClassVar[str] = "plain"
    Settings: ClassVar[type[Settings]] = PlainSettings
    tables: ClassVar[frozenset[Table]] = TABLES
    simulator: ClassVar[str | None] = "support.kit_source:PlainSimulator"

    def check(self) -> Iterator[Remark]:
        yield Remark(True, f"The token sees {len(self.schools())} school.")

    def schools(self) -> list[SchoolRef]:
        with self.open() as api:
            said = self.answer(api.get("v1/schools", label="schools"))
        found = said.get("schools")
        if not isinstance(found, list) or not all(isinstance(one, dict) and "id" in one for one in found):
            raise VendorMustAct("The vendor's list of schools is not of the form agreed.")
        return [SchoolRef(str(one["id"]), urn=one.get("urn")) for one in found]

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        asked = {"from": window.first, "to": window.last, "size": self.settings["page_size"]}
        path: str | None = f"v1/schools/{school.key}/{table.value}?{urlencode(asked)}"
        seen: set[Any] = set()
        total = rejected = 0
        with self.open() as api:
            while path:
                answered = self.page_of(api.get(path, label=table.value))
                page = self.made(table, answered.rows)
                keys = [tuple(row.get(name) for name in KEY[table]) for row in answered.rows]
                if seen.intersection(keys):
                    raise RetryLater(f"A page of {table.value} came twice: the next sync tries again.")
                seen.update(keys)
                total, rejected, path = answered.total, rejected + len(page.rejects), answered.next
                yield page
        if len(seen) != total:
            raise RetryLater(f"The vendor said {total} rows of {table.value}, and {len(seen)} came.")
        yield Done({"to": window.last.isoformat()}, covers=None if rejected else window, stated_rows=total)

    def open(self) -> Any:
        """A connection with the token."""
        headers = {"Authorization": f"Bearer {self.settings['token'].reveal()}"}
        return self.client.at(self.settings["url"], headers=headers)

    def answer(self, response: Any) -> dict[str, Any]:
        """The JSON object of an answer that is well."""
        if response.status_code in (401, 403):
            raise NeedsCredentials("The vendor refuses the token: ask the school to approve it, or for a new one.")
        if response.status_code == 404:
            raise FixSettings("There is no such school: check the address and the school's key.")
        if response.status_code != 200:
            raise RetryLater(f"The vendor has a fault of its own (HTTP {response.status_code}).")
        try:
            said = response.json()
        except ValueError:
            raise RetryLater("The vendor's answer is no JSON.") from None
        if not isinstance(said, dict):
            raise VendorMustAct("The vendor's answer is not of the form agreed.")
        return said

    def page_of(self, response: Any) -> Answered:
        """A page; raises VendorMustAct where it is none."""
        try:
            return msgspec.convert(self.answer(response), Answered)
        except msgspec.ValidationError:
            raise VendorMustAct("A page of the vendor's is not of the form agreed.") from None

    def made(self, table: Table, rows: list[dict[str, Any]]) -> Page:
        """The rows as a page: one that lacks a key is set aside."""
        needed = [name for name, column in PAGES[table].items() if column.required]
        told = {"code"} if table is Table.MARKS else set()  # null where no mark was made, and never left out
        bad = [
            number
            for number, row in enumerate(rows, 1)
            if any(row.get(name) is None for name in needed) or not told <= row.keys()
        ]
        rejects = [Reject(f"record {number}", "", "a needed field is missing") for number in bad]
        good = [row for number, row in enumerate(rows, 1) if number not in bad]
        types = {name: kind for name, kind in page_schema(table).items() if name != "line"}
        texts = {name: pl.String if kind == pl.Date else kind for name, kind in types.items()}
        frame = pl.DataFrame(good, schema=texts) if good else pl.DataFrame(schema=texts)
        days = [pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name, kind in types.items() if kind == pl.Date]
        return Page(frame.with_columns(days), None, rejects)


KEY = {
    Table.SESSIONS: ("date", "session"),
    Table.PUPILS: ("pupil",),
    Table.ROLL: ("pupil", "from"),
    Table.MARKS: ("pupil", "date", "session"),
    Table.LEAVE: ("pupil", "from"),
}


class PlainSimulator:
    """The invented vendor's server."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        self.school = school
        self._held: dict[Table, pl.DataFrame] = {}
        self._beside: dict[str, MadeSchool] = {}
        self._held_beside: dict[str, dict[Table, pl.DataFrame]] = {}
        self._token = secrets.token_urlsafe(18)
        kept = folder / "token"
        kept.touch(mode=0o600)
        kept.write_text(self._token, encoding="utf-8")
        self._server = Server(self.answer)
        self.settings: dict[str, Any] = {"url": self._server.url, "token": {"file": str(kept)}}

    def publish(self, evening: date) -> None:
        """Hold what the MIS holds at the end of that day."""
        self._held = self.school.known_on(evening)
        self._held_beside = {key: school.known_on(evening) for key, school in self._beside.items()}

    def add_school(self, school: MadeSchool) -> None:
        """Hold that school too, from the next `publish` on."""
        self._beside["elms"] = school

    def close(self) -> None:
        """End the server."""
        self._server.close()

    def answer(self, asked: Incoming) -> Answer:
        """One request."""
        if asked.headers.get("authorization") != f"Bearer {self._token}":
            return as_json({"message": "unknown token"}, 401)
        parts = urlsplit(asked.target)
        names, params = parts.path.strip("/").split("/"), dict(parse_qsl(parts.query))
        if names == ["v1", "schools"]:
            known = {"oaks": self.school, **self._beside}
            return as_json({"schools": [{"id": key, "urn": school.urn} for key, school in known.items()]})
        if names[:2] != ["v1", "schools"] or names[2] not in ("oaks", *self._beside) or names[-1] not in [*TABLES]:
            return as_json({"message": "not found"}, 404)
        return self.page(Table(names[3]), params | {"school": names[2]})

    def page(self, table: Table, params: dict[str, str]) -> Answer:
        """One page of a table."""
        key = params.pop("school")
        rows = self._held_beside.get(key, self._held)[table]
        if table is Table.MARKS:
            days = [date.fromisoformat(params[name]) for name in ("from", "to")]
            rows = rows.filter(pl.col("date").is_between(*days))
        size, number = int(params["size"]), int(params.get("page", 1))
        more = number * size < rows.height
        onward = f"{self._server.url}v1/schools/{key}/{table.value}?{urlencode({**params, 'page': number + 1})}"
        return as_json(
            {
                "rows": rows.slice((number - 1) * size, size).rows(named=True),
                "total": rows.height,
                "next": onward if more else None,
            }
        )
