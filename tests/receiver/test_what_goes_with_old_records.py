"""What a purge deletes beside messages: who pupils are, people, the regular feed, news; and what it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from rollbook_feed import example
from rollbook_receiver import bringing, clients, matching, messages, moments, news, regular, retention, settings, tables
from rollbook_receiver.retention import Over
from rollbook_receiver.start import main
from rollbook_receiver.store import Store
from support.host_postgres import postgres_url
from support.receiver import add_client, store_in
from support.receiver_messages import OTHER_SCHOOL, SCHOOL, content, envelope

NOW = moments.now()  # the commands read the clock
AGES, LATELY = NOW - timedelta(days=3000), NOW - timedelta(days=10)
BEFORE = NOW - timedelta(days=2192)
ZEB = {"reference": "A-1", "upn": "", "surname": "Quillfeather", "forename": "Zebulon", "dob": "2017-03-09"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = store_in(tmp_path)
    add_client(opened, "Northwick Trust")
    yield opened
    opened.close()


def tell(store: Store, at: datetime, school: int = SCHOOL, episode: int = 1, action: str = "send") -> None:
    """A school tells of pupil 1, and the receiver finds who it is."""
    said = content() if action == "send" else {"reason": "the marks were corrected"}
    if action == "send":
        said["school"]["urn"] = school
    revision = 1 if action == "send" else 2
    message = envelope(action, revision, school=school, pupil=1, episode=episode, said=said)
    with store.writing() as connection:
        [client] = clients.everyone(connection)
        messages.take(connection, client, message, f"{school}-{episode}-{revision}", at)
        matching.catch_up(connection, at)


def purge(store: Store) -> list[Over]:
    with store.writing() as connection:
        counted = retention.over(connection, BEFORE, NOW)
        found = retention.purge(connection, BEFORE, "R. Officer", NOW)
    assert counted == found  # what is counted is what is deleted
    return found


def rows(store: Store, table: str) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(tables.metadata.tables[table])).scalar_one()


def deletes(store: Store) -> None:
    tell(store, AGES)
    assert purge(store) == [
        Over("attendance_return", SCHOOL, 1, 1),
        Over("who a pupil is", SCHOOL, 1, 1),
        Over("person", None, 1, 1),
    ]
    assert [rows(store, name) for name in ("messages", "registrations", "matchings", "people")] == [0, 0, 0, 0]
    assert rows(store, "purges") == 3


def test_who_a_pupil_is_goes_with_the_last_message_that_named_them(store: Store) -> None:
    deletes(store)


@pytest.mark.postgres
def test_it_does_so_on_postgresql(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store = Store(postgres_url(request, tmp_path))
    add_client(store, "Northwick Trust")
    deletes(store)
    store.close()


def test_it_stays_while_another_message_names_them(store: Store, tmp_path: Path) -> None:
    tell(store, AGES)
    tell(store, LATELY, episode=2)
    assert purge(store) == [Over("attendance_return", SCHOOL, 1, 1)]
    words = ("matches", "show", "--school", str(SCHOOL), "--pupil", "1", "--database", str(tmp_path / "received.db"))
    shown = CliRunner().invoke(main, words)
    assert (shown.exit_code, "matched" in shown.output) == (0, True)


def test_a_withdrawal_names_nobody(store: Store) -> None:
    tell(store, AGES)
    tell(store, LATELY, episode=2, action="withdraw")
    assert Over("who a pupil is", SCHOOL, 1, 1) in purge(store)


def test_a_person_stays_while_they_are_another_schools_pupil(store: Store) -> None:
    tell(store, AGES)
    tell(store, LATELY, OTHER_SCHOOL)
    purge(store)
    assert (rows(store, "people"), rows(store, "registrations")) == (1, 1)


@pytest.mark.parametrize(("again", "people"), [(AGES, 0), (LATELY, 1)])
def test_a_person_of_the_list_goes_when_no_list_had_them_since(store: Store, again: datetime, people: int) -> None:
    for at in (AGES, again):
        with store.writing() as connection:
            bringing.bring(connection, [dict.fromkeys(bringing.COLUMNS, "") | ZEB], at)
    assert purge(store) == ([] if people else [Over("person", None, 1, 1)])
    assert rows(store, "people") == people


def test_what_is_told_of_a_pupil_who_is_no_longer_known_is_said(store: Store, tmp_path: Path) -> None:
    tell(store, AGES)
    with store.writing() as connection:
        connection.execute(tables.answers.delete())
        connection.execute(tables.messages.delete())
    words = ("matches", "show", "--school", str(SCHOOL), "--pupil", "1", "--database", str(tmp_path / "received.db"))
    shown = CliRunner().invoke(main, words)
    assert (shown.exit_code, "no longer kept" in shown.output) == (4, True)


def test_a_day_of_the_regular_feed_goes_whole_when_its_last_revision_is_old(store: Store) -> None:
    with store.writing() as connection:
        [client] = clients.everyone(connection)
        settings.choose(connection, "sessions", [str(SCHOOL)], "R. Officer", NOW)
        for kind, day, revision, at in (
            ("sessions", "2026-11-20", 1, AGES),
            ("day", "2026-11-19", 1, AGES),
            ("day", "2026-11-19", 2, LATELY),
            ("day", "2026-11-20", 1, AGES),
            ("day", "2026-11-20", 2, AGES),
        ):
            body = example(kind) | {"date": day, "revision": revision}
            regular.take(connection, client, kind, SCHOOL, day, body, at)
    assert purge(store) == [Over("day", SCHOOL, 1, 2), Over("sessions", SCHOOL, 1, 1)]
    assert rows(store, "regular") == 2


def said(store: Store, kind: str, name: str, at: datetime, **changes: Any) -> int:
    body: dict[str, Any] = example(kind)["content"]
    if "held" in body:
        body["held"] = {key: value for key, value in body["held"].items() if key != "last_day"}
    body.pop("reason", None)
    if "last_day" in changes:
        body["held"] |= changes
    with store.writing() as connection:
        told = news.tell(
            connection, kind, SCHOOL, name, {"reason": "it ended"} if changes.get("ended") else body, "R", at
        )
    return int(told["number"])


NEWS = [
    ("pupil_flags", {}, 1),
    ("pupil_flags", {"last_day": "2999-01-01"}, 1),
    ("pupil_flags", {"first_day": "1999-01-01", "last_day": "1999-12-31"}, 0),
    ("named_contacts", {}, 1),
    ("notice_outcome", {}, 0),
]


@pytest.mark.parametrize(("kind", "changes", "left"), NEWS)
def test_news_goes_when_it_is_old_and_no_longer_holds(
    store: Store, kind: str, changes: dict[str, str], left: int
) -> None:
    said(store, kind, "N-1", AGES, **changes)
    assert purge(store) == ([] if left else [Over(kind, SCHOOL, 1, 1)])
    assert rows(store, "news") == left


def test_the_number_of_deleted_news_is_not_used_again(store: Store) -> None:
    said(store, "pupil_flags", "N-1", AGES)
    said(store, "pupil_flags", "N-1", AGES, ended=True)
    assert purge(store) == [Over("pupil_flags", SCHOOL, 1, 2)]
    assert said(store, "pupil_flags", "N-2", NOW) == 3


def test_a_new_client_of_a_school_goes_on_where_the_old_one_was(store: Store) -> None:
    said(store, "pupil_flags", "N-1", AGES)
    said(store, "pupil_flags", "N-1", AGES, ended=True)
    said(store, "named_contacts", "N-2", AGES)
    purge(store)
    with store.writing() as connection:
        [old] = clients.everyone(connection)
        assert news.give(connection, old.client, SCHOOL, 0, NOW)["next"] == 3
        clients.revoke(connection, old.client, NOW)
        new, _ = clients.add(connection, "The same trust, with a new secret", [SCHOOL], NOW)
        assert news.give(connection, new, SCHOOL, 3, NOW) == {"items": [], "next": 3}
        assert news.lost(connection) == []


def test_the_log_says_how_much_of_what_was_deleted(store: Store, tmp_path: Path) -> None:
    tell(store, AGES)
    place = ("--database", str(tmp_path / "received.db"))
    done = CliRunner().invoke(main, ["purge", "--delete", "--by", "R. Officer", *place])
    assert "person  1 records, 1 revisions" in done.output
    logged = CliRunner().invoke(main, ["audit", "--most", "1", *place]).output
    assert "1 attendance_return, 1 person, 1 who a pupil is" in logged
