"""Handing over what came, in the feed's form: at the end of a contract, or to another system."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rollbook_receiver.officer import by
from rollbook_receiver.options import Unable, database, opened

if TYPE_CHECKING:
    from rollbook_receiver.messages import Held
    from rollbook_receiver.store import Store


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@by
@database
def export(path: Path, who: str, database: Path | str) -> None:
    """Write every revision that came to a new file PATH, a line of JSON each, in the order in which they came.

    `message` is as the feed has it; beside it are its reference, received_at, digest, outcome and reasons. The file
    names children: it is for its owner alone, and overwrites nothing. The receiver may run meanwhile.

    \b
    Example:
      rollbook-receiver messages export received.jsonl --by "R. Officer" --database received.db
    """
    from rollbook_receiver import audit, moments
    from rollbook_receiver.new_file import NotMade, new_file

    with opened(database) as store:
        try:
            with new_file(path) as part:
                found = _write(store, part)
                with store.writing() as connection:
                    audit.record(
                        connection, who, "handed every message over", moments.now(), detail=f"{found} messages"
                    )
        except NotMade as error:
            raise Unable(str(error)) from None
        except OSError as error:
            raise Unable(f"{path} was not made: {error.strerror}. Is there room on the disk?") from None
    click.echo(f"{path} has {found} messages. It names children: keep it as you keep the database.")


def _write(store: Store, part: Path) -> int:
    """How many."""
    from rollbook_feed import canonical
    from rollbook_receiver import messages

    found = 0
    with store.reading() as connection, part.open("w", encoding="utf-8", newline="\n") as file:
        length = messages.revisions(connection)
        with click.progressbar(messages.every(connection), length, label="Messages", file=sys.stderr) as each:
            for held in each:
                file.write(canonical(_row(held)) + "\n")
                found += 1
    return found


def _row(held: Held) -> dict[str, Any]:
    from rollbook_feed import FEED_VERSION

    key = vars(held.key) | {"pupil": str(held.key.pupil)}
    message = {"feed_version": FEED_VERSION, "key": key, "revision": held.revision, "action": held.action}
    return held.status() | {"message": message | {"content": held.content}}
