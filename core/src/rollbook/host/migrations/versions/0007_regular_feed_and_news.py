"""Keep what was said by the regular feed, and the news of authorities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables. They fill with the next sync."""
    op.create_table(
        "reports",
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("destination", "school", "kind", "day", name="pk_reports"),
    )
    op.create_table(
        "news",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("wrong", sa.Text(), nullable=False),
        sa.Column("came", sa.DateTime(), nullable=False),
        sa.Column("seen_by", sa.String(), nullable=True),
        sa.Column("seen", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_news"),
        sa.UniqueConstraint("destination", "school", "number", name="uq_news_destination_school_number"),
    )
    op.create_index("ix_news_thing", "news", ["school", "kind", "name"], unique=False)
