"""What the mode saw, kept in a table of its own, which also marks the database as one for checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, delete, func, insert, inspect, select

from rollbook_receiver import tables
from rollbook_receiver.moments import as_text

MOST = 20  # notes of what is broken, of one clause: enough to mend it
_metadata = MetaData()
_seen = Table(
    "conformance",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("clause", String(10), nullable=False),
    Column("part", String(40), nullable=False),
    Column("kept", Integer, nullable=False),  # 1: seen to be kept; 0: seen to be broken; 2, 3: see `keep_open`
    Column("words", String(500), nullable=False),
    Column("about", String(100), nullable=False),  # a reference, or which request; no pupil
)
_BROKEN, _KEPT, _WAITS, _PASSED_BY = range(4)
_OF_A_REAL_ONE = (tables.messages, tables.regular, tables.people, tables.news)


class NotForChecks(Exception):
    """The database is not one for checks, or is one. Its text says what to do."""


@dataclass(frozen=True)
class Note:
    """One thing that was seen. part: of `parts.LOOKED`; kept: whether as the clause has it; words: what was seen;
    about: the message's reference, or which request it was. No pupil is in it.
    """

    clause: str
    part: str
    kept: bool | None  # None: the occasion was given, and nothing came of it yet
    words: str = ""
    about: str = ""


def is_marked(connection: Connection) -> bool:
    """Whether the database is one for checks."""
    return inspect(connection).has_table(_seen.name)


def mark(connection: Connection) -> None:
    """Make the database one for checks, for ever. Raises NotForChecks where something is in it already."""
    if is_marked(connection):
        return
    if any(connection.execute(select(func.count()).select_from(table)).scalar() for table in _OF_A_REAL_ONE):
        raise NotForChecks(
            "This database holds what schools sent or the authority's pupils: a check needs a database of its own. "
            "Name a new one with --database, and add a client to it."
        )
    _metadata.create_all(connection)


def keep(connection: Connection, notes: list[Note], at: datetime) -> None:
    """Write notes down for good: what is kept once for each part, what is broken up to `MOST` of a clause."""
    for note in notes:
        of_it = (_seen.c.clause == note.clause) & (_seen.c.kept == note.kept)
        of_it = of_it & (_seen.c.part == note.part) if note.kept else of_it
        held = connection.execute(select(func.count()).select_from(_seen).where(of_it)).scalar() or 0
        if held < (1 if note.kept else MOST):
            _write(connection, note, _KEPT if note.kept else _BROKEN, at)


def keep_open(connection: Connection, notes: list[Note], at: datetime) -> None:
    """Write down what is open now, in place of what was: it may yet come, and what came late is broken no longer."""
    connection.execute(delete(_seen).where(_seen.c.kept.in_((_WAITS, _PASSED_BY))))
    for note in notes:
        _write(connection, note, _WAITS if note.kept is None else _PASSED_BY, at)


def _write(connection: Connection, note: Note, kept: int, at: datetime) -> None:
    row = {"clause": note.clause, "part": note.part, "words": note.words[:500], "about": note.about[:100]}
    connection.execute(insert(_seen).values(**row, kept=kept, at=as_text(at)))


def notes(connection: Connection) -> list[Note]:
    """All of them, the first first."""
    rows = connection.execute(select(_seen).order_by(_seen.c.id))
    kept = {_BROKEN: False, _KEPT: True, _WAITS: None, _PASSED_BY: False}
    return [Note(row.clause, row.part, kept[row.kept], row.words, row.about) for row in rows]
