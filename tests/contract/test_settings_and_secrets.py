from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError, fields

from rollbook.contract import FolderField, Secret, SecretField, Settings


class Inner(Settings):
    folder = FolderField()


class AcmeSettings(Settings):
    folder = FolderField(required=True)
    token = SecretField(required=True)
    inner = fields.Nested(Inner)


def loaded(root: Path | None = None, /, **given: Any) -> dict[str, Any]:
    schema = AcmeSettings()
    schema.config_folder = root
    found: dict[str, Any] = schema.load(given)
    return found


def test_a_path_begins_at_the_folder_of_the_configuration(tmp_path: Path) -> None:
    found = loaded(tmp_path, folder="drop", token={"env": "X"}, inner={"folder": "deep"})
    assert found["folder"] == tmp_path / "drop"
    assert found["inner"]["folder"] == tmp_path / "deep"
    assert loaded(tmp_path, folder=str(tmp_path / "own"), token={"env": "X"})["folder"] == tmp_path / "own"


def test_without_a_configuration_a_path_stays_as_it_is() -> None:
    assert loaded(folder="drop", token={"env": "X"})["folder"] == Path("drop")


@pytest.mark.parametrize("kind", ["env", "file", "keyring"])
def test_a_secret_is_a_reference(kind: str) -> None:
    reference = loaded(folder="x", token={kind: "place"})["token"]
    assert (reference.kind, reference.place) == (kind, "place")


@pytest.mark.parametrize("written", ["hunter2", {"env": ""}, {"env": "A", "file": "b"}, {"vault": "x"}, {"env": 7}, 7])
def test_a_secret_that_is_written_is_refused_and_not_repeated(written: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        loaded(folder="x", token=written)
    assert "a secret is never written here" in str(caught.value.messages)
    assert "hunter2" not in str(caught.value.messages)


def test_every_mistake_is_told_at_once_and_an_unknown_key_is_one() -> None:
    with pytest.raises(ValidationError) as caught:
        loaded(folder=7, tokn={"env": "X"}, inner={"x": 1})
    assert set(caught.value.normalized_messages()) == {"folder", "token", "tokn", "inner"}


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "hunter2"
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_secret_is_not_copied(take: Any) -> None:
    with pytest.raises(TypeError, match="a secret is not copied"):
        take(Secret("hunter2"))
