"""The first form: clients, tokens, messages. A released step is never edited: the next form is the next step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table. A database from before there were such steps has them already, and a table of its form."""
    if sa.inspect(op.get_bind()).has_table("form"):
        op.drop_table("form")
        return
    _clients()
    _messages()


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("client", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("every_school", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("revoked_at", sa.String(32)),
    )
    op.create_table(
        "client_schools",
        sa.Column("client", sa.String(40), sa.ForeignKey("clients.client"), primary_key=True),
        sa.Column("school", sa.Integer(), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "tokens",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("client", sa.String(40), sa.ForeignKey("clients.client"), nullable=False),
        sa.Column("ends_at", sa.String(32), nullable=False),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("reference", sa.String(20), nullable=False, unique=True),
        sa.Column("client", sa.String(40), sa.ForeignKey("clients.client"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("received_at", sa.String(32), nullable=False),
        sa.Column("newest", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("kind", "school", "pupil", "episode", "revision"),
    )
    op.create_index("messages_newest", "messages", ["newest", "id"])
    op.create_table(
        "answers",
        sa.Column("client", sa.String(40), sa.ForeignKey("clients.client"), primary_key=True),
        sa.Column("idempotency_key", sa.String(255), primary_key=True),
        sa.Column("body", sa.String(64), nullable=False),
        sa.Column("message", sa.Integer(), sa.ForeignKey("messages.id"), nullable=False),
    )
