"""For each check of a destination, one that is broken in exactly the way that it looks for."""

from __future__ import annotations

import http.client
import json
import logging
import subprocess
import sys
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from rollbook.contract import (
    DeliveryRefused,
    FixSettings,
    Key,
    Message,
    NeedsCredentials,
    Outcome,
    Receipt,
    Remark,
    RetryLater,
    Unanswered,
)
from rollbook.testing.kit.messages import message as made_up
from support.kit_broken import Broken
from support.kit_destination import Letterbox, LetterboxSimulator

log = logging.getLogger(__name__)
QUICK = [sys.executable, "-I", "-S", "-c"]
DAEMON = f"import subprocess; subprocess.Popen({[*QUICK, 'import time; time.sleep(30)']}, start_new_session=True)"


def accepted(revision: int = 1) -> Receipt:
    return Receipt(Outcome.ACCEPTED, "R0", datetime.now(UTC), revision=revision)


class SendsATest(Letterbox):
    def check(self) -> Iterator[Remark]:
        list(self.deliver([made_up(99)]))
        yield Remark(True, "A test message arrived.")


class LaterForCredentials(Letterbox):
    def signed_in(self, answer: Any) -> None:
        if answer.status_code == 401:
            raise RetryLater("The authority does not answer as it should.")


class HopefulOfCredentials(Letterbox):
    def settled(self, api: Any, message: Message) -> Receipt:
        try:
            return super().settled(api, message)
        except NeedsCredentials:
            return accepted()


class Backwards(Letterbox):
    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        yield from reversed(list(super().deliver(messages)))


class LocalTime(Letterbox):
    def settled(self, api: Any, message: Message) -> Receipt:
        receipt = super().settled(api, message)
        return replace(receipt, at=receipt.at.replace(tzinfo=None))


class WithoutAccents(Letterbox):
    def post(self, api: Any, message: Message) -> Any:
        text = unicodedata.normalize("NFKD", json.dumps(dict(message.content), ensure_ascii=False))
        content = json.loads(text.encode("ascii", "ignore"))
        return super().post(api, replace(message, content=content))


class TakesNone(Letterbox):
    def post(self, api: Any, message: Message) -> Any:
        raise FixSettings("Attendance returns are not switched on.")


class FirstOnly(Letterbox):
    def settled(self, api: Any, message: Message) -> Receipt:
        return accepted(message.revision) if message.revision > 1 else super().settled(api, message)


class NewestFirst(Letterbox):
    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        yield from reversed(list(super().deliver(messages[::-1])))


class StopsAtARefusal(Letterbox):
    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        for receipt in super().deliver(messages):
            yield receipt
            if receipt.outcome is Outcome.REFUSED:
                return


class WithoutReasons(Letterbox):
    def refused(self, answer: Any) -> Receipt:
        return replace(super().refused(answer), reasons=())


class AllTooLarge(Letterbox):
    def refused(self, answer: Any) -> Receipt:
        if answer.status_code == 413:
            raise DeliveryRefused("The batch is too large.")
        return super().refused(answer)


class NeverPending(Letterbox):
    def letter(self, answer: Any) -> Receipt | None:
        receipt = super().letter(answer)
        return receipt and replace(receipt, outcome=Outcome.ACCEPTED)


class AnotherKeyEachTime(Letterbox):
    def post(self, api: Any, message: Message) -> Any:
        return super().post(api, replace(message, idempotency_key=str(uuid.uuid4())))


class TakenForTheFirst(Letterbox):
    def receipt_of(self, answer: Any) -> Receipt | None:
        return None if answer.status_code == 422 else super().receipt_of(answer)


class NotSentWhenLost(Letterbox):
    def post(self, api: Any, message: Message) -> Any:
        try:
            return super().post(api, message)
        except Unanswered as lost:
            raise RetryLater(lost.sentence) from None


class SentAgainWhenLost(Letterbox):
    def post(self, api: Any, message: Message) -> Any:
        try:
            return super().post(api, message)
        except Unanswered:
            return super().post(api, replace(message, idempotency_key=str(uuid.uuid4())))


class GivesUpWhenBusy(Letterbox):
    def settled(self, api: Any, message: Message) -> Receipt:
        try:
            return super().settled(api, message)
        except RetryLater:
            return replace(accepted(), outcome=Outcome.REFUSED, reasons=("the authority did not take it",))


class RefusedByAFault(Letterbox):
    def receipt_of(self, answer: Any) -> Receipt | None:
        return self.refused(answer) if answer.status_code == 500 else super().receipt_of(answer)


