"""Register files: whole or not there, never replaced, and what is not as it was written is refused."""

from __future__ import annotations

import errno
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host.registers import File, RegisterFiles, content_digest
from rollbook.tables.schemas import MARKS, REPLACED

NIGHT = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)


def marks(*codes: int, run: int = 1) -> pl.DataFrame:
    rows = [(7, date(2026, 9, 7) + timedelta(days=n), 0, code, None, NIGHT, run) for n, code in enumerate(codes)]
    return pl.DataFrame(rows, schema=MARKS, orient="row")


@pytest.fixture
def files(tmp_path: Path) -> RegisterFiles:
    return RegisterFiles(tmp_path)


def test_marks_come_back_sorted_as_they_went(files: RegisterFiles) -> None:
    kept = files.write_marks(100001, 2026, marks(1, 2, 3).reverse())
    assert files.read_marks(kept.path, kept.digest).equals(marks(1, 2, 3))


def test_a_year_without_replaced_marks_has_an_empty_table(files: RegisterFiles) -> None:
    assert files.read_replaced(None, None).schema == REPLACED


def test_another_register_is_another_file(files: RegisterFiles) -> None:
    first, second = (files.write_marks(100001, 2026, marks(code)) for code in (1, 2))
    assert first.path != second.path
    assert files.read_marks(first.path, first.digest).equals(marks(1))


@pytest.mark.parametrize("damage", ["a bit flipped", "cut short", "removed"])
def test_a_damaged_file_is_refused(files: RegisterFiles, damage: str) -> None:
    kept = files.write_marks(100001, 2026, marks(1, 2, 3))
    path = files.root / kept.path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(data if damage == "a bit flipped" else data[:-10])
    with pytest.raises(FixSettings, match=r"marks-.*Restore the state's folder"):
        files.read_marks(kept.path, kept.digest)


def test_a_full_disk_leaves_no_torn_file(files: RegisterFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FixSettings, match=r"school 100001 could not be written.*No space left"):
        files.write_marks(100001, 2026, marks(1))
    assert [path for path in files.root.rglob("*") if path.is_file()] == []


def aged(files: RegisterFiles, kept: File, days: float) -> str:
    moment = (NIGHT - timedelta(days=days)).timestamp()
    os.utime(files.root / kept.path, (moment, moment))
    return kept.path


def test_only_old_files_that_no_manifest_names_are_swept(files: RegisterFiles) -> None:
    named = aged(files, files.write_marks(100001, 2026, marks(1)), 9)
    old = aged(files, files.write_marks(100001, 2026, marks(2)), 2)
    young = aged(files, files.write_marks(100001, 2026, marks(3)), 0.5)
    assert files.sweep({named}, NIGHT) == [old]
    assert (files.root / named).exists()
    assert (files.root / young).exists()


def test_a_dry_run_writes_beside_and_reads_both(files: RegisterFiles, tmp_path: Path) -> None:
    kept = files.write_marks(100001, 2026, marks(1))
    dry = RegisterFiles(tmp_path, tmp_path / "scratch")
    tried = dry.write_marks(100001, 2026, marks(2))
    assert dry.read_marks(kept.path, kept.digest).equals(marks(1))
    assert dry.read_marks(tried.path, tried.digest).equals(marks(2))
    assert not (files.root / tried.path).exists()


def test_the_content_is_who_when_and_which_code(files: RegisterFiles) -> None:
    assert content_digest(marks(1, 2)) == content_digest(marks(1, 2, run=9).reverse())
    assert content_digest(marks(1, 2)) != content_digest(marks(1, 3))
