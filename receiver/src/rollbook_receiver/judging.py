"""What becomes of messages that an officer judges: pending, then accepted or refused, with every judgement kept."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from rollbook_receiver.moments import as_text
from rollbook_receiver.tables import judgements, messages, outcomes

ACCEPTED, PENDING, REFUSED = "accepted", "pending", "refused"
RECEIVER = "the receiver"  # who judged, where no officer did


class CannotJudge(Exception):
    """This revision is not one to judge. Its text says why, and what to do."""


@dataclass(frozen=True)
class Judgement:
    """One step of what became of a revision. `reasons`: pairs of a JSON pointer and a problem in words."""

    outcome: str
    reasons: list[dict[str, str]]
    at: str
    who: str


def overtake(connection: Connection, key: Any, revision: int, at: datetime) -> None:
    """Close what was pending under a key before this revision: nothing of it is left to judge."""
    waiting = connection.execute(
        select(messages.c.id).join(outcomes).where(key, outcomes.c.outcome == PENDING, messages.c.revision < revision)
    )
    reasons = [{"pointer": "", "problem": f"overtaken by revision {revision} before it was judged"}]
    for message in waiting.scalars().all():
        _write(connection, message, Judgement(ACCEPTED, reasons, as_text(at), RECEIVER))


def on_arrival(
    connection: Connection, message: int, kind: str, action: str, judged: Collection[str], at: datetime
) -> str:
    """The outcome of a newest revision that has just come: pending, of the kinds that are `judged`. A withdrawal needs
    nobody's yes."""
    if action == "withdraw" or kind not in judged:
        return ACCEPTED
    connection.execute(insert(outcomes).values(message=message, outcome=PENDING, reasons="[]"))
    connection.execute(insert(judgements).values(_row(message, Judgement(PENDING, [], as_text(at), RECEIVER))))
    return PENDING


def judge(
    connection: Connection, reference: str, outcome: str, reasons: Sequence[dict[str, str]], who: str, at: datetime
) -> str:
    """Accept or refuse a revision, and give the outcome that it had before.

    An officer may change a judgement: each is kept. Raises CannotJudge.
    """
    row = connection.execute(
        select(messages.c.id, messages.c.newest, messages.c.content, outcomes.c.outcome, outcomes.c.reasons)
        .outerjoin(outcomes, outcomes.c.message == messages.c.id)
        .where(messages.c.reference == reference)
    ).first()
    if row is None:
        raise CannotJudge(f"No message has the reference {reference}: `rollbook-receiver messages` lists them.")
    if row.outcome is None:
        raise CannotJudge("This message was accepted as it came: it is not of a kind that an officer judges.")
    if not row.newest:
        raise CannotJudge("A later revision overtook this message: judge that one.")
    if row.outcome == outcome and json.loads(row.reasons) == list(reasons):
        raise CannotJudge(f"This message is {outcome} already.")
    if any(_names(json.loads(row.content), reason["problem"]) for reason in reasons):
        raise CannotJudge('A reason has the pupil\'s name, and it is sent on: say it without, as "the pupil".')
    _write(connection, row.id, Judgement(outcome, list(reasons), as_text(at), who))
    return str(row.outcome)


def history(connection: Connection, message: int) -> list[Judgement]:
    """Every judgement of a revision, the first first; none where it was accepted as it came."""
    rows = connection.execute(select(judgements).where(judgements.c.message == message).order_by(judgements.c.id))
    return [Judgement(row.outcome, json.loads(row.reasons), row.at, row.who) for row in rows]


def _names(content: Mapping[str, Any], words: str) -> bool:
    """Whether words have a name of the message's own pupil, as whole words, in whatever case."""
    pupil = content.get("pupil", {})
    told = [str(name).casefold() for part, name in pupil.items() if part.endswith(("surname", "forename"))]
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words.casefold()) for name in told)


def _write(connection: Connection, message: int, made: Judgement) -> None:
    row = _row(message, made)
    now = {"outcome": row["outcome"], "reasons": row["reasons"]}
    connection.execute(update(outcomes).where(outcomes.c.message == message).values(**now))
    connection.execute(insert(judgements).values(**row))


def _row(message: int, made: Judgement) -> dict[str, Any]:
    return {"message": message, **vars(made), "reasons": json.dumps(made.reasons, ensure_ascii=False)}
