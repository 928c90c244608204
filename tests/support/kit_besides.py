"""More ways to break a clause than the one that proves its check able to fail: each was once passed over."""

from __future__ import annotations

from typing import Any

from rollbook.contract import Message, Receipt, Unanswered
from support.kit_broken import Broken
from support.kit_broken_destinations import accepted
from support.kit_destination import Letterbox, LetterboxSimulator


class BelievesARefusedRepeat(Letterbox):
    """Sends again by its own hand, and takes the answer for one of both."""

    def post(self, api: Any, message: Message) -> Any:
        try:
            return super().post(api, message)
        except Unanswered:
            return super().post(api, message)


class TakenWhereEnded(Letterbox):
    """A session that has ended is the authority's word that it took the message."""

    def receipt_of(self, answer: Any) -> Receipt | None:
        return accepted() if answer.status_code == 440 else super().receipt_of(answer)


BESIDES: list[tuple[str, Broken]] = [
    ("D03", Broken(TakenWhereEnded, LetterboxSimulator, says="met by 440: message 1 of 3 is not held", expired=440)),
    ("D16", Broken(BelievesARefusedRepeat, LetterboxSimulator, says="the host takes it for not sent")),
]
