"""The receiver's database: made on first use, taken up from an earlier form, refused from a later one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner, Result

from rollbook_receiver import clients, judging, messages
from rollbook_receiver.options import VARIABLE
from rollbook_receiver.start import main
from rollbook_receiver.store import CannotOpen, Store
from rollbook_receiver.tables import HEAD, metadata
from support.host_postgres import postgres_url
from support.receiver import NOW, add_client
from support.receiver_messages import envelope

BEFORE_STEPS = """
CREATE TABLE form (form INTEGER NOT NULL, PRIMARY KEY (form));
CREATE TABLE clients (
    client VARCHAR(40) NOT NULL, name VARCHAR(200) NOT NULL, secret VARCHAR(200) NOT NULL,
    every_school BOOLEAN NOT NULL, made_at VARCHAR(32) NOT NULL, revoked_at VARCHAR(32), PRIMARY KEY (client));
CREATE TABLE client_schools (
    client VARCHAR(40) NOT NULL, school INTEGER NOT NULL, PRIMARY KEY (client, school),
    FOREIGN KEY(client) REFERENCES clients (client));
CREATE TABLE tokens (
    token VARCHAR(64) NOT NULL, client VARCHAR(40) NOT NULL, ends_at VARCHAR(32) NOT NULL, PRIMARY KEY (token),
    FOREIGN KEY(client) REFERENCES clients (client));
CREATE TABLE messages (
    id INTEGER NOT NULL, reference VARCHAR(20) NOT NULL, client VARCHAR(40) NOT NULL, kind VARCHAR(40) NOT NULL,
    school INTEGER NOT NULL, pupil BIGINT NOT NULL, episode INTEGER NOT NULL, revision INTEGER NOT NULL,
    "action" VARCHAR(10) NOT NULL, content TEXT NOT NULL, digest VARCHAR(64) NOT NULL,
    received_at VARCHAR(32) NOT NULL, newest BOOLEAN NOT NULL, PRIMARY KEY (id),
    UNIQUE (kind, school, pupil, episode, revision), UNIQUE (reference),
    FOREIGN KEY(client) REFERENCES clients (client));
CREATE INDEX messages_newest ON messages (newest, id);
CREATE TABLE answers (
    client VARCHAR(40) NOT NULL, idempotency_key VARCHAR(255) NOT NULL, body VARCHAR(64) NOT NULL,
    message INTEGER NOT NULL, PRIMARY KEY (client, idempotency_key),
    FOREIGN KEY(client) REFERENCES clients (client), FOREIGN KEY(message) REFERENCES messages (id));
INSERT INTO form VALUES (1);
INSERT INTO clients VALUES ('c-1', 'Northwick Trust', 'x', 1, '2026-10-01T00:00:00.000000Z', NULL);
INSERT INTO messages VALUES (
    7, 'AAAA-BBBB-CCCC', 'c-1', 'attendance_return', 100001, 5, 1, 1, 'send', '{}', 'd',
    '2026-10-01T00:00:00.000000Z', 1);
INSERT INTO answers VALUES ('c-1', 'k', 'b', 7);
"""

WITH_OUTCOMES = """
INSERT INTO clients VALUES ('c-1', 'Northwick Trust', 'x', 1, '2026-10-01T00:00:00.000000Z', NULL);
INSERT INTO messages VALUES (
    7, 'AAAA-BBBB-CCCC', 'c-1', 'support_referral', 100001, 5, 1, 1, 'send', '{}', 'd',
    '2026-10-01T00:00:00.000000Z', 1);
INSERT INTO answers VALUES ('c-1', 'k', 'b', 7);
INSERT INTO outcomes VALUES (7, 'pending', '[]');
INSERT INTO judgements VALUES (1, 7, 'pending', '[]', '2026-10-01T00:00:00.000000Z', 'the receiver')
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "received.db" if request.param == "sqlite" else postgres_url(request, tmp_path))
    yield opened
    opened.close()


def run(*words: str | Path, **variables: str) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], env=variables)


def earlier(folder: Path) -> Path:
    """A database from before its form came in steps, with one message."""
    path = folder / "received.db"
    with sqlite3.connect(path) as direct:
        direct.executescript(BEFORE_STEPS)
    direct.close()
    return path


