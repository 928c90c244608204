"""Keep when a person said that there is no more to do about a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column: of earlier cases nobody has said it."""
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("settled", sa.DateTime(), nullable=True))
