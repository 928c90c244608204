"""What became of messages: asked of the destination, where a reply was lost or a person there has yet to judge."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from rollbook.contract.destination import Key, Outcome, Receipt
from rollbook.contract.errors import Problem
from rollbook.host import kept_messages
from rollbook.host.clock import Clock
from rollbook.host.guard import NOTHING_SENT
from rollbook.host.kept_messages import Kept
from rollbook.host.kind_words import kind_words
from rollbook.host.message_steps import MessageSteps
from rollbook.host.screened import screened
from rollbook.host.store.database import Database
from rollbook.outbox.drafts import digest
from rollbook.outbox.state import Event, State

ASK_AGAIN = timedelta(minutes=5)  # at the soonest, about what is yet to be judged there (docs/feed/, F-24)


_ANOTHER = (
    "another content is held there under this key and revision: ask the authority which holds; `rollbook outbox retry` "
    "sends this one as its next revision"
)


class Asked(Protocol):
    """What of a worker this needs."""

    def lookup(self, key: Key) -> Receipt | None:
        """The newest revision there."""


class LookingUp(MessageSteps):
    """At one destination. `repeat_is_safe`: whether the same idempotency key sent twice makes one record there."""

    def __init__(
        self,
        database: Database,
        destination: str,
        worker: Asked,
        now: Clock,
        not_before: datetime | None,
        *,
        repeat_is_safe: bool,
    ) -> None:
        super().__init__(database, destination, now, not_before)
        self._asked, self.repeat_is_safe = worker, repeat_is_safe

    def _look_up(self, kept: Kept) -> bool:
        """Whether it is now known what became of a message. When it is not there it waits again, to be sent."""
        try:
            receipt = self._asked.lookup(kept.key)
        except Problem as problem:
            if kept.pending:
                self._asked_in_vain(kept, problem.sentence)
            if isinstance(problem, NOTHING_SENT):
                self._stop(problem)
            return False
        nameless = receipt is not None and receipt.revision is None
        if receipt is not None and (_answers(receipt, kept) or (kept.pending and nameless)):
            return self._found(kept, receipt)
        if nameless:
            return False  # something of this key is there, but it is not known which revision
        if kept.state is State.UNKNOWN:
            self._step(kept, Event.NOT_FOUND)
        else:
            self._gone(kept)
        return True

    def _found(self, kept: Kept, receipt: Receipt) -> bool:
        """Whether that says what became of it. Of another content there, sending again under the same key tells."""
        if kept.state is State.UNKNOWN and self.repeat_is_safe and _is_another(receipt, kept):
            return False
        with self.database.read() as conn:
            receipt = screened(conn, kept, receipt)
        if receipt.revision is not None and receipt.revision > kept.revision:
            self._overtaken_there(kept, receipt.revision, receipt.at)
        else:
            self._answered(kept, of_this_content(receipt, kept))
        return True

    def _just_asked(self, kept: Kept) -> bool:
        """Whether it was asked about, or sent, too short a while ago to ask again; not by a clock that was put back."""
        return timedelta(0) <= self.now() - kept.changed < ASK_AGAIN

    def _asked_in_vain(self, kept: Kept, sentence: str, *reasons: str) -> None:
        self._tell(sentence)
        with self.database.write() as conn:
            kept_messages.asked(conn, kept, self.now(), reasons)

    def _gone(self, kept: Kept) -> None:
        """What was taken, and is yet to be judged there, is not there any more: a person has it sent again."""
        what_to_do = f"ask the authority; where it was lost there, `rollbook outbox retry {kept.number}` sends it again"
        about = f"Message {kept.number} ({kind_words(kept.kind)}) of school {kept.school}"
        gone = f"{about}, which {self.destination} took and has yet to judge, is no longer found there: {what_to_do}."
        self._asked_in_vain(kept, gone, f"{kept_messages.GONE}: {what_to_do}.")

    def _there_already(self, kept: Kept) -> bool:
        """Asked where a repetition would make a second record: after a restore we may have sent it and not know."""
        try:
            receipt = self._asked.lookup(kept.key)
        except Problem as problem:
            self._stop(problem)
            return True
        if receipt is None or not _answers(receipt, kept):
            return False
        self._answered(self._start([kept])[0], of_this_content(receipt, kept))
        return True


def of_this_content(receipt: Receipt, kept: Kept) -> Receipt:
    """The receipt; a refusal, where what is held under the revision is another content (docs/feed/, F-19)."""
    return Receipt(Outcome.REFUSED, "", receipt.at, (_ANOTHER,)) if _is_another(receipt, kept) else receipt


def of_an_earlier(receipt: Receipt, kept: Kept) -> bool:
    """Whether a receipt says that an earlier revision is there, which says nothing of this one."""
    taken = receipt.outcome is not Outcome.REFUSED
    return taken and receipt.revision is not None and receipt.revision < kept.revision


def _is_another(receipt: Receipt, kept: Kept) -> bool:
    of_this = receipt.outcome is not Outcome.REFUSED and receipt.revision == kept.revision
    return of_this and receipt.digest not in (None, digest(dict(kept.content)))


def _answers(receipt: Receipt, kept: Kept) -> bool:
    """Whether what was found under a key is this revision or a later one. Where it says not, it is the first."""
    return kept.revision == 1 if receipt.revision is None else receipt.revision >= kept.revision
