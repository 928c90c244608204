"""A small destination that keeps the contract, and its simulator: what the tests of the kit break, each in one way.

The authority is invented. It takes messages behind a token, each under an idempotency key:

    GET  /v1/me                     {"name": "Northwick"}
    POST /v1/messages               201 or 202 {"reference": "R1", "at": "2026-11-02T07:30:00Z", "revision": 1, ...}
    GET  /v1/messages/KEY           200 likewise, or 404 {"code": "nothing"}
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from marshmallow import fields

from rollbook.contract import (
    DeliveryUnknown,
    Destination,
    FixSettings,
    Key,
    Kind,
    Message,
    NeedsCredentials,
    Outcome,
    Problem,
    Receipt,
    Remark,
    RetryLater,
    SecretField,
    Settings,
    Unanswered,
    VendorMustAct,
)
from rollbook.testing import Record
from rollbook.testing.kit.messages import content_digest
from rollbook.testing.web import Answer, Incoming, Server, as_json
from support.kit_regular import SimulatedReports, WithReports

REFUSALS = {"not-yours": "the school is not yours to report for", "changed": "another message has this key"}


class LetterboxSettings(Settings):
    """Of a connection to the invented authority."""

    url = fields.String(required=True)
    token = SecretField(required=True)


class Letter(msgspec.Struct):
    """What the authority says of a message that it has."""

    reference: str
    at: datetime
    revision: int
    digest: str
    pending: bool = False

    @property
    def receipt(self) -> Receipt:
        outcome = Outcome.PENDING if self.pending else Outcome.ACCEPTED
        return Receipt(outcome, self.reference, self.at, revision=self.revision, digest=self.digest)


class Letterbox(WithReports, Destination):
    """The invented authority's destination."""

    name: ClassVar[str] = "letterbox"
    Settings: ClassVar[type[Settings]] = LetterboxSettings
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.ATTENDANCE_RETURN})
    repeat_is_safe: ClassVar[bool] = True
    simulator: ClassVar[str | None] = "support.kit_destination:LetterboxSimulator"

    def check(self) -> Iterator[Remark]:
        with self.open() as api:
            self.signed_in(api.get("v1/me", label="me"))
        yield Remark(True, "The authority knows the token.")

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        with self.open() as api:
            for message in messages:
                yield self.settled(api, message)

    def lookup(self, key: Key) -> Receipt | None:
        with self.open() as api:
            return self.found(api, key)

    def settled(self, api: Any, message: Message) -> Receipt:
        """Send a message, and look it up where no answer says what became of it."""
        try:
            answer = self.post(api, message)
        except Unanswered:
            answer = None
        receipt = None if answer is None else self.receipt_of(answer)
        if receipt is None:
            receipt = self.afterwards(api, message)
        if receipt is None:
            raise DeliveryUnknown("The authority does not say whether it took a message.")
        return receipt

    def post(self, api: Any, message: Message) -> Any:
        """The answer to one message."""
        headers = {"Idempotency-Key": message.idempotency_key}
        body = {"key": str(message.key), "revision": message.revision, "action": message.action.value}
        body["content"] = dict(message.content)
        return api.post("v1/messages", label="send", json=body, headers=headers, repeatable=True)

    def receipt_of(self, answer: Any) -> Receipt | None:
        """What an answer to a message amounts to; None where it says nothing."""
        if answer.status_code in (413, 422):
            return self.refused(answer)
        self.signed_in(answer)
        return self.letter(answer) if answer.status_code in (200, 201, 202) else None

    def refused(self, answer: Any) -> Receipt:
        """In our own words: theirs may name somebody."""
        try:
            code = answer.json()["code"]
        except (ValueError, TypeError, KeyError):
            code = ""
        why = "the message is too large" if answer.status_code == 413 else REFUSALS.get(code, "they do not say why")
        return Receipt(Outcome.REFUSED, "", datetime.now(UTC), (f"{why} (HTTP {answer.status_code})",))

    def afterwards(self, api: Any, message: Message) -> Receipt | None:
        """The message's receipt, where it turns out to be there."""
        try:
            held = self.found(api, message.key)
        except Problem as problem:
            raise DeliveryUnknown("Whether a message arrived cannot be asked.", detail=problem.detail) from None
        return held if held is not None and held.revision == message.revision else None

    def found(self, api: Any, key: Key) -> Receipt | None:
        """The newest revision that is there."""
        answer = api.get(f"v1/messages/{key}", label="look up")
        self.signed_in(answer)
        if answer.status_code == 404 and self.says_nothing(answer):
            return None
        receipt = self.letter(answer) if answer.status_code == 200 else None
        if answer.status_code >= 500:
            raise RetryLater("The authority has a fault of its own.", detail=f"HTTP {answer.status_code}")
        if receipt is None:
            raise VendorMustAct("The authority answered a look-up with something that is none.")
        return receipt

    def says_nothing(self, answer: Any) -> bool:
        """Whether it is the authority's own word that nothing is there, and not some web server's."""
        try:
            return bool(answer.json() == {"code": "nothing"})
        except ValueError:
            return False

    def letter(self, answer: Any) -> Receipt | None:
        """The receipt in an answer, where there is one."""
        try:
            return msgspec.json.decode(answer.content, type=Letter).receipt
        except msgspec.DecodeError:
            return None

    def signed_in(self, answer: Any) -> None:
        """Raises NeedsCredentials where the token does not do."""
        if answer.status_code in (401, 403):
            raise NeedsCredentials("The authority refuses the token: ask it for a new one.")
        if answer.status_code == 405:
            raise FixSettings("Nothing at this address takes messages: check url.")

    def open(self) -> Any:
        """A connection with the token."""
        headers = {"Authorization": f"Bearer {self.settings['token'].reveal()}"}
        return self.client.at(self.settings["url"], headers=headers)


