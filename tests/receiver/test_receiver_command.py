"""The command `rollbook-receiver`, as a person or the demo uses it."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rollbook_receiver.start import main
from rollbook_receiver.store import Store
from support.receiver import store_in


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def database(tmp_path: Path) -> Path:
    store_in(tmp_path).close()
    return tmp_path / "received.db"


def test_a_client_is_added_and_its_secret_shown_once(database: Path) -> None:
    added = run("clients", "add", "Northwick Trust", "--school", 100002, "--school", 100001, "--database", database)
    assert added.exit_code == 0
    secret = added.output.splitlines()[1].removeprefix("client secret: ")
    assert len(secret) > 40
    assert "schools 100001, 100002" in added.output
    listed = run("clients", "--database", database)
    assert "Northwick Trust  schools 100001, 100002  made " in listed.output
    assert secret not in listed.output


def test_a_program_reads_json(database: Path) -> None:
    made = json.loads(run("clients", "add", "A", "--format", "json", "--database", database).output)
    assert set(made) == {"client_id", "client_secret", "schools"}
    [row] = json.loads(run("clients", "--format", "json", "--database", database).output)
    assert (row["client"], row["name"], row["schools"], row["revoked_at"]) == (made["client_id"], "A", None, None)


def test_a_client_is_revoked_once(database: Path) -> None:
    made = json.loads(run("clients", "add", "A", "--format", "json", "--database", database).output)["client_id"]
    assert run("clients", "revoke", made, "--database", database).exit_code == 0
    assert "revoked 20" in run("clients", "--database", database).output
    assert run("clients", "revoke", made, "--database", database).exit_code == 4


def test_no_client_yet_says_how_to_add_one(database: Path) -> None:
    assert "clients add" in run("clients", "--database", database).output


def test_a_new_database_is_made_by_init_once(tmp_path: Path) -> None:
    path = tmp_path / "received.db"
    assert f"A new database was made: {path}" in run("init", "--database", path).output
    again = run("init", "--database", path)
    assert (again.exit_code, "already: nothing was changed" in again.output) == (4, True)


MISTYPED = [
    ("clients",),
    ("clients", "add", "A"),
    ("messages",),
    ("settings", "set", "regular", "day", "--by", "R. Officer"),
    ("news", "withdraw", "flags", "--school", "100001", "--id", "F-1", "--reason", "x", "--by", "R. Officer"),
    ("upgrade",),
    ("purge",),
]


@pytest.mark.parametrize("words", MISTYPED, ids=" ".join)
def test_no_other_command_makes_one_where_the_name_is_mistyped(words: tuple[str, ...], tmp_path: Path) -> None:
    ended = run(*words, "--database", tmp_path / "recieved.db")
    assert (ended.exit_code, "There is no receiver's database at" in ended.output) == (4, True)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_database_of_the_receivers(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert "There is no receiver's database at" in run("clients", "--database", tmp_path / "empty.db").output


@pytest.mark.parametrize(
    "words",
    [
        ("clients",),
        ("clients", "add", " ", "--database", "x.db"),
        ("clients", "add", "A", "--school", "12", "--database", "x.db"),
        ("serve",),
        ("serve", "--port", "70000", "--database", "x.db"),
        ("serve", "--authority", "801", "--database", "x.db"),
        ("serve", "--conformance", "--authority", "Northwick", "--database", "x.db"),
        ("conformance", "sender"),
        ("conformance", "http://127.0.0.1:1", "--client-id", "c", "--school", "100001"),
        ("serve", "--officer-password-env", "NOT_SET_ANYWHERE", "--database", "x.db"),
    ],
)
def test_what_is_not_understood_ends_with_2(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_a_database_that_is_none_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("These are notes, and they are long enough to be no empty file.\n" * 20)
    for place in (tmp_path / "notes.txt", tmp_path / "no-such-folder" / "received.db"):
        ended = run("clients", "--database", place)
        assert ended.exit_code == 4
        assert "Error: " in ended.output
        assert "Traceback" not in ended.output


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = run("serve", "--port", other.getsockname()[1], "--database", tmp_path / "received.db")
    assert ended.exit_code == 4
    assert "choose another with --port" in ended.output


def test_serve_says_where_it_listens_and_stops_when_told(tmp_path: Path) -> None:
    words = ["serve", "--database", str(tmp_path / "received.db"), "--port", "0"]
    starter = "from rollbook_receiver.start import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", starter, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline().strip()
            address = line.removeprefix("listening on ")
            assert address.startswith("http://127.0.0.1:")
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(address + "/", timeout=20) as page:
                assert b"Nothing has come yet." in page.read()
        finally:
            server.send_signal(signal.SIGINT)  # as Ctrl-C
        assert server.wait(20) == 0


def test_help_gives_an_example_each() -> None:
    for words in (
        (),
        ("init",),
        ("officers", "add"),
        ("officers", "end"),
        ("news", "list"),
        ("pupils", "find"),
        ("weeks", "export"),
        ("serve",),
        ("clients",),
        ("clients", "add"),
        ("clients", "revoke"),
        ("upgrade",),
    ):
        assert "Example:" in run(*words, "--help").output


@pytest.mark.skipif(os.name != "posix", reason="on Windows the folder's rights decide")
def test_a_new_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "received.db"
    store = Store(path)
    try:
        assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}
    finally:
        store.close()


def test_it_ends_with_whoever_started_it(database: Path) -> None:
    words = ["serve", "--database", str(database), "--port", "0", "--until-input-ends"]
    program = [sys.executable, "-c", "from rollbook_receiver.start import main; main()", *words]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith("listening on ")
        process.stdin.close()
        assert process.wait(timeout=30) == 0
