"""Damaged and odd files: `rollbook csv profile` ends with a sentence and an exit code, soon, and with no fault."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from rollbook_csv.profiling import proposal
from support.csv_files import marks_file
from support.csv_profiled import ISO, NO_DATES, SIMS, given, profiled
from support.typed import type_command
from support.workbooks import workbook

TABLE: list[list[Any]] = [["Adno", "Date", "AM/PM", "Mark"], ["007", "2026-11-02", "AM", "/"], ["007", "", "", ""]]
WHOLE = {
    "marks.csv": SIMS.encode(),
    "wide.csv": SIMS.encode("utf-16"),
    "marks.xlsx": workbook("xlsx", TABLE),
    "marks.ods": workbook("ods", TABLE),
    "marks.xls": b"\xd0\xcf\x11\xe0" + bytes(range(256)),
}


@settings(max_examples=25, deadline=None)
@drawn(
    st.sampled_from(sorted(WHOLE)),
    st.floats(0, 1),
    st.sampled_from(["cut", "flipped", "repeated", "filled"]),
    st.binary(min_size=1, max_size=8),
)
def test_whatever_the_damage_there_is_an_answer(name: str, at: float, how: str, more: bytes) -> None:
    data = WHOLE[name]
    place = int(at * len(data))
    damaged = {
        "cut": data[:place],
        "flipped": data[:place] + more + data[place + len(more) :],
        "repeated": data[:place] + data,
        "filled": data[:place] + more * 500 + data[place:],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = given(Path(folder), damaged[how], name, pupils=NO_DATES)
        typed = type_command("csv", "profile", path, "--date-form", "dd/mm/yyyy")
    assert typed.status in (0, 1, 2), typed.err
    assert typed.status == 0 or typed.err.strip()


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (
            ISO.encode("utf-16-be"),
            "without the byte order mark: save it as UTF-8.",
        ),
        (b"\xd0\xcf\x11\xe0rest", "is an old workbook (.xls): save it as .xlsx"),
        (("Adno,Date,AM/PM,Mark" + ",X" * 300_000 + "\n").encode(), "of more than 16,384 columns is not looked at"),
    ],
)
def test_what_is_not_read_is_refused_with_what_to_do(tmp_path: Path, contents: bytes, said: str) -> None:
    typed = profiled(given(tmp_path, contents))
    assert (typed.status, said in typed.err) == (2, True)


def test_utf_16_without_a_mark_is_read(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, ISO.encode("utf-16-le")))
    assert 'encoding = "utf-16"' in typed.out


@pytest.mark.parametrize("name", ["marks.xls", "marks.xlsx"])
def test_an_old_workbook_is_to_be_saved_as_a_new_one(tmp_path: Path, name: str) -> None:
    typed = profiled(given(tmp_path, WHOLE["marks.xls"], name))
    assert (typed.status, "save it as .xlsx" in typed.err) == (2, True)


def test_headings_without_rows_are_a_failed_export(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, marks_file()), "--date-form", "dd/mm/yyyy")
    assert (typed.status, "Not finished: it has headings and no rows." in typed.err) == (1, True)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "marks.csv")
    typed = profiled(tmp_path / "marks.csv")
    assert (typed.status, "is no file" in typed.err) == (2, True)


def test_a_path_that_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    """A name too long fails as a folder does that this account may not enter."""
    typed = profiled(tmp_path / ("a" * 300) / "marks.csv")
    assert (typed.status, "cannot be read (File name too long)" in typed.err) == (2, True)


def test_a_file_that_vanishes_meanwhile_is_still_profiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = given(tmp_path, ISO)
    seen = proposal.encoding_of

    def gone(sample: Any) -> Any:
        path.unlink()
        return seen(sample)

    monkeypatch.setattr(proposal, "encoding_of", gone)
    assert profiled(path).status == 0
