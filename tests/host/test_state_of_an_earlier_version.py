"""A state that an earlier Rollbook made is brought to this form, and nothing in it is lost or taken for more."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from rollbook.host import given
from rollbook.host.store import dated
from rollbook.host.store.database import FILE, open_database
from rollbook.host.store.people import notices
from rollbook.tables.schemas import Table

NIGHT, LATER = datetime(2026, 11, 9, 2, 0, tzinfo=UTC), datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
OAKS, ELMS = 100001, 100002


def as_of(folder: Path, revision: str) -> sa.Engine:
    """A state as that revision had it."""
    folder.mkdir()
    engine = sa.create_engine(f"sqlite:///{folder / FILE}")
    config = Config()
    config.set_main_option("script_location", "rollbook.host:migrations")
    config.set_main_option("path_separator", "os")
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, revision)
    return engine


def test_a_table_that_had_rows_was_given_since_the_first_of_them(tmp_path: Path) -> None:
    engine = as_of(tmp_path / "state", "0002")
    row = "INSERT INTO notices (school, pupil, parent, issued, known_from) VALUES (:s, 1, :p, '2026-09-10', :t)"
    with engine.begin() as conn:
        for parent, moment in (("mother", LATER), ("father", NIGHT)):
            conn.execute(sa.text(row), {"s": OAKS, "p": parent, "t": moment.replace(tzinfo=None)})
        checkpoint = (
            "INSERT INTO checkpoints (connection, school, \"table\", checkpoint, at) VALUES ('c1', :s, :t, '{}', :a)"
        )
        for school in (OAKS, ELMS):
            conn.execute(sa.text(checkpoint), {"s": school, "t": "notices", "a": LATER.replace(tzinfo=None)})
    engine.dispose()
    database = open_database(tmp_path / "state")
    with database.read() as conn:
        assert dated.standing(conn, notices, OAKS).select("parent", "kind", "ends").rows() == [
            ("mother", None, None),
            ("father", None, None),
        ]
        assert given.tables_given(conn, OAKS, None) == given.tables_given(conn, OAKS, NIGHT) == {Table.NOTICES}
        assert given.tables_given(conn, ELMS, None) == set()
    database.close()
