"""The state: made on first use, brought to the newest form, refused when it is from the future, or damaged."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from rollbook.contract.errors import FixSettings
from rollbook.host.store import dated
from rollbook.host.store.database import FILE, HEAD, Database, metadata, open_database
from rollbook.host.store.people import notices
from rollbook.host.store.runs import installation, runs
from support.host_postgres import postgres_url

NIGHT = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path):
    url = None if request.param == "sqlite" else postgres_url(request, tmp_path)
    opened = open_database(tmp_path / "state", url)
    yield opened
    opened.close()


def test_the_migrations_lead_to_the_tables_of_the_program(database: Database) -> None:
    with database.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_an_installation_has_one_key_for_ever(tmp_path: Path) -> None:
    keys = set()
    for _ in range(2):
        database = open_database(tmp_path)
        with database.read() as conn:
            keys |= {row.key for row in conn.execute(sa.select(installation))}
        database.close()
    assert len(keys) == 1
    assert len(keys.pop()) == 32


def test_a_state_of_a_newer_program_is_refused(database: Database, tmp_path: Path) -> None:
    with database.write() as conn:
        conn.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    url = database.engine.url.render_as_string(hide_password=False)
    with pytest.raises(FixSettings, match=f"newer Rollbook.*9999.*{HEAD}"):
        open_database(tmp_path / "state", url)


def test_a_file_that_is_no_database_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this was a database once" * 100)
    with pytest.raises(FixSettings, match="damaged: restore"):
        open_database(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FixSettings, match="cannot be made"):
        open_database(tmp_path / "file" / "state")


def test_what_fails_half_way_leaves_nothing(database: Database) -> None:
    def half_way() -> None:
        with database.write() as conn:
            conn.execute(runs.insert(), {"started": NIGHT, "as_at": NIGHT.date(), "program": "1"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_way()
    with database.read() as conn:
        assert conn.execute(sa.select(runs)).all() == []


def test_a_moment_comes_back_as_it_went(database: Database) -> None:
    with database.write() as conn:
        conn.execute(runs.insert(), {"started": NIGHT, "as_at": NIGHT.date(), "program": "1"})
    with database.read() as conn:
        assert conn.execute(sa.select(runs.c.started)).scalar_one() == NIGHT


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="without a time zone"), database.write() as conn:
        conn.execute(runs.insert(), {"started": NIGHT.replace(tzinfo=None), "as_at": NIGHT.date(), "program": "1"})


def test_two_writers_wait_for_each_other(database: Database) -> None:
    with database.write() as conn:
        conn.execute(runs.insert(), {"started": NIGHT, "as_at": NIGHT.date(), "program": "0"})

    def count_up() -> None:
        for _ in range(10):
            with database.write() as conn:
                value = conn.execute(sa.select(runs.c.program).with_for_update()).scalar_one()
                conn.execute(runs.update().values(program=str(int(value) + 1)))

    threads = [threading.Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as conn:
        assert conn.execute(sa.select(runs.c.program)).scalar_one() == "30"


def notice_table(*rows: tuple[int, str, str | None]) -> pl.DataFrame:
    schema = {"pupil": pl.Int64, "parent": pl.String, "outcome": pl.String}
    notices = pl.DataFrame(rows, schema=schema, orient="row")
    return notices.with_columns(issued=NIGHT.date(), kind=pl.lit(None, pl.String), ends=pl.lit(None, pl.Date))


def test_what_replaces_a_row_closes_it(database: Database) -> None:
    later = NIGHT + timedelta(days=1)
    with database.write() as conn:
        dated.replace(conn, notices, 100001, notice_table((1, "mother", None), (2, "father", "paid")), NIGHT)
        began, closed = dated.replace(
            conn, notices, 100001, notice_table((1, "mother", "unpaid"), (2, "father", "paid")), later
        )
    assert (began, closed) == (1, 1)
    with database.read() as conn:
        now = dated.standing(conn, notices, 100001).sort("pupil")["outcome"].to_list()
        before = dated.standing(conn, notices, 100001, NIGHT).sort("pupil")["outcome"].to_list()
    assert (now, before) == (["unpaid", "paid"], [None, "paid"])


def test_the_same_rows_again_change_nothing(database: Database) -> None:
    rows = notice_table((1, "mother", None), (2, "father", "paid"))
    with database.write() as conn:
        dated.replace(conn, notices, 100001, rows, NIGHT)
        assert dated.replace(conn, notices, 100001, rows, NIGHT + timedelta(days=1)) == (0, 0)


def test_another_schools_rows_are_left_alone(database: Database) -> None:
    with database.write() as conn:
        dated.replace(conn, notices, 100001, notice_table((1, "mother", None)), NIGHT)
        dated.replace(conn, notices, 100002, notice_table(), NIGHT)
    with database.read() as conn:
        assert dated.standing(conn, notices, 100001).height == 1
