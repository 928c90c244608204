"""No number of a message, a person or a piece of news is used again; who fetched which news; officers by name."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """SQLite gives the highest number again, once its row was deleted, in a table that was not made AUTOINCREMENT."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("messages", "people"):
            with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
                pass
    _people()
    _news()
    op.create_table(
        "officers",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.String(32)),
    )


def _people() -> None:
    """When the authority's list last had a person: of those who are there, the list is taken to have them now."""
    op.add_column("people", sa.Column("listed_at", sa.String(32)))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    people = sa.table("people", sa.column("origin"), sa.column("listed_at"))
    op.execute(people.update().where(people.c.origin == "list").values(listed_at=now))
    with op.batch_alter_table("purges") as purges:
        purges.alter_column("school", existing_type=sa.Integer(), nullable=True)


def _news() -> None:
    op.create_table(
        "news_used",
        sa.Column("school", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("restored", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "news_asked",
        sa.Column("school", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("client", sa.String(40), sa.ForeignKey("clients.client"), primary_key=True),
        sa.Column("has", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
