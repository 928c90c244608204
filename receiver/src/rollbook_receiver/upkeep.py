"""Commands of whoever runs the receiver. Heavy parts are imported inside them."""

from __future__ import annotations

from pathlib import Path

import click

from rollbook_receiver.options import database, opened


@click.command()
@database
def upgrade(database: Path | str) -> None:
    """Bring the database to this program's form; every other command does so too, when it opens it.

    Make a backup first, and stop the receiver: an earlier one does not know the new form.

    \b
    Example:
      rollbook-receiver upgrade --database received.db
    """
    from rollbook_receiver.tables import HEAD

    with opened(database) as store:
        if store.brought_from is None:
            click.echo(f"The database has form {HEAD}: there is nothing to do.")
