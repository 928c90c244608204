"""How the state's form came to be, step by step. Run with no ini file; see `store.database`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa


def upgrade(conn: sa.Connection) -> None:
    """Bring the state to the newest form, within the transaction that `conn` is in."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "rollbook.host:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
