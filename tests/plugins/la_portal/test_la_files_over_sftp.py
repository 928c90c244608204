"""Forms on an SFTP server: its key is the one that the authority gave, and what a lost connection leaves is found."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest

from rollbook.contract import DeliveryUnknown, FixSettings, NeedsCredentials, RetryLater, Secret
from rollbook.testing.kit.messages import amended, message, withdrawn
from rollbook_la_portal.files import sftp
from rollbook_la_portal.files.destination import LaFiles
from support.la_files import at
from support.sftp_server import PASSWORD, Running, new_key, running

FORM = "00001-attendance-return-900001.csv"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "server").mkdir()
    with running(tmp_path / "server") as made:
        yield made


def portal(tmp_path: Path, server: Running, **changes: Any) -> LaFiles:
    return at(tmp_path, folder=None, sftp=server.settings(**changes))


def there(server: Running) -> list[str]:
    return sorted(path.name for path in (server.folder / "in").iterdir())


def test_a_form_its_amendment_and_its_withdrawal_are_put_there(tmp_path: Path, server: Running) -> None:
    first = message(0)
    destination = portal(tmp_path, server)
    receipts = list(destination.deliver([first, amended(first), withdrawn(amended(first))]))
    assert [one.reference for one in receipts] == there(server)
    assert [name.rpartition("900001")[2] for name in there(server)] == [".csv", "-amended.csv", "-withdrawn.csv"]
    assert receipts[2].reasons[-1].endswith(f"withdraws {receipts[1].reference}")


def test_the_same_again_puts_nothing(tmp_path: Path, server: Running) -> None:
    for _ in range(2):
        [receipt] = portal(tmp_path, server).deliver([message(0)])
        assert receipt.reference == FORM
    assert server.taken == [FORM]


def test_check_leaves_nothing_behind(tmp_path: Path, server: Running) -> None:
    assert all(remark.ok for remark in portal(tmp_path, server).check())
    assert there(server) == []


# The server's key


@pytest.mark.parametrize("known_by", ["fingerprint", "line", "known_hosts"])
def test_a_server_is_known_by_its_key(tmp_path: Path, server: Running, known_by: str) -> None:
    line = f"{server.key.get_name()} {server.key.get_base64()}"
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{server.port} {line}\n", encoding="utf-8")
    by: dict[str, dict[str, Any]] = {
        "fingerprint": {"host_key": server.key.fingerprint},
        "line": {"host_key": line},
        "known_hosts": {"host_key": None, "known_hosts": tmp_path / "known_hosts"},
    }
    assert all(remark.ok for remark in portal(tmp_path, server, **by[known_by]).check())


@pytest.mark.parametrize("known_by", ["fingerprint", "line", "known_hosts", "known_hosts without it"])
def test_another_key_is_never_taken_and_its_fingerprint_is_told(tmp_path: Path, server: Running, known_by: str) -> None:
    other = new_key()
    line = f"{other.get_name()} {other.get_base64()}"
    listed = "" if "without" in known_by else f"[127.0.0.1]:{server.port} {line}\n"
    (tmp_path / "known_hosts").write_text(listed, encoding="utf-8")
    by: dict[str, dict[str, Any]] = {"fingerprint": {"host_key": other.fingerprint}, "line": {"host_key": line}}
    changes = by.get(known_by, {"host_key": None, "known_hosts": tmp_path / "known_hosts"})
    with pytest.raises(FixSettings) as told:
        list(portal(tmp_path, server, **changes).deliver([message(0)]))
    assert server.key.fingerprint in told.value.sentence
    assert "Ask the authority by telephone" in told.value.sentence
    assert there(server) == []


# Signing in


def test_a_wrong_password_is_told_and_not_shown(tmp_path: Path, server: Running) -> None:
    with pytest.raises(NeedsCredentials) as told:
        list(portal(tmp_path, server, password=Secret("wrong-word")).deliver([message(0)]))
    assert "wrong-word" not in told.value.sentence + told.value.detail


@pytest.mark.parametrize("kind", [paramiko.ECDSAKey, paramiko.RSAKey])
@pytest.mark.parametrize("passphrase", [None, "between us"])
def test_a_private_key_signs_in(tmp_path: Path, kind: Any, passphrase: str | None) -> None:
    own = kind.generate(bits=2048) if kind is paramiko.RSAKey else kind.generate()
    written = io.StringIO()
    own.write_private_key(written, password=passphrase)
    secrets = {"key": Secret(written.getvalue().rstrip("\n")), "passphrase": passphrase and Secret(passphrase)}
    (tmp_path / "server").mkdir()
    with running(tmp_path / "server", client_key=own) as server:
        assert all(remark.ok for remark in portal(tmp_path, server, password=None, **secrets).check())


def test_a_key_that_is_none_is_told(tmp_path: Path, server: Running) -> None:
    with pytest.raises(NeedsCredentials, match="not a private key that can be used"):
        list(portal(tmp_path, server, password=None, key=Secret("none")).check())


# What goes wrong there


def test_nobody_at_the_address_is_later(tmp_path: Path, server: Running) -> None:
    with running(tmp_path / "server") as away:
        settings = away.settings()
    with pytest.raises(RetryLater, match="cannot be reached"):
        list(at(tmp_path, folder=None, sftp=settings).deliver([message(0)]))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, server: Running) -> None:
    with pytest.raises(FixSettings, match="There is no folder elsewhere"):
        list(portal(tmp_path, server, folder="elsewhere").check())


def test_a_folder_that_may_not_be_written_is_told_and_nothing_is_in_doubt(tmp_path: Path, server: Running) -> None:
    server.refuses.add("open")
    with pytest.raises(FixSettings, match="does not let Rollbook write in in"):
        list(portal(tmp_path, server).deliver([message(0)]))
    server.refuses.clear()
    [receipt] = portal(tmp_path, server).deliver([message(0)])
    assert there(server) == [receipt.reference] == [FORM]


@pytest.mark.parametrize("done", [False, True])
def test_a_connection_lost_at_the_rename_is_unknown_and_then_found_out(
    tmp_path: Path, server: Running, done: bool
) -> None:
    server.loss.step, server.loss.done = "rename", done
    with pytest.raises(DeliveryUnknown, match="looked for at the next sync"):
        list(portal(tmp_path, server).deliver([message(0)]))
    found = portal(tmp_path, server).lookup(message(0).key)
    assert (found is not None) is done
    [receipt] = portal(tmp_path, server).deliver([message(0)])
    assert receipt.reference == FORM
    assert there(server) == server.taken == [FORM]


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "paramiko", None)
    with pytest.raises(FixSettings, match=r"rollbook-la-portal\[sftp\]"):
        list(portal(tmp_path, server).check())


def test_no_secret_and_no_pupil_is_told(tmp_path: Path, server: Running) -> None:
    server.loss.step = "rename"
    with pytest.raises(DeliveryUnknown) as told:
        list(portal(tmp_path, server).deliver([message(0)]))
    kept = (tmp_path / "kept" / "forms.jsonl").read_text(encoding="utf-8")
    assert not [word for word in (PASSWORD, "Llŷr", "2016-09-27") if word in str(told.value) + told.value.detail + kept]
