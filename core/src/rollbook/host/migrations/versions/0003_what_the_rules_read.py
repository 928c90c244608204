"""Keep all that the rules can read: flags, contact attempts, where leavers went, notices to improve; and which of the
tables that a source may leave out it gave.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add columns and tables. What an earlier program was given and did not keep comes with the next pull."""
    with op.batch_alter_table("roll") as roll:
        roll.add_column(sa.Column("destination", sa.String(), nullable=True))
        roll.add_column(sa.Column("ground", sa.String(), nullable=True))
    with op.batch_alter_table("notices") as notices:
        notices.add_column(sa.Column("kind", sa.String(), nullable=True))
        notices.add_column(sa.Column("ends", sa.Date(), nullable=True))
    _of_pupils(
        "flags",
        sa.Column("flag", sa.String(), nullable=False),
        sa.Column("from", sa.Date(), nullable=True),
        sa.Column("to", sa.Date(), nullable=True),
        sa.Column("authority", sa.String(), nullable=True),
    )
    _of_pupils(
        "contact_log",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("to", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
    )
    _dated(
        "given", sa.Column("connection", sa.String(), nullable=False), sa.Column("table", sa.String(), nullable=False)
    )
    for table in ("contacts", "leave", "notices"):
        _was_given(table)


def _of_pupils(name: str, *columns: sa.Column[object]) -> None:
    _dated(name, sa.Column("pupil", sa.BigInteger(), nullable=False), *columns)


def _dated(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        *columns,
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("known_to", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_standing", name, ["school", "known_to"], unique=False)


def _was_given(table: str) -> None:
    """Of a school that ever had a row in it, since its first. An empty one is noted when it is next given."""
    rows = sa.table(table, sa.column("school"), sa.column("known_from"))
    pulled = sa.table("checkpoints", sa.column("connection"), sa.column("school"), sa.column("table"))
    given = sa.table("given", sa.column("school"), sa.column("connection"), sa.column("table"), sa.column("known_from"))
    first = sa.select(rows.c.school, sa.func.min(rows.c.known_from).label("since")).group_by(rows.c.school).subquery()
    of_table = sa.and_(pulled.c.school == first.c.school, pulled.c.table == table)
    connection = sa.func.coalesce(sa.func.max(pulled.c.connection), "")
    since = sa.select(first.c.school, connection, sa.literal(table), first.c.since)
    since = since.select_from(first.outerjoin(pulled, of_table)).group_by(first.c.school, first.c.since)
    op.execute(given.insert().from_select(["school", "connection", "table", "known_from"], since))
