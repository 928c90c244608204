"""`rollbook csv profile` on workbooks: days of real cells and days of text, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from support.typed import type_command
from support.workbooks import workbook

HEADINGS = ["Adno", "Date", "AM/PM", "Mark"]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_cells_that_are_days_need_no_answer_but_a_look(tmp_path: Path, kind: str) -> None:
    rows = [["Register of 6A"], HEADINGS, ["007", date(2026, 11, 2), "AM", "\\"], ["007", date(2026, 11, 7), "PM", "#"]]
    path = tmp_path / f"marks.{kind}"
    path.write_bytes(workbook(kind, rows))
    data = type_command("csv", "profile", path, "--format", "json").json()
    known = {"date_form": "yyyy-mm-dd", "shape": "mark", "headings_line": 2, "key": "adno"}
    assert data["profile"] == {**known, "marks": f"marks.{kind}"}
    assert [row["mark"] for row in data["previews"][0]["rows"]] == ["\\", "#"]
    assert "02 November 2026 to 07 November 2026, 1 of 2 on a weekend" in data["not_sure"][0]["what"]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_days_that_are_text_are_asked_for(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"marks.{kind}").write_bytes(workbook(kind, [HEADINGS, ["007", "02/11/2026", "AM", "/"]]))
    typed = type_command("csv", "profile", tmp_path)
    assert typed.status == 1
    assert "02/11/2026  Monday 2 November 2026  Wednesday 11 February 2026" in typed.out


def test_days_that_a_program_misread_are_refused(tmp_path: Path) -> None:
    rows = [HEADINGS, ["007", date(2026, 2, 11), "AM", "/"], ["007", "13/11/2026", "AM", "/"]]
    (tmp_path / "marks.xlsx").write_bytes(workbook("xlsx", rows))
    typed = type_command("csv", "profile", tmp_path)
    assert (typed.status, typed.out) == (2, "")
    assert "of the column Date, line 2 holds a day and line 3 only the text of one" in typed.err


@pytest.mark.parametrize("name", ["marks.xlsx", "marks.ods", "marks.xls"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04 no workbook")
    typed = type_command("csv", "profile", tmp_path / name)
    assert (typed.status, typed.out) == (2, "")
    assert name in typed.err
