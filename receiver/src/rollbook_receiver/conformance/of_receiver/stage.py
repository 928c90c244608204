"""What checks share: the line, who we are there, made-up messages under keys of this run, and what was sent."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rollbook_feed import KINDS, canonical, digest
from rollbook_feed.answers import State, Taken
from rollbook_feed.fields import Part
from rollbook_feed.judging import listed
from rollbook_feed.quick import form
from rollbook_receiver.conformance.of_receiver import samples
from rollbook_receiver.conformance.of_receiver.check import Broken, NotSeen
from rollbook_receiver.conformance.of_receiver.wire import Answer, CannotSignIn, Wire
from rollbook_receiver.conformance.showing import plain
from rollbook_receiver.settings import SETTINGS

MAY_BE_JUDGED = frozenset(SETTINGS["judged"].default)  # F-22 names them
JSON = "application/json"
Message = dict[str, Any]


@dataclass
class Stage:
    """One run against one receiver. `run` is in every key of it: it may run many times against the same receiver."""

    wire: Wire
    school: int
    other_school: int | None = None
    run: int = field(default_factory=lambda: secrets.randbits(62) | 1 << 61)
    sent: dict[str, Message] = field(default_factory=dict)  # the highest revision of each key
    _episodes: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _names: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @cached_property
    def whoami(self) -> dict[str, Any]:
        """What the receiver says of this client and of itself. Raises Broken."""
        answer = self.wire.get("/v1/whoami")
        if answer.status != 200:
            raise Broken(f"GET /v1/whoami was answered {answer} instead of 200")
        return answer.said

    @property
    def kinds(self) -> list[str]:
        """The kinds of message that it takes, of those of this version."""
        told = self.whoami.get("kinds")
        return [kind for kind in KINDS if isinstance(told, list) and kind in told]

    def wants(self, kind: str) -> bool:
        """Whether it asks for this of the regular feed."""
        told = self.whoami.get("regular")
        return isinstance(told, list) and kind in told

    def message(self, kind: str | None = None) -> Message:
        """A message under a new key; of a kind that is accepted at once, unless told. Raises NotSeen."""
        at_once = [taken for taken in self.kinds if taken not in MAY_BE_JUDGED] or self.kinds
        if kind is None and not at_once:
            raise NotSeen("/v1/whoami lists no kind of message of this version of the feed")
        return samples.message(kind or at_once[0], self.school, self.run, next(self._episodes))

    def name(self) -> str:
        """An idempotency key that was never used."""
        return f"conformance-{self.run:x}-{next(self._names)}"

    def post(
        self, message: Message | bytes, name: str | None = None, *, patient: bool = True, media: str = JSON
    ) -> Answer:
        """Send a message, or whatever bytes, under an idempotency key."""
        name = name or self.name()
        content = message if isinstance(message, bytes) else canonical(message).encode()
        sent = {"Content-Type": media, "Idempotency-Key": name}
        answer = self.wire.signed("POST", "/v1/messages", content=content, headers=sent, patient=patient)
        if answer.status in (201, 202):
            self._remember(content)
        return answer

    def put(self, path: str, body: Message | bytes) -> Answer:
        """Put a body of the regular feed."""
        content = body if isinstance(body, bytes) else canonical(body).encode()
        return self.wire.signed("PUT", path, content=content, headers={"Content-Type": JSON})

    def look_up(self, message: Message) -> Answer:
        """Ask for the newest revision under its key."""
        return self.wire.get(f"/v1/messages/{address(message)}")

    def take(self, message: Message, name: str | None = None) -> Answer:
        """Send a message that must be taken. Raises Broken when it is not, or the answer has another form."""
        return self.taken(self.post(message, name), message)

    def taken(self, answer: Answer, message: Message) -> Answer:
        """Judge the answer to a message that must be taken. Raises Broken."""
        what = f"a {message['key']['kind']} (revision {message['revision']}, {message['action']})"
        if answer.status not in (201, 202):
            wrong = _first(errors_of(answer))
            raise Broken(f"{what} in the feed's form was answered {answer} instead of 201 or 202 {wrong}".strip())
        in_form(answer, Taken, f"the answer to {what}")
        if answer.said["revision"] != message["revision"]:
            raise Broken(f"the answer to {what} says another revision")
        return answer

    def held(self, message: Message) -> Answer:
        """Look up a message whose revision must be the newest there. Raises Broken."""
        answer = self.look_up(message)
        what = f"revision {message['revision']} of a {message['key']['kind']}"
        if answer.status != 200:
            raise Broken(f"the look-up of {what} was answered {answer} instead of 200")
        in_form(answer, State, "the answer to a look-up")
        wanted = {"revision": message["revision"], "action": message["action"], "digest": digest(message["content"])}
        for name, value in wanted.items():
            if answer.said[name] != value:
                raise Broken(f"the look-up of {what} gives another {name} than was sent")
        return answer

    def withdraw_all(self) -> int:
        """Take back what was sent and still holds; how many could not be."""
        self.wire.anew()
        held = [message for message in self.sent.values() if message["action"] != "withdraw"]
        for done, message in enumerate(held):
            try:
                self.take(samples.withdrawn(message, message["revision"] + 1))
            except (Broken, CannotSignIn):
                return len(held) - done
        return 0

    def _remember(self, content: bytes) -> None:
        try:
            message = json.loads(content)
        except ValueError:
            return  # a receiver that takes what is no message keeps nothing that could be withdrawn
        before = self.sent.get(address(message))
        if before is None or before["revision"] < message["revision"]:
            self.sent[address(message)] = message


def address(message: Message) -> str:
    """The key as the look-up's address has it."""
    key = message["key"]
    return f"{key['kind']}/{key['school']}/{key['pupil']}/{key['episode']}"


def expect(answer: Answer, status: int, problem: str, what: str) -> None:
    """Raises Broken unless it is the refusal that the feed has."""
    if (answer.status, answer.problem) != (status, problem):
        raise Broken(f"{what} was answered {answer} instead of {status} {problem}")


def in_form(answer: Answer, part: type[Part], what: str) -> None:
    """Raises Broken unless an answer has its form."""
    wrong = listed(form(part).validate(answer.said))
    if wrong:
        raise Broken(f"{what} has not the form of openapi.json: {_first(wrong)}")


def errors_of(answer: Answer) -> Sequence[dict[str, Any]]:
    """The rows of a problem's `errors`."""
    told = answer.said.get("errors")
    return [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []


def _first(wrong: Sequence[Mapping[str, Any]]) -> str:
    """Of what is wrong, for a person's screen: the words are another program's."""
    return "; ".join(plain(f"{row.get('pointer')}: {row.get('problem')}") for row in wrong[:3])