class WaitsForEver(Letterbox):
    def post(self, api: Any, message: Message) -> Any:
        there = urlsplit(self.settings["url"])
        line = http.client.HTTPConnection(str(there.hostname), there.port)
        headers = {"Idempotency-Key": message.idempotency_key, "Authorization": "Bearer "}
        try:
            line.request("POST", "/v1/messages", "{}", headers)
            line.getresponse()
        except http.client.HTTPException:
            pass
        finally:
            line.close()
        return super().post(api, message)


class AlwaysTheFirst(Letterbox):
    def lookup(self, key: Key) -> Receipt | None:
        receipt = super().lookup(key)
        return receipt and replace(receipt, revision=1)


class FindsEverything(Letterbox):
    def lookup(self, key: Key) -> Receipt | None:
        return super().lookup(key) or accepted()


class ContentWithAnything(Letterbox):
    def letter(self, answer: Any) -> Receipt | None:
        return super().letter(answer) or accepted()


class InTheirWords(Letterbox):
    def refused(self, answer: Any) -> Receipt:
        return replace(super().refused(answer), reasons=(f"They say: {answer.text}",))


class LogsItsToken(Letterbox):
    def open(self) -> Any:
        log.debug("signing in with %s", self.settings["token"].reveal())
        return super().open()


class Prints(Letterbox):
    def post(self, api: Any, message: Message) -> Any:
        print("sending", message.key)
        return super().post(api, message)


class LeavesADaemon(Letterbox):
    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        subprocess.run([*QUICK, DAEMON], check=True)
        yield from super().deliver(messages)


class WithoutIdempotency(LetterboxSimulator):
    """Takes what comes, as often as it comes."""

    def take(self, name: str, sent: dict[str, Any]) -> Any:
        before = self.box.answers.get(name)
        again = before is not None and before[0] == sent
        return super().take(f"{name}/{len(self.box.answers)}" if again else name, sent)


class RemembersInMemory(Letterbox):
    """Knows what it sent for as long as its process lives."""

    sent: ClassVar[dict[str, Receipt]] = {}

    def settled(self, api: Any, message: Message) -> Receipt:
        name = f"{self.settings['url']} {message.idempotency_key}"
        if name not in self.sent:
            self.sent[name] = super().settled(api, message)
        return self.sent[name]


def broken(cls: type[Letterbox], says: str, simulator: type = LetterboxSimulator) -> Broken:
    return Broken(cls, simulator, says=says)


BROKEN = {
    "D01": broken(SendsATest, "check() sent something"),
    "D02": broken(LaterForCredentials, "raise NeedsCredentials"),
    "D03": broken(HopefulOfCredentials, "is not held there, and the host takes it for accepted"),
    "D04": broken(Backwards, "in the order of the messages"),
    "D05": broken(LocalTime, "no time zone"),
    "D06": broken(WithoutAccents, "pupil.forename is 'Sian' and was 'Siân'"),
    "D07": broken(TakesNone, "a message of kind attendance_return is not taken"),
    "D08": broken(FirstOnly, "revision 1, send, and not revision 2, amend"),
    "D09": broken(NewestFirst, "came as 3, 2, 1"),
    "D10": broken(StopsAtARefusal, "accepted, refused, unknown"),
    "D11": broken(WithoutReasons, "no reason says why"),
    "D12": broken(AllTooLarge, "accepted, refused, refused"),
    "D13": broken(NeverPending, "is told as accepted"),
    "D14": broken(AnotherKeyEachTime, "it is held 2 times"),
    "D15": broken(TakenForTheFirst, "is told as accepted, and what is held is the first"),
    "D16": broken(NotSentWhenLost, "is held there, and the host takes it for not sent"),
    "D17": broken(SentAgainWhenLost, "held 2 times"),
    "D18": broken(GivesUpWhenBusy, "Raise RetryLater"),
    "D19": broken(RefusedByAFault, "is no refusal"),
    "D20": broken(WaitsForEver, "it waited"),
    "D21": broken(AlwaysTheFirst, "lookup gives revision 1, and 2 is the newest"),
    "D22": broken(FindsEverything, "finds something"),
    "D23": broken(ContentWithAnything, "is not held there, and the host takes it for accepted"),
    "D24": broken(InTheirWords, "somebody is named"),
    "D25": broken(LogsItsToken, "a secret is shown"),
    "D26": broken(Prints, "it prints"),
    "D27": broken(LeavesADaemon, "this that it started lives on"),
    "D28": broken(RemembersInMemory, "by another process, it is held 2 times", WithoutIdempotency),
}
