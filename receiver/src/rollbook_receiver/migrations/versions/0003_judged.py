"""What an officer judges, how it was judged, and what the authority chose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables. What came before was accepted as it came: it has no row."""
    op.create_table(
        "settings",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
    )
    op.create_table(
        "outcomes",
        sa.Column(
            "message",
            sa.Integer(),
            sa.ForeignKey("messages.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
    )
    op.create_index("outcomes_outcome", "outcomes", ["outcome"])
    op.create_table(
        "judgements",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("message", sa.Integer(), sa.ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
    )
    op.create_index("judgements_message", "judgements", ["message"])
