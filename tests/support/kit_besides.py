"""More ways to break a clause than the one that proves its check able to fail: each was once passed over."""

from __future__ import annotations

from typing import Any

from rollbook.contract import Message, Unanswered
from support.kit_broken import Broken
from support.kit_destination import Letterbox, LetterboxSimulator


class BelievesARefusedRepeat(Letterbox):
    """Sends again by its own hand, and takes the answer for one of both."""

    def post(self, api: Any, message: Message) -> Any:
        try:
            return super().post(api, message)
        except Unanswered:
            return super().post(api, message)


BESIDES: list[tuple[str, Broken]] = [
    ("D16", Broken(BelievesARefusedRepeat, LetterboxSimulator, says="the host takes it for not sent")),
]
