"""A plugin made for its own tests is made as the host makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from rollbook.testing import connected
from rollbook_wonde.source import Wonde


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("abc", encoding="utf-8")
    (tmp_path / "token").chmod(0o600)
    return tmp_path


def test_its_secrets_are_fetched_from_where_the_folder_is(folder: Path) -> None:
    assert connected(Wonde, {"token": {"file": "token"}}, folder).settings["token"].reveal() == "abc"


def test_its_settings_are_checked(folder: Path) -> None:
    with pytest.raises(FixSettings, match="tokne"):
        connected(Wonde, {"tokne": {"file": "token"}}, folder)
