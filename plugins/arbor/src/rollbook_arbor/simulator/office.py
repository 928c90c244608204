"""One school's Arbor: who may ask, what is asked, and what is answered."""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook.testing.web import Answer, Incoming, Server, as_json
from rollbook_arbor.simulator.faults import Fault, Faults, Plan
from rollbook_arbor.simulator.feed import Report, reports, rows_of
from rollbook_arbor.simulator.filters import NotUnderstood
from rollbook_arbor.simulator.graphql import Answering, Query, read_query
from rollbook_arbor.simulator.marks import MarkTable
from rollbook_arbor.simulator.model import MARKS
from rollbook_arbor.simulator.registers import held_on, make_world, readable
from rollbook_arbor.simulator.rest import Asked, Reading, read_path
from rollbook_arbor.simulator.wire import failed, instead
from rollbook_arbor.simulator.world import World, following

USER = "rollbook-app"
_FEED = re.compile(r"/data-export/export/id/(\d{1,9})/h/(\w{1,80})/format/(json|csv)/v/2/?")


class Request(NamedTuple):
    """What a request was, without whom it was about. `label`: see `faults`."""

    method: str
    path: str
    label: str


class ArborSimulator:
    """A made-up school's Arbor on loopback. In the form of every source's simulator; besides, for tests:

    faults: how it misbehaves. requests: those answered since it was made, or since `requests.clear()`.
    reports: its Live Feeds by name. `settings` are those of the connection type `arbor`, `feed_settings` those of
    `arbor_live_feed`.
    """

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        self.school = school
        self.faults = Faults()
        self.requests: list[Request] = []
        self.reports: Mapping[str, Report] = reports(school.urn)
        self.world: World | None = None
        self._changed: dict[tuple[str, date, str], str] = {}
        self._held: Mapping[Table, pl.DataFrame] = {}
        self._password = secrets.token_urlsafe(24)
        self._closed = threading.Event()
        self._publishing = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._server = Server(self._answer)
        url = self._server.url
        password = _secret(folder / "arbor-password", self._password)
        self.settings: dict[str, Any] = {"url": url, "user": USER, "password": password}
        feeds = {name: _secret(folder / f"arbor-{name}", url + one.path()) for name, one in self.reports.items()}
        self.feed_settings: dict[str, Any] = {**self.settings, **feeds, "date_form": "dd/mm/yyyy"}

    def publish(self, evening: date) -> None:
        """Hold what the MIS holds at the end of that day; what differs from before has new revisions."""
        with self._publishing:
            held = held_on(self.school, evening, self._changed)
            world = make_world(self.world, self.school, evening, held)
            self._held, self.world = held, world

    def write_mark(self, pupil: str, day: date, session: str, letter: str | None) -> None:
        """From the next `publish` on, a mark is another than the made-up school's; None: it is deleted."""
        self._changed[pupil, day, session] = letter or ""

    def readable(self) -> dict[Table, pl.DataFrame]:
        """What a source that reads Arbor rightly gives now, by table (`registers.readable`)."""
        return readable(self._held, self.school.la)

    def stir(self) -> None:
        """Now: delete the first mark of the register and alter the next."""
        with self._publishing:
            world = self.world
            table = world.tables[MARKS] if world else None
            if world is None or not isinstance(table, MarkTable):
                return
            words = {"ILLNESS": "PRESENT"}
            marks = table.frame.slice(1).with_row_index("row")
            other = pl.col("mark").replace_strict(words, default="ILLNESS", return_dtype=pl.String)
            marks = marks.with_columns(mark=pl.when(pl.col("row") == 0).then(other).otherwise("mark")).drop("row")
            objects = {name: getattr(held, "records", {}) for name, held in world.tables.items()}
            self.world = following(world, world.evening, objects, marks)

    def close(self) -> None:
        """End the server and its threads. Twice does no harm."""
        self._closed.set()
        self._server.close()

    def _answer(self, incoming: Incoming) -> Answer:
        parts = urlsplit(incoming.target)
        try:
            what, label = self._asked(incoming, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))
        except NotUnderstood as problem:
            what, label = problem, "not understood"
        self.requests.append(Request(incoming.method, _path(parts.path, what), label))
        refusal = self._refusal(incoming)
        if refusal:
            return refusal
        plan = self.faults.take(label)
        fault = plan.fault if plan else None
        answer = instead(fault, self.faults) or self._served(what, plan)
        return self._late_faults(answer, fault)

    def _late_faults(self, answer: Answer, fault: Fault | None) -> Answer:
        if fault is Fault.SLOW:
            self._closed.wait(self.faults.slow_seconds)
        if fault is Fault.HALF_JSON:
            answer.body = answer.body[: len(answer.body) // 2]
        if fault is Fault.CHANGES_AFTER:
            self.stir()
        answer.cut = fault is Fault.CUT_OFF
        return answer

    def _refusal(self, incoming: Incoming) -> Answer | None:
        given = incoming.headers.get("authorization", "").removeprefix("Basic ")
        try:
            user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user = password = ""
        right = secrets.compare_digest(password.encode(), self._password.encode()) and user == USER
        if not right or self.faults.locked_out:
            answer = failed(401, "Unauthorized")
            answer.headers["WWW-Authenticate"] = 'Basic realm="Arbor"'
            return answer
        return failed(403, "Forbidden") if self.faults.revoked else None

    def _asked(self, incoming: Incoming, path: str, params: dict[str, str]) -> tuple[Any, str]:
        if path == "/graphql/query" and incoming.method == "POST":
            query = _query(incoming.body)
            return query, "; ".join(root.label for root in query.roots)
        params.pop("format", None)
        found = read_path(path.removeprefix("/rest-v2/"), params) if path.startswith("/rest-v2/") else None
        if found and incoming.method == "GET":
            return found, found.label
        feed = _FEED.fullmatch(path)
        report = next((one for one in self.reports.values() if feed and one.number == int(feed[1])), None)
        if feed and report and secrets.compare_digest(report.hash, feed[2]):
            return (report, feed[3]), f"feed {report.name}"
        return None, "nothing"

    def _served(self, what: Any, plan: Plan | None) -> Answer:
        world, fault = self.world, plan.fault if plan else None
        if world is None or what is None:
            return failed(404, "Resource not found", exception="NotFound")
        try:
            if isinstance(what, Query):
                found = Answering(world, self.faults, what.fragments).answer(what, plan)
                return as_json(found, self.faults.errors_status if "errors" in found else 200)
            if isinstance(what, Asked):
                return Reading(world, self.faults).answer(what, fault)
            if isinstance(what, NotUnderstood):
                return as_json({"errors": [{"message": str(what)}]}, 400)
        except NotUnderstood as problem:
            return failed(422, str(problem))
        report, form = what
        rows = rows_of(report.name, self._held)
        if form == "csv":
            return Answer(200, rows.write_csv().encode(), "text/csv; charset=utf-8")
        return Answer(200, (rows.clear() if fault is Fault.EMPTY_LIST else rows).write_json().encode())


def _secret(kept: Path, secret: str) -> dict[str, str]:
    """Write a secret where only its owner reads it; how settings refer to it."""
    kept.touch(mode=0o600)
    kept.write_text(secret, encoding="utf-8")
    return {"file": str(kept.resolve())}


def _query(body: bytes) -> Query:
    try:
        given = json.loads(body)
        return read_query(given["query"], given.get("variables"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotUnderstood("There is no query.") from None


def _path(path: str, what: Any) -> str:
    """The path without an id, a hash or anything else that should not be kept."""
    if isinstance(what, Asked):
        plural = path.removeprefix("/rest-v2/").partition("/")[0]
        tail = {None: "", "changelog": "/changelog"}.get(what.key, "/{id}")
        return f"/rest-v2/{plural}{tail}"
    return "/graphql/query" if path == "/graphql/query" else "/data-export" if isinstance(what, tuple) else "/"
