"""Alembic runs this file. The connection, and its transaction, are the caller's."""

from __future__ import annotations

from alembic import context

from rollbook_receiver.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
