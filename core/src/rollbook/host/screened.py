"""What an officer wrote of a message, without words that name a person of it."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from rollbook.contract.destination import Receipt
from rollbook.contract.persons import LEFT_OUT, people_in, without_people
from rollbook.host import kept_messages
from rollbook.host.kept_messages import Kept


def screened(conn: sa.Connection, kept: Kept, receipt: Receipt) -> Receipt:
    """A look-up's receipt without a reference and reasons that name somebody of whom a revision of its key tells: the
    plugin had no content to compare them with.
    """
    of_key = kept_messages.of_key(conn, kept.destination, kept.kind, kept.school, kept.pupil, kept.episode)
    people = frozenset[str]().union(*(people_in(one.content) for one in of_key))
    reference = "" if without_people(receipt.reference, people) == LEFT_OUT else receipt.reference
    return replace(receipt, reference=reference, reasons=tuple(_shown(reason, people) for reason in receipt.reasons))


def _shown(reason: str, people: frozenset[str]) -> str:
    """The place that a reason begins with (`/content/absence: ...`) stays where its words are left out."""
    place, colon, words = reason.partition(": ") if reason.startswith("/") else ("", "", reason)
    return without_people(place, people) + colon + without_people(words, people)
