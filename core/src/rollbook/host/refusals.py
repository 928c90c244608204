"""What an authority refused and nobody has seen to: said at every sync, and by `status`, for as long as it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from rollbook.host import kept_cases, kept_messages
from rollbook.host.kept_messages import Kept
from rollbook.host.kind_words import kind_words
from rollbook.host.store.followup import messages

_NAMED = 5  # cases in one sentence


def standing(conn: sa.Connection, *where: sa.ColumnElement[bool]) -> list[Kept]:
    """The refused messages that wait for somebody (`kept_cases.refused`), in the order in which they were made."""
    return kept_messages.select(conn, messages.c.id.in_(sa.select(kept_cases.refused().subquery().c.id)), *where)


def sentences(conn: sa.Connection, *where: sa.ColumnElement[bool]) -> tuple[str, ...]:
    """What is to be done about those: one for all that one destination refused of a kind for the same reasons. They
    name no pupil: a reason's words that do were left out when it came.
    """
    alike: dict[tuple[str, str, tuple[str, ...]], list[Kept]] = defaultdict(list)
    for kept in standing(conn, *where):
        alike[kept.destination, kept.kind, kept.reasons].append(kept)
    return tuple(_sentence(those) for those in alike.values())


def _sentence(those: Sequence[Kept]) -> str:
    first, one = those[0], len(those) == 1
    named = ", ".join(str(kept.case) for kept in those[:_NAMED])
    more = f" and {len(those) - _NAMED} more (`rollbook outbox --state refused`)" if len(those) > _NAMED else ""
    what = f"the {kind_words(first.kind)} of case" if one else f"the {kind_words(first.kind)}s of cases"
    why = "; ".join(first.reasons).rstrip(".") or "it gave no reason"
    return (
        f"{first.destination} refused {what} {named}{more}: {why}. Add what is missing (`rollbook cases fill "
        f"{first.case} FIELD`) or correct it in the MIS; send it again where it was right (`rollbook outbox retry "
        f"{first.number}`), or give it up (`rollbook outbox give-up {first.number}`)."
    )
