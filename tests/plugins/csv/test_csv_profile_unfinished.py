"""When `rollbook csv profile` ends with 1 though a source would not refuse the file, and which marks it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.csv_files import marks_file
from support.csv_profiled import given
from support.typed import Typed, type_command


def profiled(folder: Path, *lines: str) -> Typed:
    given(folder, marks_file(*lines))
    return type_command("csv", "profile", folder, "--date-form", "dd/mm/yyyy")


@pytest.mark.parametrize("form", ["dd/mm/yyyy", "mm/dd/yyyy"])
def test_days_of_both_orders_are_never_finished(tmp_path: Path, form: str) -> None:
    lines = [f"{n},02/11/2026,AM,/" for n in range(40)]
    (tmp_path / "marks.csv").write_text(marks_file(*lines, "1,13/11/2026,AM,/", "1,11/16/2026,AM,N"), encoding="utf-8")
    typed = type_command("csv", "profile", tmp_path, "--date-form", form)
    assert typed.status == 1
    assert "Not finished: some days can only be read day first, and others only month first." in typed.err


def test_a_file_of_which_most_rows_would_be_set_aside_is_not_finished(tmp_path: Path) -> None:
    lines = [f"{n},02/11/2026,{half},/" for n in range(1, 4) for half in ("AM", "Lesson", "Lesson")]
    typed = profiled(tmp_path, *lines)
    assert typed.status == 1
    assert "Not finished: most rows would be set aside." in typed.err


def test_a_file_of_which_few_rows_would_be_set_aside_is_finished(tmp_path: Path) -> None:
    lines = [f"{n},02/11/2026,AM,/" for n in range(9)]
    typed = profiled(tmp_path, *lines, "9,02/11/2026,Lesson,/")
    assert (typed.status, typed.err) == (0, "")


@pytest.mark.parametrize("stated", [[], ["--date-form", "dd/mm/yyyy"]], ids=["asked", "stated"])
@pytest.mark.parametrize("heading", ["Tue 03/11/2026 AM", "03/11/2026 PM *", "3 November", "Zoë 3.11.2026"])
def test_a_day_in_a_heading_that_is_not_read_is_told_by_its_column(
    tmp_path: Path, heading: str, stated: list[str]
) -> None:
    (tmp_path / "marks.csv").write_text(f"Adno,02/11/2026 AM,02/11/2026 PM,{heading}\n1,/,N,N\n", encoding="utf-8")
    typed = type_command("csv", "profile", tmp_path, *stated)
    assert typed.status == 1
    assert "which day is meant by the heading of column 4 (not shown)" in typed.out
    assert "Zoë" not in typed.out + typed.err


def test_a_number_with_a_name_in_a_heading_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "marks.csv").write_text("Adno,02/11/2026 AM,02/11/2026 PM,7 Fennimore\n1,/,N,N\n", encoding="utf-8")
    typed = type_command("csv", "profile", tmp_path, "--date-form", "dd/mm/yyyy")
    assert "Fennimore" not in typed.out + typed.err


def test_a_school_year_in_a_heading_is_no_day(tmp_path: Path) -> None:
    grid = "Adno,Class 2026/27,02/11/2026 AM,02/11/2026 PM\n1,6A,/,N\n"
    given(tmp_path, grid)
    assert type_command("csv", "profile", tmp_path, "--date-form", "dd/mm/yyyy").status == 0


def test_a_profile_with_open_questions_is_not_written_and_the_next_try_is(tmp_path: Path) -> None:
    given(tmp_path, marks_file("1,02/11/2026,AM,/"))
    words = ("csv", "profile", tmp_path, "--out", tmp_path / "larkspur.toml")
    first = type_command(*words)
    assert first.status == 1
    assert not (tmp_path / "larkspur.toml").exists()
    assert "Add to the command: --date-form dd/mm/yyyy or mm/dd/yyyy." in first.err
    assert 'date_form = ""' in first.out
    assert type_command(*words, "--date-form", "dd/mm/yyyy").status == 0
    assert (tmp_path / "larkspur.toml").exists()


def test_a_profile_that_is_finished_is_written_though_a_file_beside_it_is_missing(tmp_path: Path) -> None:
    given(tmp_path, marks_file("1,02/11/2026,AM,/"), pupils=None)
    words = ("csv", "profile", tmp_path, "--out", tmp_path / "larkspur.toml", "--date-form", "dd/mm/yyyy")
    assert type_command(*words).status == 1
    assert (tmp_path / "larkspur.toml").exists()


@pytest.mark.parametrize("mark", ["Zo", "ZF", "zf", "é", "Fay", "Zoë F", "7", "?"])
def test_what_is_no_national_code_is_not_shown(tmp_path: Path, mark: str) -> None:
    typed = profiled(tmp_path, "1,02/11/2026,AM,/", f"1,02/11/2026,PM,{mark}")
    assert "(not shown)" in typed.out
    assert not [line for line in typed.out.splitlines() if line.endswith(f" {mark}") or f"'{mark}'" in line]


@pytest.mark.parametrize("mark", ["C1", "n", "#", "\\"])
def test_national_codes_are_shown(tmp_path: Path, mark: str) -> None:
    assert f"PM       {mark}\n" in profiled(tmp_path, "1,02/11/2026,AM,/", f"1,02/11/2026,PM,{mark}").out
