"""`rollbook-receiver conformance`, as a person types it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from click.testing import CliRunner, Result

from rollbook_feed import example
from rollbook_receiver import moments
from rollbook_receiver.conformance import result
from rollbook_receiver.conformance.of_receiver import run as checks
from rollbook_receiver.conformance.of_receiver import speaking
from rollbook_receiver.conformance.of_receiver.check import Broken
from rollbook_receiver.conformance.of_receiver.stage import Stage
from rollbook_receiver.conformance.of_receiver.wire import Answer
from rollbook_receiver.start import main
from support.receiver import Receiver, running_receiver

SECRET = "not a secret of anybody's"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["conformance", *map(str, words)])


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with running_receiver(tmp_path_factory.mktemp("running"), now=moments.now) as running:
        yield running


@pytest.fixture(autouse=True)
def two_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are in test_conformance_of_a_receiver.py."""
    monkeypatch.setattr(checks, "CHECKS", (speaking.whoami, speaking.no_token))


def ask(
    receiver: Receiver, folder: Path, *words: str | Path, secret: str | None = None, school: int = 100001
) -> Result:
    (folder / "secret.txt").write_text(secret or receiver.client_secret + "\n")
    told = ["--client-id", receiver.client_id, "--client-secret-file", folder / "secret.txt", "--school", "100001"]
    return run(receiver.url, *told, *words)


def test_a_receiver_is_checked_and_its_result_can_be_verified(receiver: Receiver, tmp_path: Path) -> None:
    kept = tmp_path / "result.json"
    ended = ask(receiver, tmp_path, "--result", kept, "--name", "Northwick, release 3")
    assert ended.exit_code == 1
    assert "Not seen: F-1, F-3," in ended.output
    assert "F-8   met" in ended.output
    assert "2 met, 0 broken, 0 not answered, 19 not seen, 2 beyond" in ended.output
    assert receiver.client_secret not in ended.output + kept.read_text()
    made = json.loads(kept.read_text())
    assert (made["checked"], made["feed_version"], made["other"]["name"]) == ("receiver", "1.0", "Northwick, release 3")
    verified = run("verify", kept)
    assert (verified.exit_code, made["digest"] in verified.output) == (0, True)
    assert "does not show who made it" in verified.output


def test_a_result_is_good_when_all_that_can_be_seen_is_met() -> None:
    beyond = {"met": 20, "broken": 0, "not answered": 0, "not seen": 0, "beyond": 3}
    assert result.is_good({"totals": beyond})
    for verdict in ("broken", "not answered", "not seen"):
        assert not result.is_good({"totals": beyond | {verdict: 1}})


def test_a_program_reads_the_result(receiver: Receiver, tmp_path: Path) -> None:
    made = json.loads(ask(receiver, tmp_path, "--format", "json").stdout)
    assert made["digest"] == result.digest_of(made)


def test_a_wrong_secret_ends_with_4(receiver: Receiver, tmp_path: Path) -> None:
    ended = ask(receiver, tmp_path, secret=SECRET)
    assert ended.exit_code == 4
    assert "401" in ended.output
    assert SECRET not in ended.output


def test_nobody_at_the_address_ends_with_4(tmp_path: Path) -> None:
    ended = ask(Receiver("http://127.0.0.1:9/", "c", "s", None), tmp_path)  # type: ignore[arg-type]
    assert ended.exit_code == 4
    assert "cannot be reached" in ended.output


@pytest.mark.parametrize("url", ["http://attendance.northwick.example/", "ftp://127.0.0.1/", "https://a:b@x.example/"])
def test_an_address_that_a_secret_is_not_sent_to_ends_with_2(url: str, tmp_path: Path) -> None:
    assert ask(Receiver(url, "c", "s", None), tmp_path).exit_code == 2  # type: ignore[arg-type]


def test_another_programs_words_move_no_cursor_and_are_cut() -> None:
    """What a receiver says is wrong with a message is shown on the screen of whoever checks it."""
    errors = [{"pointer": "\x1b]0;owned\x07\x1b[2J", "problem": "x" * 100_000}] * 5
    message = example("attendance_return")
    with pytest.raises(Broken) as told:
        Stage(Mock(), 100001).taken(Answer(422, {}, "", {"errors": errors}), message)
    assert (str(told.value).isprintable(), len(str(told.value)) < 1000) == (True, True)
    with pytest.raises(Broken) as told:
        Stage(Mock(), 100001).taken(Answer(201, {}, "", {"\x1b[2J" + "x" * 9999: 1}), message)
    assert (str(told.value).isprintable(), len(str(told.value)) < 1000) == (True, True)


def changed(**fields: Any) -> dict[str, Any]:
    found = checks.whole([result.Finding("F-8", "asked", "came", result.BROKEN)])
    return result.made("receiver", {"name": "Northwick"}, found, moments.now()) | fields


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (changed(at="2026-01-01T00:00:00Z"), "its digest is another"),
        (changed(totals={"met": 23, "broken": 0, "not seen": 0}), "totals"),
        (changed(feed="sha256:0"), "another edition"),
        (changed(clauses=[]), "each clause"),
        (changed(form=2), "not a result"),
        (changed(other={"name": "Northwick", "since": float("nan")}), "not a result"),
        ([], "not a result"),
    ],
)
def test_a_result_that_was_changed_is_told(kept: Any, said: str, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps(kept))
    ended = run("verify", tmp_path / "result.json")
    assert ended.exit_code == 1
    assert said in ended.output


def test_what_is_no_json_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text("no")
    assert run("verify", tmp_path / "result.json").exit_code == 2
