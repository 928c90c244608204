"""The real receiver as the other end that the conformance kit asks for."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from starlette.applications import Starlette
from starlette.requests import Request

from rollbook.testing import Record
from rollbook_receiver import clients
from rollbook_receiver.body import LONGEST
from rollbook_receiver.messages import Held, Key
from rollbook_receiver.problem import Refused
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


def _once(body: bytes) -> Any:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _name(key: Key) -> str:
    return f"{key.kind}/{key.school}/{key.pupil}/{key.episode}"
