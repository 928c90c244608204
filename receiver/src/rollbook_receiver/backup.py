"""A copy of a SQLite database, made while the receiver runs, and read through before it is called one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from rollbook_receiver.new_file import NotMade, new_file


class NoBackup(NotMade):
    """No copy was made."""


def back_up(source: Path, target: Path) -> tuple[int, str]:
    """Copy `source` to the new file `target`, for its owner alone: how many messages are in it, and which form it has.

    The copy is of one moment; nobody waits for it, and `source` is not changed, whatever form it has. It has its name
    once it is whole, verified and on disk.
    Raises NotMade.
    """
    if not source.exists():
        raise NoBackup(f"There is no receiver's database at {source}: is it the right place?")
    try:
        with new_file(target) as part:
            return _copied(source, part)
    except (sqlite3.OperationalError, OSError) as error:
        raise NoBackup(f"No backup was made: {error}. Is there room on the disk?") from None
    except sqlite3.DatabaseError as error:
        raise NoBackup(f"{source} is no database, or is damaged (SQLite says: {error}).") from None


def _copied(source: Path, part: Path) -> tuple[int, str]:
    with closing(sqlite3.connect(source)) as held, closing(sqlite3.connect(part)) as copy:
        held.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        said = [row[0] for row in copy.execute("PRAGMA integrity_check")]
        broken = copy.execute("PRAGMA foreign_key_check").fetchone()
        if said != ["ok"] or broken is not None:
            raise NoBackup(f"{source} is damaged (SQLite says: {said[0]}): restore an earlier backup.")
        tables = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"messages", "alembic_version"} <= tables:
            raise NoBackup(f"{source} is not the receiver's database, or is of a form from before there were backups.")
        form = copy.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        return int(copy.execute("SELECT count(*) FROM messages").fetchone()[0]), str(form)
