"""A stand-in for Acme's server, on this machine, with a made-up school or two: for the tests and `rollbook demo`.

    GET v1/schools                                       {"schools": [{"id": "oaks", "urn": 900001, ...}]}
    GET v1/schools/oaks/marks?from=&to=&page=1&size=500  {"page": 1, "total": 812, "items": [...]}

Edit it until it answers as Acme does. It need not know how to fail: the conformance kit fails for it.
"""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import polars as pl
from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook.testing.web import Answer, Incoming, Server, as_json

from rollbook_acme.simulator_names import FIELDS, MARKS


class AcmeSimulator:
    """Runs from when it is made until `close`. `settings` are those of a connection to it."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        self._schools = {"oaks": school}
        self._held: dict[str, dict[Table, pl.DataFrame]] = {}
        self._newest: date | None = None
        self._token = secrets.token_urlsafe(18)
        kept = folder / "token"
        kept.touch(mode=0o600)
        kept.write_text(self._token, encoding="utf-8")
        self._server = Server(self._answer)
        self.settings: dict[str, Any] = {"url": self._server.url, "token": {"file": str(kept)}}

    def publish(self, evening: date) -> None:
        """From now on hold what a school's system would hold at the end of that day."""
        self._held = {key: school.known_on(evening) for key, school in self._schools.items()}
        self._newest = evening

    def add_school(self, school: MadeSchool) -> None:
        """Hold a second school too, from the next `publish` on, behind the same settings."""
        self._schools["elms"] = school

    def close(self) -> None:
        """End the server. Twice does no harm."""
        self._server.close()

    def _answer(self, asked: Incoming) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {self._token}":
            return as_json({"message": "unknown token"}, 401)
        parts = urlsplit(asked.target)
        match parts.path.strip("/").split("/"):
            case ["v1", "schools"]:
                return as_json({"schools": [self._described(key) for key in self._schools]})
            case ["v1", "schools", key, table] if table in self._held.get(key, {}):
                return self._page(key, Table(table), dict(parse_qsl(parts.query)))
        return as_json({"message": "not found"}, 404)

    def _described(self, key: str) -> dict[str, Any]:
        school = self._schools[key]
        return {"id": key, "urn": school.urn, "name": school.name, "newest": self._newest}

    def _page(self, key: str, table: Table, asked: dict[str, str]) -> Answer:
        rows = self._held[key][table]
        if table is Table.MARKS:
            first, last = date.fromisoformat(asked["from"]), date.fromisoformat(asked["to"])
            rows = rows.filter(pl.col("date").is_between(first, last))
        number, size = int(asked["page"]), int(asked["size"])
        items = rows.slice((number - 1) * size, size).rows(named=True)
        return as_json({"page": number, "total": rows.height, "items": [written(table, row) for row in items]})


def written(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the made-up school, as Acme would send it."""
    if table is Table.MARKS:
        row = {**row, "code": MARKS.get(row["code"], row["code"])}
    return {FIELDS.get(name, name): value for name, value in row.items()}
