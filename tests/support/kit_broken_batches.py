"""More ways in which a destination breaks a clause, each found by a check that has another for its own proof."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rollbook.contract import Key, Message, Outcome, Receipt, RetryLater, Unanswered
from rollbook.testing import Record
from rollbook.testing.web import Answer, as_json
from support.kit_broken import Broken
from support.kit_destination import Letterbox, LetterboxSimulator, Taken

BROKEN: dict[str, Broken] = {}


class LongBatch(Letterbox):
    """Says of whatever comes after the fifth that it was taken, and does not send it."""

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        yield from super().deliver(messages[:5])
        for number, _ in enumerate(messages[5:]):
            yield Receipt(Outcome.ACCEPTED, f"R{number}", datetime.now(UTC))


class OfAPupil(Letterbox):
    """Knows a record by its pupil: a second absence finds the first's."""

    def lookup(self, key: Key) -> Receipt | None:
        return super().lookup(replace(key, episode=1))


class OnePerPupil(LetterboxSimulator):
    """Keeps one record a pupil, and has its newest absence in it."""

    def record(self, key: str, rows: list[Taken]) -> Record:
        pupil = key.rpartition("/")[0]
        newest = [taken for other, kept in self.box.kept.items() if other.startswith(pupil) for taken in kept][-1:]
        return replace(super().record(key, rows), content=newest[0].content)


class RefusesWhenBusy(Letterbox):
    """Gives up for good what comes after the first of a batch, where it is asked to wait."""

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        with self.open() as api:
            for number, message in enumerate(messages):
                try:
                    yield self.settled(api, message)
                except RetryLater as busy:
                    if not number or "429" not in f"{busy.sentence} {busy.detail}":
                        raise
                    yield Receipt(Outcome.REFUSED, "", datetime.now(UTC), ("they had too many",))


class TakesTheFirst(Letterbox):
    """Finds the first revision where the second failed, and takes it for the second."""

    def afterwards(self, api: Any, message: Message) -> Receipt | None:
        super().afterwards(api, message)
        return self.found(api, message.key)


class NotSentAtTheGate(Letterbox):
    """Takes the word of a proxy for that of the authority."""

    def post(self, api: Any, message: Message) -> Any:
        try:
            return super().post(api, message)
        except Unanswered as lost:
            raise RetryLater("The authority is away.", detail=lost.detail) from None


class OfTenYearsAgo(Letterbox):
    """Has the moment from somewhere else."""

    def settled(self, api: Any, message: Message) -> Receipt:
        receipt = super().settled(api, message)
        return replace(receipt, at=receipt.at - timedelta(days=3650))


class KeepsACopy(Letterbox):
    """Keeps what it sends where nobody looks for it."""

    def post(self, api: Any, message: Message) -> Any:
        (self.folder() / "sent.json").write_text(
            json.dumps(dict(message.content), ensure_ascii=False), encoding="utf-8"
        )
        return super().post(api, message)

    def folder(self) -> Path:
        return Path(tempfile.gettempdir())


class KeepsACopyAtHome(KeepsACopy):
    def folder(self) -> Path:
        return Path.home()


class NamesItsRecords(LetterboxSimulator):
    """Its references are made of the pupil's name."""

    def take(self, name: str, sent: dict[str, Any]) -> Answer:
        answer = super().take(name, sent)
        for taken in self.box.kept.get(sent["key"], []):
            taken.letter.reference = f"{taken.content['pupil']['surname']}-1"
            answer = as_json(taken.letter, answer.status)
        return answer


def broken(id_: str, cls: type[Letterbox], says: str, simulator: type = LetterboxSimulator) -> tuple[str, Broken]:
    return id_, Broken(cls, simulator, says=says)


ALSO = (
    broken("D04", LongBatch, "message 6 of 30 is not held there, and the host takes it for accepted"),
    broken("D21", OfAPupil, "of absence 2, lookup finds another's record"),
    broken("D21", Letterbox, "of absence 1, what is held is not what was sent", OnePerPupil),
    broken("D22", OfAPupil, "which was never sent, finds that of the first"),
    broken("D18", RefusesWhenBusy, "met by 429, with Retry-After: 1: accepted, refused"),
    broken("D19", TakesTheFirst, "an amendment whose request 1 met 500"),
    broken("D19", NotSentAtTheGate, "met by 502, though it was done: message 1 of 2 is held there"),
    broken("D05", OfTenYearsAgo, "a message is delivered now, and its receipt is of 20"),
    broken("D24", KeepsACopy, "the file sent.json that it left"),
    broken("D24", KeepsACopyAtHome, "the file sent.json that it left"),
    broken("D24", Letterbox, "somebody is named", NamesItsRecords),
)
