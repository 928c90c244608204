"""The mode that checks a sender: its database, its page, and replies that are lost on a real connection."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from starlette.applications import Starlette

from rollbook_receiver.conformance.of_sender import journal
from rollbook_receiver.conformance.of_sender.journal import Note, NotForChecks
from rollbook_receiver.conformance.of_sender.mode import Mode, may_serve, put_round
from rollbook_receiver.start import main
from support.feed_sender import Sender, message
from support.receiver import NOW, running_receiver, store_in
from support.receiver_app import door
from support.sender_checked import checking


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_database_with_messages_is_refused(tmp_path: Path) -> None:
    with door(tmp_path) as real:
        real.send()
        with pytest.raises(NotForChecks, match="a database of its own"):
            may_serve(real.store, conformance=True)
        may_serve(real.store, conformance=False)


def test_a_database_of_checks_is_never_a_real_one(tmp_path: Path) -> None:
    database = tmp_path / "check.db"
    with checking(tmp_path) as check, pytest.raises(NotForChecks, match="--conformance"):
        may_serve(check.store, conformance=False)
    ended = run("serve", "--database", database, "--port", 0)
    assert (ended.exit_code, "for checks of senders" in ended.output) == (4, True)


def test_a_real_database_has_no_result(tmp_path: Path) -> None:
    store_in(tmp_path).close()
    ended = run("conformance", "sender", "--database", tmp_path / "received.db")
    assert (ended.exit_code, "serve --conformance" in ended.output) == (4, True)


def test_what_was_seen_is_written_to_a_file(tmp_path: Path) -> None:
    with checking(tmp_path) as check, check.store.writing() as connection:
        journal.keep(connection, [Note("F-9", "in form", False, "/content: wrong", "request 3")], NOW)
    ended = run("conformance", "sender", "--database", tmp_path / "check.db", "--result", tmp_path / "sender.json")
    assert ended.exit_code == 1
    made = json.loads((tmp_path / "sender.json").read_text())
    assert made["totals"] == {"met": 0, "broken": 1, "not answered": 0, "not seen": 16, "beyond": 0}
    assert "/content: wrong (request 3)" in ended.output
    assert run("conformance", "verify", tmp_path / "sender.json").exit_code == 0


def test_the_page_says_that_it_is_a_test(tmp_path: Path) -> None:
    with checking(tmp_path) as check:
        page = check.anew().http.get("/conformance", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "This is a test." in page.text
    assert page.text.count('scope="row"') == 17
    assert "<script" not in page.text


def test_the_page_is_closed_where_the_others_are(tmp_path: Path) -> None:
    with checking(tmp_path) as check:
        assert check.anew().http.get("/conformance", headers={"Host": "elsewhere.example"}).status_code == 403


def test_a_mistake_is_noted_so_often_and_no_oftener(tmp_path: Path) -> None:
    with checking(tmp_path) as check, check.store.writing() as connection:
        for number in range(50):
            journal.keep(connection, [Note("F-9", "in form", False, "wrong", f"request {number}")], NOW)
            journal.keep(connection, [Note("F-9", "in form", True)], NOW)
        assert len(journal.notes(connection)) == journal.MOST + 1


def test_on_a_real_connection_the_reply_is_lost_and_the_message_kept(tmp_path: Path) -> None:
    with running_receiver(tmp_path, within=put_mode) as receiver, httpx.Client(base_url=f"{receiver.url}/") as http:
        sender = Sender(http, (receiver.client_id, receiver.client_secret), lambda _: None)
        assert sender.post("first", message(1)).status_code == 201
        with pytest.raises(httpx.TransportError):
            sender.post("second", message(2))
        assert sender.look_up(message(2)).json()["revision"] == 1
        [told] = [row for row in http.get("/conformance").json()["clauses"] if row["clause"] == "F-19"]
    assert "To be judged: send four new messages or more" in told["came"]  # the other part was seen


def put_mode(app: Starlette) -> Mode:
    may_serve(app.state.store, conformance=True)
    return put_round(app)
