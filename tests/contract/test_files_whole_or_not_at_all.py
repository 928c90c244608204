"""A file is there whole or not at all: on every kind of file system, and whoever holds its name already."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import write_whole


@pytest.fixture(params=["links", "no links"])
def file(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    def refused(*_: Any) -> None:
        raise PermissionError("this file system has no links")

    if request.param == "no links":
        monkeypatch.setattr(os, "link", refused)
    return tmp_path / "a.xml"


def test_it_is_there_and_nothing_beside_it(file: Path) -> None:
    write_whole(file, b"whole")
    assert [(path.name, path.read_bytes()) for path in file.parent.iterdir()] == [("a.xml", b"whole")]


def test_another_file_of_that_name_stays_as_it_is(file: Path) -> None:
    file.write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        write_whole(file, b"whole")
    assert [(path.name, path.read_bytes()) for path in file.parent.iterdir()] == [("a.xml", b"theirs")]


def test_where_it_may_it_takes_the_place_of_another(file: Path) -> None:
    file.write_bytes(b"before")
    write_whole(file, b"whole", replace=True)
    assert [(path.name, path.read_bytes()) for path in file.parent.iterdir()] == [("a.xml", b"whole")]


def test_on_a_full_disk_what_was_there_stays(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError("No space left on device")

    file.write_bytes(b"before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"whole", replace=True)
    assert [(path.name, path.read_bytes()) for path in file.parent.iterdir()] == [("a.xml", b"before")]
