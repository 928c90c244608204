"""A stand-in for Acme's server, on this machine: for the tests. It keeps what it is sent.

    GET  v1/me             {"name": "Acme"}
    POST v1/messages       201, or 202 where it is judged later: {"reference": "R1", "at": ..., "revision": 1, ...}
                           409 another content under the same key, 413 too large, 422 refused
    GET  v1/messages/KEY   200 likewise, or 404 {"code": "nothing"}

Edit it until it answers as Acme does. It need not know how to fail: the conformance kit fails for it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rollbook.testing import Record
from rollbook.testing.web import Answer, Incoming, Server, as_json


@dataclass
class Kept:
    """A revision that Acme holds."""

    sent: dict[str, Any]
    told: dict[str, Any]


class AcmeSimulator:
    """Runs from when it is made until `close`. `settings` are those of a connection to it."""

    def __init__(self, folder: Path) -> None:
        self.largest_bytes: int | None = 60_000
        self._kept: dict[str, Kept] = {}  # by idempotency key, in the order in which they came
        self._refused: set[str] = set()
        self._judged_later = False
        self._token = secrets.token_urlsafe(18)
        kept = folder / "token"
        kept.touch(mode=0o600)
        kept.write_text(self._token, encoding="utf-8")
        self._server = Server(self._answer)
        self.settings: dict[str, Any] = {"url": self._server.url, "token": {"file": str(kept)}}

    def records(self) -> list[Record]:
        """What is held, a record a key."""
        return [self._record(key) for key in dict.fromkeys(one.sent["key"] for one in self._kept.values())]

    def refuse(self, key: str) -> None:
        """From now on refuse messages of that key."""
        self._refused.add(key)

    def judge_later(self) -> None:
        """From now on take what comes, to be judged later."""
        self._judged_later = True

    def close(self) -> None:
        """End the server. Twice does no harm."""
        self._server.close()

    def _answer(self, asked: Incoming) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {self._token}":
            return as_json({"code": "unknown-token"}, 401)
        match asked.method, asked.target.strip("/").split("/", 2):
            case "GET", ["v1", "me"]:
                return as_json({"name": "Acme"})
            case "POST", ["v1", "messages"]:
                return self._taken(asked)
            case "GET", ["v1", "messages", key]:
                held = self._of(key)
                return as_json(held[-1].told) if held else as_json({"code": "nothing"}, 404)
        return as_json({"code": "not-found"}, 405)

    def _taken(self, asked: Incoming) -> Answer:
        if self.largest_bytes is not None and len(asked.body) > self.largest_bytes:
            return as_json({"code": "too-large"}, 413)
        sent, name = json.loads(asked.body), asked.headers["idempotency-key"]
        before = self._kept.get(name)
        if before:
            return as_json(before.told, 201) if before.sent == sent else as_json({"code": "other-content"}, 409)
        if sent["key"] in self._refused:
            return as_json({"code": "not-yours"}, 422)
        told = {
            "reference": f"R{len(self._kept) + 1}",
            "at": datetime.now(UTC),
            "revision": sent["revision"],
            "pending": self._judged_later,
        }
        self._kept[name] = Kept(sent, told)
        return as_json(told, 202 if self._judged_later else 201)

    def _of(self, key: str) -> list[Kept]:
        """The revisions of a key, the newest last."""
        held = [one for one in self._kept.values() if one.sent["key"] == key]
        return sorted(held, key=lambda one: int(one.sent["revision"]))

    def _record(self, key: str) -> Record:
        newest = self._of(key)[-1].sent
        came = tuple(one.sent["revision"] for one in self._kept.values() if one.sent["key"] == key)
        return Record(key, newest["revision"], newest["action"], newest["content"], came)
