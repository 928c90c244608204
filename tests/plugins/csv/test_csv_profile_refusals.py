"""What `rollbook csv profile` does not take, and where it does not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.csv_profiled import ISO, SIMS, given, profiled


def test_a_form_of_days_that_is_not_read_is_refused(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, SIMS), "--date-form", "dd/mm")
    assert typed.status == 2
    assert "it is one of: dd/mm/yyyy, yyyy-mm-dd" in typed.err


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (b"", "marks.csv is empty or blank (0 bytes)"),
        (b"\xef\xbb\xbf\r\n\r\n", "marks.csv is empty or blank"),
        (bytes(range(256)) * 20, "is no text"),
        (b"PK\x03\x04rest", "is a workbook"),
        (b"\xd0\xcf\x11\xe0rest", "is an old workbook"),
        (b"%PDF-1.7", "is a PDF"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b'<?xml version="1.0"?><CTfile/>', "is XML"),
        (b"Fennimore,Zo\n001234,02/11/2026,AM,/\n", "none of its first 40 lines has two headings that are known"),
        (b"x" * 3_000_000, "has no line break"),
        (b'"' * 300_000, "none of its first 40 lines has two headings"),
    ],
)
def test_a_file_that_cannot_be_profiled_is_refused(tmp_path: Path, contents: bytes, said: str) -> None:
    typed = profiled(given(tmp_path, contents))
    assert (typed.status, typed.out) == (2, "")
    assert said in typed.err


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    typed = profiled(tmp_path / "nowhere.csv")
    assert (typed.status, "nowhere.csv cannot be read (No such file or directory)" in typed.err) == (2, True)


def test_a_folder_without_marks_is_refused(tmp_path: Path) -> None:
    typed = profiled(tmp_path)
    assert (typed.status, "a folder without a file marks.csv" in typed.err) == (2, True)


def test_it_never_writes_over_a_file(tmp_path: Path) -> None:
    there = given(tmp_path, "kept", "larkspur.toml")
    typed = profiled(given(tmp_path, ISO), "--out", there)
    assert (typed.status, there.read_text()) == (2, "kept")
    assert "larkspur.toml is there already and was left as it is" in typed.err


def test_it_says_where_a_profile_cannot_be_written(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, ISO), "--out", tmp_path / "nowhere" / "larkspur.toml")
    assert (typed.status, "cannot be written (No such file or directory)" in typed.err) == (2, True)
