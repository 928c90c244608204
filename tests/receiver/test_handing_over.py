"""`rollbook-receiver messages export`: every revision in the feed's form, for another system."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rollbook_feed import digest, example, problems
from rollbook_receiver import audit, clients, messages
from rollbook_receiver.start import main
from support.receiver_app import Door, door
from support.receiver_messages import SURNAME, envelope


def export(opened: Door, path: Path) -> Result:
    place = str(opened.store.engine.url.database)
    return CliRunner().invoke(main, ["messages", "export", str(path), "--by", "R. Officer", "--database", place])


def test_every_revision_is_handed_over_with_what_became_of_it(tmp_path: Path) -> None:
    judged = example("penalty_notice_request")
    told = [envelope(), envelope("amend", 2), envelope("withdraw", 3), judged]
    with door(tmp_path) as opened:
        answers = [opened.send(message, key=f"k{number}").json() for number, message in enumerate(told)]
        ended = export(opened, tmp_path / "all.jsonl")
        with opened.store.reading() as connection:
            newest, *_ = audit.entries(connection)
    rows = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()]
    assert [row.pop("message") for row in rows] == told
    assert rows == [answer | {"reasons": []} for answer in answers]
    assert [problems(message) for message in told] == [[]] * 4
    assert [row["digest"] for row in rows] == [digest(message["content"]) for message in told]
    assert (newest.who, newest.what, newest.detail) == ("R. Officer", "handed every message over", "4 messages")
    assert (ended.exit_code, SURNAME in ended.output) == (0, False)


def test_the_file_is_its_owners_alone_and_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    with door(tmp_path) as opened:
        opened.send()
        assert export(opened, path).exit_code == 0
        before = path.read_bytes()
        again = export(opened, path)
    assert (again.exit_code, "nothing is overwritten" in again.output) == (4, True)
    assert path.read_bytes() == before
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_more_than_a_few_come_once_each_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "A_FEW", 2)
    with door(tmp_path) as opened:
        with opened.store.writing() as connection:
            [client] = clients.everyone(connection)
            for pupil in range(5):
                messages.take(connection, client, envelope(pupil=pupil), str(pupil), opened.clock())
        export(opened, tmp_path / "all.jsonl")
    rows = [json.loads(line)["message"] for line in (tmp_path / "all.jsonl").read_text("utf-8").splitlines()]
    assert [row["key"]["pupil"] for row in rows] == [str(pupil) for pupil in range(5)]