def test_the_steps_lead_to_the_tables_of_the_program(store: Store) -> None:
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_step_is_the_one_that_the_program_knows() -> None:
    config = Config()
    config.set_main_option("script_location", "rollbook_receiver:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_message_is_kept_and_found_on_either_database(store: Store) -> None:
    add_client(store, "Northwick Trust", [100001])
    with store.writing() as connection:
        [client] = clients.everyone(connection)
        first = messages.take(connection, client, envelope(), "k1", NOW)
        second = messages.take(connection, client, envelope("withdraw", 2), "k2", NOW)
        assert messages.take(connection, client, envelope(), "k1", NOW).reference == first.reference
    with store.reading() as connection:
        assert [held.revision for held in messages.history(connection, first.key)] == [2, 1]
        assert messages.states(connection) == [second]


@pytest.mark.postgres
def test_what_only_reads_may_not_write(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store = Store(postgres_url(request, tmp_path))
    with pytest.raises(sa.exc.DBAPIError), store.reading() as connection:
        connection.execute(sa.text("DELETE FROM clients"))
    store.close()


def test_a_database_of_the_earlier_form_is_taken_up_with_all_that_is_in_it(tmp_path: Path) -> None:
    store = Store(earlier(tmp_path))
    assert store.brought_from == "0000"
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert [held.reference for held in messages.states(connection)] == ["AAAA-BBBB-CCCC"]
    store.close()


def test_it_is_said_once_that_the_form_is_a_newer_one(tmp_path: Path) -> None:
    path = earlier(tmp_path)
    assert f"from form 0000 to form {HEAD}" in run("upgrade", "--database", path).output
    assert "nothing to do" in run("upgrade", "--database", path).output
    assert "form" not in run("clients", "--database", path).output


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = earlier(tmp_path)
    monkeypatch.setattr("rollbook_receiver.migrations.upgrade", half_way)
    with pytest.raises(RuntimeError):
        Store(path)
    monkeypatch.undo()
    with sqlite3.connect(path) as direct:
        assert direct.execute("SELECT form FROM form").fetchall() == [(1,)]
    direct.close()


def half_way(connection: sa.Connection) -> None:
    connection.execute(sa.text("DROP TABLE form"))
    raise RuntimeError


def test_a_database_of_a_later_form_is_refused(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    place = store.engine.url.render_as_string(hide_password=False) if not store.on_sqlite else Path(store.place)
    with pytest.raises(CannotOpen, match=r"has form 9999; .* update it"):
        Store(place)


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    place = "postgresql://officer:hunter2secret@127.0.0.1:9/received"
    ended = run("upgrade", ROLLBOOK_RECEIVER_DATABASE=place)
    assert ended.exit_code == 4
    assert "cannot be used: " in ended.output
    assert "hunter2" not in ended.output


@pytest.mark.parametrize("url", ["postgresql://officer:hunter2secret@db/received", "postgresql:///x?password=hunter2"])
def test_a_password_among_the_words_of_a_command_is_refused(url: str) -> None:
    ended = run("upgrade", "--database", url)
    assert ended.exit_code == 2
    assert VARIABLE in ended.output
    assert "hunter2" not in ended.output


def test_what_refers_to_a_table_that_is_made_anew_stays(tmp_path: Path) -> None:
    path = tmp_path / "received.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "rollbook_receiver:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        for statement in WITH_OUTCOMES.split(";"):
            connection.execute(sa.text(statement))
    engine.dispose()
    store = Store(path)
    with store.reading() as connection:
        [held] = messages.states(connection)
        assert (held.outcome, len(judging.history(connection, held.id))) == ("pending", 1)
        assert connection.execute(sa.text("SELECT message FROM answers")).scalar_one() == held.id == 7
        assert connection.execute(sa.text("PRAGMA foreign_keys")).scalar_one() == 1
    store.close()


def test_no_number_is_used_again(store: Store) -> None:
    add_client(store, "Northwick Trust", [100001])
    numbers = []
    for name in ("k1", "k2"):
        with store.writing() as connection:
            [client] = clients.everyone(connection)
            numbers.append(messages.take(connection, client, envelope(), name, NOW).id)
            connection.execute(sa.text("DELETE FROM answers"))
            connection.execute(sa.text("DELETE FROM messages"))
    assert numbers[1] > numbers[0]
