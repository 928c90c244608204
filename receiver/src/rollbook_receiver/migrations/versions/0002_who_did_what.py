"""Who did what when; and how much was deleted when its time was over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables, and what a purge looks messages up by. What was done before them is not known."""
    op.create_table(
        "audit",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("what", sa.String(60), nullable=False),
        sa.Column("about", sa.String(60)),
        sa.Column("school", sa.Integer()),
        sa.Column("detail", sa.String(500)),
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_table(
        "purges",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("received_before", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
    )
    op.create_index("answers_message", "answers", ["message"])
    op.create_index("messages_received", "messages", ["newest", "received_at"])
