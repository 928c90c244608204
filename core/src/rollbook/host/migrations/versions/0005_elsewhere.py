"""Keep the marks that pupils were given at schools that are not here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table. It fills with the next pull of a source that gives such marks."""
    op.create_table(
        "elsewhere",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        sa.Column("where", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("marks", sa.String(), nullable=False),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("known_to", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_elsewhere"),
    )
    op.create_index("ix_elsewhere_standing", "elsewhere", ["school", "known_to"], unique=False)
