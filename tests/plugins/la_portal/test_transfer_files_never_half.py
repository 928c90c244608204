"""Transfer files when a process is killed or a manifest is damaged: whole or not at all, and told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings
from rollbook_la_portal.transfer import document, manifest
from support.transfer_files import at, files, lines, made, put

FIRST, SECOND = "8012000_CTF_XXXXXXX_001.xml", "8012000_CTF_XXXXXXX_002.xml"


class Killed(KeyboardInterrupt):
    """As `kill -9`: nothing of ours may catch it."""


@pytest.mark.parametrize("step", range(10))
def test_a_killed_write_leaves_no_half_file_and_the_next_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    passed = []

    def around(real: Any) -> Any:
        def reached(*args: Any, **kwargs: Any) -> Any:
            passed.append(real)
            if len(passed) - 1 == step:
                raise Killed
            done = real(*args, **kwargs)
            passed.append(real)
            if len(passed) - 1 == step:
                raise Killed
            return done

        return reached

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", around(os.fsync))
        patch.setattr(os, "link", around(os.link))
        with pytest.raises(Killed):
            put(tmp_path, made())
    for name in files(tmp_path):
        document.read((tmp_path / name).read_bytes())
    there = at(tmp_path).lookup(made().key)
    assert (there is not None) is bool(files(tmp_path))
    put(tmp_path, made())
    assert len(files(tmp_path)) == 1
    assert not list(tmp_path.glob(".*"))


def test_what_a_killed_process_left_of_a_file_is_removed(tmp_path: Path) -> None:
    (tmp_path / f".{FIRST}.part").write_bytes(b"<CTfile>")
    put(tmp_path, made(1))
    assert sorted(path.name for path in tmp_path.iterdir()) == [FIRST, manifest.NAME]


def test_half_a_line_of_a_killed_process_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, made(0))
    with (tmp_path / manifest.NAME).open("ab") as file:
        file.write(b'{"key":"transfer_file/900')
    assert put(tmp_path, made(0))[0].reference == FIRST
    assert put(tmp_path, made(1))[0].reference == SECOND
    assert [line["file"] for line in lines(tmp_path)] == [FIRST, FIRST, SECOND, SECOND]


@pytest.mark.parametrize("line", ["{}", "no JSON", '{"key": "x", "replaces": []}'])
def test_a_damaged_line_stops_everything_and_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    put(tmp_path, made())
    with (tmp_path / manifest.NAME).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(FixSettings, match=r"Line 3 of .* is damaged"):
        put(tmp_path, made(1))
    assert files(tmp_path) == [FIRST]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match="There is no folder"):
        put(tmp_path / "gone", made())