@dataclass
class Taken:
    """A revision that the authority keeps."""

    revision: int
    action: str
    content: dict[str, Any]
    letter: Letter


@dataclass
class Box:
    """What is kept: revisions by key as they came, and answers by idempotency key."""

    kept: dict[str, list[Taken]] = field(default_factory=dict)
    answers: dict[str, tuple[dict[str, Any], Letter]] = field(default_factory=dict)


class LetterboxSimulator(SimulatedReports):
    """The invented authority's server."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.largest_bytes: int | None = 60_000
        self.box, self.refused, self.pending = Box(), set[str](), False
        self._token = secrets.token_urlsafe(18)
        kept = folder / "token"
        kept.touch(mode=0o600)
        kept.write_text(self._token, encoding="utf-8")
        self.server = Server(self.answer)
        self.settings: dict[str, Any] = {"url": self.server.url, "token": {"file": str(kept)}}

    def records(self) -> list[Record]:
        """What is held."""
        return [self.record(key, rows) for key, rows in self.box.kept.items()]

    def record(self, key: str, rows: list[Taken]) -> Record:
        """The newest revision of a key."""
        newest = max(rows, key=lambda row: row.revision)
        return Record(key, newest.revision, newest.action, newest.content, tuple(row.revision for row in rows))

    def refuse(self, key: str) -> None:
        """Messages of that key are refused."""
        self.refused.add(key)

    def judge_later(self) -> None:
        """What comes is judged later."""
        self.pending = True

    def close(self) -> None:
        """End the server."""
        self.server.close()

    def answer(self, asked: Incoming) -> Answer:
        """One request."""
        if asked.headers.get("authorization") != f"Bearer {self._token}":
            return as_json({"code": "unknown-token"}, 401)
        if asked.method == "POST" and asked.target == "/v1/messages":
            if self.largest_bytes is not None and len(asked.body) > self.largest_bytes:
                return as_json({"code": "too-large"}, 413)
            return self.take(asked.headers["idempotency-key"], msgspec.json.decode(asked.body))
        if asked.target == "/v1/me":
            return as_json({"name": "Northwick"})
        if (answer := self.of_reports(asked)) is not None:
            return answer
        rows = self.box.kept.get(asked.target.removeprefix("/v1/messages/"))
        if not rows:
            return as_json({"code": "nothing"}, 404)
        return as_json(max(rows, key=lambda row: row.revision).letter)

    def take(self, name: str, sent: dict[str, Any]) -> Answer:
        """Keep a message, once."""
        before = self.box.answers.get(name)
        if before is not None:
            return as_json(before[1], 201) if before[0] == sent else as_json({"code": "changed"}, 422)
        if sent["key"] in self.refused:
            return as_json({"code": "not-yours", "message": "You do not report for this school."}, 422)
        reference = f"R{len(self.box.answers) + 1}"
        letter = Letter(reference, datetime.now(UTC), sent["revision"], content_digest(sent["content"]), self.pending)
        self.keep(sent["key"], Taken(sent["revision"], sent["action"], sent["content"], letter))
        self.box.answers[name] = (sent, letter)
        return as_json(letter, 202 if self.pending else 201)

    def keep(self, key: str, taken: Taken) -> None:
        """Every revision is kept; the highest is what holds."""
        self.box.kept.setdefault(key, []).append(replace(taken))
