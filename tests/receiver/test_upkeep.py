"""What whoever runs the receiver does: backups, deletion of what is over its time, and the log of who did what."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from rollbook_receiver import audit, clients, judging, messages, moments, retention
from rollbook_receiver.app import Access
from rollbook_receiver.start import main
from rollbook_receiver.store import Store
from rollbook_receiver.tables import HEAD, answers, purges
from support.host_postgres import postgres_url
from support.receiver import add_client, store_in
from support.receiver_app import door
from support.receiver_messages import FORENAME, OTHER_SCHOOL, SCHOOL, SURNAME, UPN, envelope

NOW = moments.now()  # the commands read the clock
AGES = timedelta(days=3000)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A case of two revisions that came long ago, one that was amended just now, and one of today."""
    store = store_in(tmp_path)
    fill(store)
    store.close()
    return tmp_path / "received.db"


def fill(store: Store) -> None:
    add_client(store, "Northwick Trust")
    with store.writing() as connection:
        [client] = clients.everyone(connection)
        for pupil, revision, at in (
            (1, 1, NOW - AGES),
            (1, 2, NOW - AGES),
            (2, 1, NOW - AGES),
            (2, 2, NOW),
            (3, 1, NOW),
        ):
            message = envelope("amend" if revision > 1 else "send", revision, pupil=pupil)
            messages.take(connection, client, message, f"{pupil}-{revision}", at)


def pupils(store: Store) -> set[int]:
    with store.reading() as connection:
        return {held.key.pupil for held in messages.states(connection)}


def test_a_backup_is_a_whole_copy_for_its_owner_alone(database: Path, tmp_path: Path) -> None:
    said = run("backup", tmp_path / "copy.db", "--database", database)
    assert said.exit_code == 0
    assert f"of form {HEAD}, with 5 messages" in said.output
    assert {path.name for path in tmp_path.iterdir() if "copy" in path.name} == {"copy.db"}
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    copy = Store(tmp_path / "copy.db")
    assert pupils(copy) == {1, 2, 3}
    copy.close()


def test_a_backup_is_made_while_a_message_is_being_kept(database: Path, tmp_path: Path) -> None:
    store = Store(database)
    with store.writing() as connection:
        connection.execute(text("DELETE FROM answers"))
        assert run("backup", tmp_path / "copy.db", "--database", database).exit_code == 0
    store.close()
    copy = Store(tmp_path / "copy.db")
    with copy.reading() as connection:
        assert len(connection.execute(select(answers)).all()) == 5  # as it was before that
    copy.close()


