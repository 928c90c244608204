"""Keep in whose area a pupil lives, where a source says it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column. It fills with the next pull of a source that says it."""
    with op.batch_alter_table("pupils") as pupils:
        pupils.add_column(sa.Column("home_la", sa.String(), nullable=True))
