"""Keep what was set locally, with since when: a past day is explained by the values that were in force then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table. What was in force before it is not known."""
    op.create_table(
        "settings_known",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("known_to", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_settings_known"),
    )
    op.create_index("ix_settings_known_standing", "settings_known", ["school", "known_to"], unique=False)
