"""Who did what when. An entry names no pupil: it has a reference, a client or a number of things."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select

from rollbook_receiver import tables
from rollbook_receiver.moments import as_text


def record(
    connection: Connection,
    who: str,
    what: str,
    at: datetime,
    *,
    about: str | None = None,
    school: int | None = None,
    detail: str | None = None,
) -> None:
    """Add an entry. `who` is a client's id, an officer's name, or `account()` for a command; `what` is a few words in
    the past ("looked at a message"); `about` a reference or a client's id; `detail` counts and numbers of rules, never
    what a message says.
    """
    row = {"who": who[:200], "what": what[:60], "at": as_text(at), "about": about, "school": school}
    connection.execute(insert(tables.audit).values(**row, detail=_cut(detail)))


@dataclass(frozen=True)
class Look:
    """At one thing that names a pupil. about: its reference; school: its URN; detail: as of an entry."""

    about: str
    school: int
    detail: str | None = None


def looked(connection: Connection, who: str, what: str, at: datetime, seen: Sequence[Look]) -> None:
    """Add an entry of each, in one statement: who looked at a pupil is found by the reference. Where nothing was seen,
    one that says so."""
    if not seen:
        record(connection, who, what, at, detail="nobody")
        return
    row = {"who": who[:200], "what": what[:60], "at": as_text(at)}
    connection.execute(insert(tables.audit), [row | vars(one) | {"detail": _cut(one.detail)} for one in seen])


def _cut(detail: str | None) -> str | None:
    return detail[:500] if detail else None


def account() -> str:
    """Whoever runs a command, by the machine's own name for them."""
    try:
        return f"account {getpass.getuser()}"
    except (OSError, KeyError, ImportError):
        return "account unknown"


def entries(
    connection: Connection, *, since: str = "", about: str | None = None, most: int = 100
) -> list[Row[tuple[object, ...]]]:
    """The last entries, newest first: since a moment (text as kept), about one thing."""
    wanted = select(tables.audit).where(tables.audit.c.at >= since).order_by(tables.audit.c.id.desc()).limit(most)
    rows = connection.execute(wanted if about is None else wanted.where(tables.audit.c.about == about))
    return list(rows)
