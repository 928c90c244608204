"""A stand-in for Wonde's server, on this machine, with a made-up school or two: for the tests and `rollbook demo`.

    GET schools                                        {"data": [...]}: all on one page, so no pagination
    GET meta/schools/A1930499544/permissions           what the school approved
    GET schools/A1930499544/students?include=education_details&per_page=500&cursor=true
    GET schools/A1930499544/attendance/session?include=attendance_code&attendance_date_after=...

Written from Wonde's published client and descriptions by its users, never beside the real one: docs/wonde.md. Where
these leave a choice it is the awkward one: pages by cursor without numbers, days in UTC, an id for each enrolment.
"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook.testing.web import Answer, Incoming, Server, as_json
from rollbook_wonde.simulator_register import Register

SCHOOL, SECOND = "A1930499544", "A0717305216"
MOST = 2500  # records a page
LISTS = ("students", "students-leaver", "attendance/session", "attendance-codes", "deletions")
PERMISSIONS = {  # of the school: whether the application can do without, and whether it was approved
    "Students": (False, True),
    "Student leavers": (False, True),
    "Session attendance": (False, True),
    "Extended details": (True, True),
}


class WondeSimulator:
    """Runs from when it is made until `close`. `settings` are those of a connection to it."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        self._schools = {SCHOOL: (school, Register(school))}
        self._token = secrets.token_hex(20)
        kept = folder / "token"
        kept.touch(mode=0o600)
        kept.write_text(self._token, encoding="utf-8")
        self._server = Server(self._answer)
        self.revoked = False
        self.permissions = dict(PERMISSIONS)
        url = f"{self._server.url.rstrip('/')}/v1.0/"
        self.settings: dict[str, Any] = {"url": url, "token": {"file": str(kept)}, "extended_details": True}

    def publish(self, evening: date) -> None:
        """From now on hold what a school's system would hold at the end of that day."""
        for _, register in self._schools.values():
            register.publish(evening)

    def add_school(self, school: MadeSchool) -> None:
        """Hold a second school too, from the next `publish` on, which approved the application like the first."""
        self._schools[SECOND] = (school, Register(school))

    def readable(self) -> dict[Table, pl.DataFrame]:
        """What of the first school Wonde has: for the kit, which else expects all that the school knows."""
        return self._schools[SCHOOL][1].readable()

    def close(self) -> None:
        """End the server. Twice does no harm."""
        self._server.close()

    def _answer(self, asked: Incoming) -> Answer:
        basic = base64.b64encode(f"{self._token}:".encode()).decode()
        if asked.headers.get("authorization") not in (f"Bearer {self._token}", f"Basic {basic}"):
            return as_json({"message": "Invalid token."}, 401)
        parts = urlsplit(asked.target)
        said = dict(parse_qsl(parts.query))
        path = parts.path.removeprefix("/v1.0/").rstrip("/")
        if path == "schools":
            approving = [key for key in self._schools if not (self.revoked and key == SCHOOL)]
            return self._page(asked, said, [self._described(key) for key in approving])
        match path.split("/", 2):
            case ["meta", "schools", rest] if rest.removesuffix("/permissions") in self._schools:
                return self._page(asked, said, [permission(*one) for one in self.permissions.items()])
            case ["schools", key, name] if key in self._schools and name in LISTS:
                return self._records(asked, said, key, name)
        return as_json({"message": "Not found."}, 404)

    def _records(self, asked: Incoming, said: dict[str, str], key: str, name: str) -> Answer:
        if self.revoked and key == SCHOOL:
            return as_json({"message": "Access to this school was revoked."}, 403)
        try:
            return self._page(asked, said, self._schools[key][1].records(name, said))
        except ValueError as wrong:
            return as_json({"errors": [{"field": str(wrong), "message": "is not valid"}]}, 422)

    def _described(self, key: str) -> dict[str, Any]:
        school, _ = self._schools[key]
        region = {"code": "GBR", "domain": "127.0.0.1", "identifiers": {"urn": school.urn}}
        return {"id": key, "name": school.name, "urn": school.urn, "mis": "Made up", "region": region}

    def _page(self, asked: Incoming, said: dict[str, str], records: list[Any]) -> Answer:
        """A page, and where the next one is. No pagination where all fits on one."""
        size = int(said.get("per_page", "50"))
        if not 1 <= size <= MOST:
            return as_json({"errors": [{"field": "per_page", "message": f"is between 1 and {MOST}"}]}, 422)
        by_cursor = "cursor" in said
        start = read_cursor(said["cursor"]) if by_cursor else (int(said.get("page", "1")) - 1) * size
        made = [record() if callable(record) else record for record in records[start : start + size]]
        meta: dict[str, Any] = {"includes": said.get("include", "").split(",") if "include" in said else []}
        if len(records) > size:
            here, more = f"http://{asked.headers['host']}{urlsplit(asked.target).path}", start + size < len(records)
            where = {"cursor": cursor(start + size)} if by_cursor else {"page": str(start // size + 2)}
            meta["pagination"] = {
                "next": f"{here}?{urlencode(said | where)}" if more else None,
                "previous": None,
                "more": more,
                "per_page": size,
                "current_page": None if by_cursor else start // size + 1,
            }
        return as_json({"data": made, "meta": meta})


def permission(name: str, said: tuple[bool, bool]) -> dict[str, Any]:
    """A permission, as Wonde lists it."""
    optional, approved = said
    identity = name.lower().replace(" ", "_")
    return {"identity": identity, "name": name, "optional": optional, "approved": approved, "audited": True}


def cursor(start: int) -> str:
    """A cursor says nothing to whoever is given it."""
    return base64.urlsafe_b64encode(json.dumps({"after": start}).encode()).decode()


def read_cursor(said: str) -> int:
    """Where a cursor leads; `true` asks for the first page."""
    return 0 if said == "true" else int(json.loads(base64.urlsafe_b64decode(said))["after"])
