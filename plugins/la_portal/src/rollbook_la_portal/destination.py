"""The open feed over HTTPS: each message with its idempotency key, until it is known what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

from rollbook.contract import (
    Client,
    DeliveryUnknown,
    Destination,
    Key,
    Kind,
    Message,
    NewsPage,
    Outcome,
    Problem,
    Receipt,
    Regular,
    Remark,
    Report,
    Settings,
    Unanswered,
    people_in,
)
from rollbook_feed import FEED_VERSION, digest, problems
from rollbook_la_portal.answers import REFUSALS, kind_of, reasons, receipt
from rollbook_la_portal.feed_kinds import FEED_KINDS, REQUIRED
from rollbook_la_portal.lookups import look_up
from rollbook_la_portal.news_pages import news_page
from rollbook_la_portal.portal import Portal, Session, unexpected
from rollbook_la_portal.reports import put_report
from rollbook_la_portal.settings import PortalSettings
from rollbook_la_portal.takes import asked, remarks, takes, to_send

TRIES = 2
_NOT_TAKEN = (
    "{} does not take {} by the feed: tell the authority as it asks otherwise, by a destination with `kinds`, or by "
    "hand; when it takes them, `rollbook outbox retry` sends this one"
)


class LaPortal(Destination):
    """A local authority's receiver of the open feed (docs/feed/)."""

    name: ClassVar[str] = "la_portal"
    Settings: ClassVar[type[Settings]] = PortalSettings
    kinds: ClassVar[frozenset[Kind]] = FEED_KINDS
    repeat_is_safe: ClassVar[bool] = True
    regular: ClassVar[frozenset[Regular]] = frozenset(Regular)
    tells: ClassVar[bool] = True
    simulator: ClassVar[str | None] = "rollbook-receiver"
    required: ClassVar[Mapping[Kind, frozenset[str]]] = REQUIRED

    def __init__(self, settings: Mapping[str, Any], client: Client) -> None:
        super().__init__(settings, client)
        self._session = Session()

    def check(self) -> Iterator[Remark]:
        """Sign in and ask who we are, and what is taken. Sends nothing."""
        with self._portal() as portal:
            known = asked(portal)
        yield from remarks(portal.host, known)

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """As the contract has it. What the feed's schema refuses, or the authority does not take, is not sent."""
        with self._portal() as portal:
            for message in messages:
                envelope = envelope_of(message)
                wrong = [f"{row['pointer']}: {row['problem']}" for row in problems(envelope)]
                if not wrong and message.key.kind.value not in to_send(portal).kinds:
                    wrong = [_NOT_TAKEN.format(portal.host, message.key.kind.value)]
                yield self._refused(wrong) if wrong else self._settle(portal, message, envelope)

    def lookup(self, key: Key) -> Receipt | None:
        """The newest revision held there under `key`."""
        with self._portal() as portal:
            return look_up(portal, key)

    def wanted(self, school: int) -> frozenset[Regular]:
        """What of the regular feed the authority asks of a school."""
        with self._portal() as portal:
            return takes(portal).wanted(school)

    def report(self, reports: Sequence[Report]) -> Iterator[Receipt]:
        """As the contract has it. Small numbers of a week are hidden here (`least`)."""
        with self._portal() as portal:
            for report in reports:
                yield put_report(portal, report, self.settings["least"])

    def news(self, school: int, after: int) -> NewsPage:
        """A page of what the authority tells a school."""
        with self._portal() as portal:
            return news_page(portal, school, after)

    def _settle(self, portal: Portal, message: Message, envelope: dict[str, Any]) -> Receipt:
        """Send; when no answer says what became of it, look it up and repeat it under the same key."""
        answer = self._send(portal, message, envelope)
        for left in reversed(range(TRIES)):
            made = self._judged(portal, message, answer)
            if made is not None:
                return made
            held = self._held(portal, message, tolerant=False)
            if held is not None:
                return held
            if left:
                answer = self._again(portal, message, envelope)
        if answer is not None and answer.status_code >= 500:
            raise unexpected(portal.host, "v1/messages", answer)  # its own word, and nothing is held there
        raise DeliveryUnknown(f"{portal.host} does not say whether it took message {message.key}.")

    def _send(self, portal: Portal, message: Message, envelope: dict[str, Any]) -> httpx.Response | None:
        try:
            return portal.post("v1/messages", label="send", body=envelope, idempotency_key=message.idempotency_key)
        except Unanswered:
            return None

    def _again(self, portal: Portal, message: Message, envelope: dict[str, Any]) -> httpx.Response | None:
        try:
            return self._send(portal, message, envelope)
        except Problem as problem:  # the first may yet have been taken
            raise _unknown(portal, message, problem) from None

    def _judged(self, portal: Portal, message: Message, answer: httpx.Response | None) -> Receipt | None:
        """The receipt that an answer amounts to; None when it leaves open what became of the message."""
        if answer is None or answer.status_code >= 500:
            return None
        status = answer.status_code
        if status in (200, 201, 202):
            return receipt(answer, people_in(message.content))
        if status == 409 and kind_of(answer) == "in-flight":
            return None
        if status == 409:
            held = self._held(portal, message, tolerant=True)
            if held is not None and held.revision is not None:
                return held
        if status in REFUSALS:
            return self._refused(reasons(answer, people_in(message.content)))
        raise unexpected(portal.host, "v1/messages", answer)

    def _held(self, portal: Portal, message: Message, *, tolerant: bool) -> Receipt | None:
        """The receipt of this revision if it is the newest there: refused, without a revision, where its content is
        another.

        Raises DeliveryUnknown when that cannot be learnt, unless `tolerant`.
        """
        try:
            held = look_up(portal, message.key, people_in(message.content))
        except Problem as problem:
            if tolerant:
                return None
            raise _unknown(portal, message, problem) from None
        if held is None or held.revision != message.revision:
            return None
        if held.digest != digest(dict(message.content)):
            return self._refused([REFUSALS[409]])
        return held

    def _refused(self, why: Sequence[str]) -> Receipt:
        return Receipt(Outcome.REFUSED, "", datetime.now(UTC), tuple(why))

    @contextmanager
    def _portal(self) -> Iterator[Portal]:
        settings, url = self.settings, self.settings["url"].rstrip("/") + "/"
        pair = (settings["client_certificate"], settings["client_key"]) if "client_key" in settings else None
        with self.client.at(url, ca_file=settings.get("ca_file"), client_certificate=pair) as api:
            host = urlsplit(url).hostname or url
            yield Portal(api, host, settings["client_id"], settings["client_secret"], self._session)


def envelope_of(message: Message) -> dict[str, Any]:
    """The message as the feed has it. The pupil's number is text: it has up to 63 bits."""
    key = message.key
    written = {"kind": key.kind.value, "school": key.school, "pupil": str(key.pupil), "episode": key.episode}
    return {
        "feed_version": FEED_VERSION,
        "key": written,
        "revision": message.revision,
        "action": message.action.value,
        "content": dict(message.content),
    }


def _unknown(portal: Portal, message: Message, problem: Problem) -> DeliveryUnknown:
    return DeliveryUnknown(
        f"No reply of {portal.host} says whether it took message {message.key}; it will be asked at the next sync.",
        detail=f"{problem.sentence} {problem.detail}".strip(),
    )
