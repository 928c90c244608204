"""Which of the tables that a source may leave out it gave, if without rows. One that it never gave is not judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from rollbook.host.config import SchoolConfig
from rollbook.host.pull import Staged
from rollbook.host.store import dated, people
from rollbook.host.store.people import given
from rollbook.tables.schemas import OPTIONAL, Table

KEPT_IN: Mapping[Table, sa.Table] = {
    Table.CONTACTS: people.contacts,
    Table.LEAVE: people.leave,
    Table.NOTICES: people.notices,
    Table.FLAGS: people.flags,
    Table.CONTACT_LOG: people.contact_log,
}
"""Where the rows of each are kept."""
_NOTED = (*OPTIONAL, Table.ELSEWHERE)


def keep(conn: sa.Connection, school: SchoolConfig, staged: Staged, moment: datetime) -> int:
    """Note what was given for the first time, and return how many such tables there were."""
    before = _of_connection(conn, school)
    new = [table.value for table in _NOTED if table in staged.tables and table.value not in before]
    row = {"school": school.urn, "connection": school.connection, "known_from": moment}
    for table in new:
        conn.execute(given.insert(), row | {"table": table})
    return len(new)


def no_longer(conn: sa.Connection, school: SchoolConfig, staged: Staged) -> tuple[str, ...]:
    """Said of each table that this connection gave before and not now: no table is not an empty one."""
    before = _of_connection(conn, school)
    return tuple(
        f"The connection {school.connection} of {school.name} ({school.urn}) no longer gives the table {table.value}: "
        f"what was known before stands, and is judged by. See that it is still exported; when there is nothing of the "
        f"kind, export it without rows."
        for table in _NOTED
        if table.value in before and table not in staged.tables
    )


def tables_given(conn: sa.Connection, school: int, known: datetime | None) -> set[Table]:
    """The tables that any connection gave of this school up to now, or up to the moment `known`."""
    query = sa.select(given.c.table).where(given.c.school == school, *dated.as_known(given, known))
    return {Table(name) for name in conn.execute(query).scalars()}


def _of_connection(conn: sa.Connection, school: SchoolConfig) -> set[str]:
    query = sa.select(given.c.table).where(given.c.school == school.urn, given.c.connection == school.connection)
    return set(conn.execute(query).scalars())
