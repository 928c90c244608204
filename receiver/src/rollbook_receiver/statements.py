"""The statements that keep a message, made once: to make a statement costs more than to run it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from rollbook_receiver.tables import answers, clients, messages, settings

KEY = ("kind", "school", "pupil", "episode")

_of_key = and_(*(messages.c[name] == bindparam(f"the_{name}") for name in KEY))
_answer = and_(answers.c.client == bindparam("by"), answers.c.idempotency_key == bindparam("name"))
_told = select(messages.c.client).where(_of_key, messages.c.action != "withdraw")


def _one(asked: Any, *conditions: Any) -> Any:
    return select(asked).where(*conditions).scalar_subquery()


# What is known before a message is kept, in one row.
BEFORE = select(
    _one(clients.c.client, clients.c.client == bindparam("by"), clients.c.revoked_at.is_(None)).label("holds"),
    _one(answers.c.body, _answer).label("body"),
    _one(answers.c.message, _answer).label("message"),
    _one(func.max(messages.c.revision), _of_key).label("highest"),
    _one(settings.c.value, settings.c.name == "judged").label("judged"),
    _one(settings.c.value, settings.c.name == "kinds").label("kinds"),
    _told.order_by(messages.c.revision.desc()).limit(1).scalar_subquery().label("told_by"),
    _one(messages.c.id, _of_key, messages.c.revision == bindparam("this")).label("same"),
)
NO_LONGER_NEWEST = update(messages).where(_of_key, messages.c.newest).values(newest=False)
KEEP = insert(messages).returning(messages.c.id)
ANSWER = insert(answers)


def named(client: str, name: str, key: dict[str, Any], revision: int) -> dict[str, Any]:
    """The values of `BEFORE` and `NO_LONGER_NEWEST`. An update keeps the names of columns to itself: hence `the_`."""
    return {"by": client, "name": name, "this": revision, **{f"the_{part}": value for part, value in key.items()}}
