from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from rollbook.contract import NeedsCredentials, Secret
from rollbook.contract.settings import SecretReference
from rollbook.host.credentials import resolve, resolve_all

SECRET = "hunter2"


def value(kind: str, place: str, folder: Path | None = None, **environ: str) -> str:
    return resolve(SecretReference(kind, place), folder=folder, environ=environ).reveal()


def refusal(kind: str, place: str, folder: Path | None = None, **environ: str) -> str:
    with pytest.raises(NeedsCredentials) as caught:
        value(kind, place, folder, **environ)
    assert SECRET not in caught.value.sentence + caught.value.detail
    return caught.value.sentence


def secret_file(folder: Path, mode: int = 0o600, text: str = f"{SECRET}\n") -> Path:
    path = folder / "secret"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_secret_comes_from_the_environment() -> None:
    assert value("env", "COUNCIL", COUNCIL=SECRET) == SECRET


def test_a_secret_comes_from_a_file_beside_the_configuration_without_its_last_line_end(tmp_path: Path) -> None:
    secret_file(tmp_path)
    assert value("file", "secret", tmp_path) == SECRET
    assert value("file", str(tmp_path / "secret")) == SECRET


def test_a_variable_that_is_not_set_is_named() -> None:
    assert "environment variable COUNCIL, which is not set" in refusal("env", "COUNCIL")


def test_an_empty_secret_is_none() -> None:
    assert "environment variable COUNCIL, which is empty" in refusal("env", "COUNCIL", COUNCIL="")


def test_a_file_that_is_not_there_is_named_whole(tmp_path: Path) -> None:
    assert f"file {tmp_path / 'none'}: No such file" in refusal("file", "none", tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o604, 0o644, 0o666, 0o660, 0o602])
def test_a_file_that_others_may_read_or_change_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    path = secret_file(tmp_path, mode)
    said = refusal("file", "secret", tmp_path)
    assert f"(mode {mode:04o})" in said
    assert f"chmod 600 {path}" in said


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_file_of_the_services_own_group_is_taken(tmp_path: Path, mode: int) -> None:
    secret_file(tmp_path, mode)
    assert value("file", "secret", tmp_path) == SECRET


def test_the_keyring_is_asked_by_service_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("rollbook/council", "token"): SECRET}
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=lambda *place: kept.get(place)))
    assert value("keyring", "rollbook/council/token") == SECRET
    assert "under rollbook / other, and is not there" in refusal("keyring", "rollbook/other")
    assert 'write it as "service/name"' in refusal("keyring", "token")


def test_a_machine_without_a_keyring_is_told_to_use_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: str) -> str:
        raise RuntimeError(SECRET)

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=fail))
    assert "use {file = ...}" in refusal("keyring", "rollbook/token")
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "rollbook[keyring]" in refusal("keyring", "rollbook/token")


def test_every_secret_that_is_missing_is_told_at_once_and_the_settings_stay_references(tmp_path: Path) -> None:
    secret_file(tmp_path)
    inner = {"deep": [SecretReference("env", "NOT_SET_ONE")], "found": SecretReference("file", "secret")}
    settings = {"inner": inner, "other": SecretReference("env", "NOT_SET_TWO"), "folder": tmp_path}
    with pytest.raises(NeedsCredentials) as caught:
        resolve_all(settings, folder=tmp_path)
    assert "NOT_SET_ONE" in caught.value.sentence
    assert "NOT_SET_TWO" in caught.value.sentence
    found = resolve_all({"inner": {"found": inner["found"]}, "folder": tmp_path}, folder=tmp_path)
    assert isinstance(found["inner"]["found"], Secret)
    assert isinstance(inner["found"], SecretReference)
    assert found["folder"] == tmp_path