def test_a_backup_overwrites_nothing(database: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("last week's")
    said = run("backup", tmp_path / "copy.db", "--database", database)
    assert said.exit_code == 4
    assert "nothing is overwritten" in said.output
    assert (tmp_path / "copy.db").read_text() == "last week's"


def test_a_backup_before_an_upgrade_is_of_the_form_that_was_there(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as direct:
        direct.executescript("UPDATE alembic_version SET version_num = '0001'; DROP TABLE news;")
    before = database.read_bytes()
    assert "of form 0001" in run("backup", tmp_path / "copy.db", "--database", database).output
    assert database.read_bytes() == before


@pytest.mark.parametrize("held", [None, b"", b"These are notes. " * 200])
def test_what_is_no_database_of_the_receivers_is_not_called_a_backup(tmp_path: Path, held: bytes | None) -> None:
    if held is not None:
        (tmp_path / "notes.db").write_bytes(held)
    there = list(tmp_path.iterdir())
    ended = run("backup", tmp_path / "copy.db", "--database", tmp_path / "notes.db")
    assert (ended.exit_code, "database" in ended.output) == (4, True)
    assert list(tmp_path.iterdir()) == there


def test_a_damaged_database_is_not_called_a_backup(database: Path, tmp_path: Path) -> None:
    store = Store(database)
    with store.writing() as connection:
        index = connection.execute(
            text("SELECT rootpage FROM sqlite_master WHERE name = 'messages_newest'")
        ).scalar_one()
    store.close()
    with database.open("rb+") as file:
        file.seek((index - 1) * 4096 + 4000)
        file.write(b"\0" * 96)
    said = run("backup", tmp_path / "copy.db", "--database", database)
    assert said.exit_code == 4
    assert not list(tmp_path.glob("copy*"))


def test_what_is_over_its_time_is_only_counted_unless_told_otherwise(database: Path) -> None:
    said = run("purge", "--database", database)
    assert f"attendance_return  school {SCHOOL}  1 records, 2 revisions" in said.output
    assert "would be deleted" in said.output
    store = Store(database)
    assert pupils(store) == {1, 2, 3}
    store.close()


def test_what_is_over_its_time_is_deleted_but_for_how_many(database: Path, tmp_path: Path) -> None:
    assert run("purge", "--delete", "--by", "R. Officer", "--database", database).exit_code == 0
    store = Store(database)
    assert pupils(store) == {2, 3}
    with store.reading() as connection:
        [left] = connection.execute(select(purges)).all()
        assert (left.who, left.kind, left.school, left.records, left.revisions) == (
            "R. Officer",
            "attendance_return",
            SCHOOL,
            1,
            2,
        )
        assert {row.idempotency_key for row in connection.execute(select(answers))} == {"2-1", "2-2", "3-1"}
    store.close()
    assert "nothing" not in run("purge", "--database", database).output
    assert run("purge", "--database", database).output.startswith("0 records")


def test_deleted_names_are_nowhere_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "received.db"
    store = Store(path)
    add_client(store, "Northwick Trust")
    with store.writing() as connection:
        [client] = clients.everyone(connection)
        messages.take(connection, client, envelope(), "k", NOW - AGES)
    store.close()
    assert SURNAME.encode() in path.read_bytes()
    run("purge", "--delete", "--by", "R. Officer", "--database", path)
    kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert [word for word in (SURNAME, FORENAME, UPN) if word.encode() in kept] == []


def test_less_is_kept_only_where_the_authority_chose_so(database: Path) -> None:
    said = run("purge", "--older-than", "100", "--database", database)
    assert said.exit_code == 4
    assert "keep_days is 2192" in said.output
    assert run("settings", "set", "keep_days", "30", "--by", "R. Officer", "--database", database).exit_code == 0
    assert "1 records" in run("purge", "--older-than", "100", "--database", database).output


def test_nobody_deletes_without_a_name(database: Path) -> None:
    assert run("purge", "--delete", "--database", database).exit_code == 2


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "kept.db" if request.param == "sqlite" else postgres_url(request, tmp_path))
    yield opened
    opened.close()


def test_a_record_that_waits_for_an_officer_stays(store: Store) -> None:
    fill(store)
    with store.writing() as connection:
        [waits] = [held for held in messages.states(connection) if held.key.pupil == 1]
        before = NOW - timedelta(days=2000)
        assert [one.records for one in retention.over(connection, before, NOW)] == [1]
        judging.on_arrival(connection, waits.id, "support_referral", "send", ["support_referral"], NOW)
        assert retention.over(connection, before, NOW) == []
        assert retention.purge(connection, NOW + timedelta(days=1), "R. Officer", NOW)[0].records == 2
    assert pupils(store) == {1}


def test_an_officers_look_at_a_pupil_is_an_entry_without_a_name(tmp_path: Path) -> None:
    with door(tmp_path, Access(loopback=False, password="a long password")) as opened:
        reference = opened.send().json()["reference"]
        opened.http.get("/", auth=("officer", "wrong"))
        opened.http.get("/", auth=("officer", "a long password"))
        opened.http.get(f"/messages/{reference}", auth=("officer", "a long password"))
        with opened.store.reading() as connection:
            looks = audit.entries(connection)
    assert [row.what for row in looks] == ["looked at a message", "looked at the list"]
    assert {(row.who, row.about, row.school) for row in looks} == {("officer", reference, SCHOOL)}
    assert [word for word in (SURNAME, FORENAME, UPN) if word in str(looks)] == []


def test_who_looked_at_a_message_is_found_by_it_among_all_that_a_page_showed(tmp_path: Path) -> None:
    with door(tmp_path) as opened:
        told = [opened.send(envelope(pupil=pupil), key=f"k{pupil}").json()["reference"] for pupil in (1, 2, 3)]
        for page in ("/", "/matches", "/?kind=deletion_return"):
            opened.http.get(page)
        place = str(opened.store.engine.url.database)
        rows = json.loads(run("audit", "--about", told[1], "--format", "json", "--database", place).output)
        with opened.store.reading() as connection:
            newest, *_ = audit.entries(connection)
    assert "looked at the list" in [row["what"] for row in rows]
    assert {row["about"] for row in rows} == {told[1]}
    assert (newest.about, newest.detail) == (None, "nobody")  # of that kind there was nothing


def test_what_a_look_shows_is_cut_where_the_log_has_no_room(tmp_path: Path) -> None:
    with door(tmp_path) as opened, opened.store.writing() as connection:
        audit.looked(connection, "o", "looked", NOW, [audit.Look("ABCD", SCHOOL, "9" * 1000)])
        assert [len(row.detail) for row in audit.entries(connection)] == [500]


def test_a_day_in_another_form_is_refused_with_the_right_one(database: Path) -> None:
    said = run("audit", "--since", "22/11/2026", "--database", database)
    assert (said.exit_code, "written as 2026-11-22" in said.output) == (2, True)


def test_the_log_says_who_was_let_in_and_shut_out(tmp_path: Path) -> None:
    store_in(tmp_path).close()
    path = tmp_path / "received.db"
    made = json.loads(
        run("clients", "add", "A", "--school", OTHER_SCHOOL, "--format", "json", "--database", path).output
    )
    run("clients", "revoke", made["client_id"], "--database", path)
    rows = json.loads(run("audit", "--format", "json", "--database", path).output)
    assert [row["what"] for row in rows] == ["shut a client out", "let a client in"]
    assert {row["about"] for row in rows} == {made["client_id"]}
    assert made["client_secret"] not in str(rows)
    assert "let a client in" in run("audit", "--about", made["client_id"], "--database", path).output
    assert "let a client in" not in run("audit", "--since", "2999-01-01", "--database", path).output
