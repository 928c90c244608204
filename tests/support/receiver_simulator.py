"""The real receiver as the other end that the conformance kit asks for."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request

from rollbook.contract import Action, News, Regular, Report
from rollbook.testing import Record
from rollbook.testing.kit.contents import SCHOOL
from rollbook_receiver import clients, news, settings
from rollbook_receiver.body import LONGEST
from rollbook_receiver.messages import Held, Key
from rollbook_receiver.problem import Refused
from rollbook_receiver.tables import regular as regular_table
from support.receiver import NOW, running_receiver


class ReceiverSimulator:
    """A running receiver over a new database, and a client of it that may speak for every school."""

    largest_bytes = LONGEST

    def __init__(self, folder: Path) -> None:
        self._office = Office()
        self._open = ExitStack()
        self._open.enter_context(patch.object(clients, "_COST", 2))  # signing in is slow on purpose
        self._receiver = self._open.enter_context(running_receiver(folder, within=self._office.in_front_of))
        kept = folder / "client-secret"
        kept.touch(mode=0o600)
        kept.write_text(self._receiver.client_secret, encoding="utf-8")
        self.settings: dict[str, Any] = {
            "url": self._receiver.url,
            "client_id": self._receiver.client_id,
            "client_secret": {"file": str(kept)},
        }

    def records(self) -> list[Record]:
        """What is in its database."""
        return [self._record(held) for held in self._receiver.stored()]

    def refuse(self, key: str) -> None:
        """The client may not speak for that pupil's school."""
        self._office.refused.add(key)

    def judge_later(self) -> None:
        """What comes is to be judged by an officer."""
        self._office.pending = True

    def asks_for(self, kinds: Collection[Regular]) -> None:
        """What the authority chose, of the school 900001."""
        regular = sorted(set(kinds) - {Regular.SESSIONS})
        sessions = [str(SCHOOL)] if Regular.SESSIONS in kinds else []
        with self._receiver.store.writing() as connection:
            settings.choose(connection, "regular", regular, "R. Officer", NOW)
            settings.choose(connection, "sessions", sessions, "R. Officer", NOW)

    def reported(self) -> list[Report]:
        """The newest bodies in its database."""
        c = regular_table.c
        rows = select(c.kind, c.school, c.day, c.revision, c.body).order_by(c.revision)
        with self._receiver.store.reading() as connection:
            newest = {(row.kind, row.day): row for row in connection.execute(rows)}
        return [
            Report(Regular(row.kind), row.school, date.fromisoformat(row.day), row.revision, json.loads(row.body))
            for row in newest.values()
        ]

    def tell(self, count: int) -> list[News]:
        """News of contacts, each a thing of its own."""
        contacts = {"contacts": [{"name": "A. Officer", "what_for": "attendance"}]}
        with self._receiver.store.writing() as connection:
            first = news.after(connection, SCHOOL, 0)["next"] + 1
            for number in range(first, first + count):
                news.tell(connection, "named_contacts", SCHOOL, f"contacts-{number}", contacts, "R. Officer", NOW)
            told = news.after(connection, SCHOOL, first - 1)["items"]
        return [_piece(item) for item in told]

    def now(self) -> datetime:
        """What its clock says."""
        return NOW

    def close(self) -> None:
        """End it."""
        self._open.close()

    def _record(self, held: Held) -> Record:
        rows = sorted(self._receiver.history(held.key), key=lambda row: row.id)
        return Record(_name(held.key), held.revision, held.action, held.content, tuple(row.revision for row in rows))


class Office:
    """In front of the receiver, which takes all that is in order: an authority that refuses, or judges later."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.pending = False
        self._app: Any = None

    def in_front_of(self, app: Starlette) -> Office:
        """This, as the application that is served."""
        self._app = app
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As ASGI has it."""
        request = Request(scope, receive)
        body = await request.body()
        of_messages = request.url.path.startswith("/v1/messages")
        if of_messages and self._refuses(body):
            refusal = Refused(403, "not-your-school", "This client does not speak for the school.")
            await refusal.response()(scope, receive, send)
        else:
            said = of_messages or request.url.path.startswith("/v1/status")
            await self._app(scope, _once(body), self._later(send) if said and self.pending else send)

    def _later(self, send: Any) -> Any:
        """As `send`, but that what was accepted is pending. The receiver gives an answer in two parts."""
        began: dict[str, Any] = {}

        async def changed(part: dict[str, Any]) -> None:
            if part["type"] == "http.response.start":
                began.update(part)
                return
            if began["status"] in (200, 201):
                told = json.dumps(json.loads(part["body"]) | {"outcome": "pending"}).encode()
                part = {**part, "body": told}
                began["headers"] = [pair for pair in began["headers"] if pair[0] != b"content-length"]
                began["headers"].append((b"content-length", str(len(told)).encode()))
                began["status"] += began["status"] == 201
            await send(began)
            await send(part)

        return changed

    def _refuses(self, body: bytes) -> bool:
        try:
            return _name(Key.of(json.loads(body)["key"])) in self.refused
        except (ValueError, KeyError, TypeError):
            return False


def _piece(item: dict[str, Any]) -> News:
    moment, action = datetime.fromisoformat(item["at"]), Action(item["action"])
    named = {name: item[name] for name in ("number", "kind", "school", "id", "revision", "content")}
    return News(**named, at=moment, action=action)


def _once(body: bytes) -> Any:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _name(key: Key) -> str:
    return f"{key.kind}/{key.school}/{key.pupil}/{key.episode}"
