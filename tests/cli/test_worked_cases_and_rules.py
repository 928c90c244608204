"""`rollbook rules`: the catalogue, and worked cases with the status that CI goes by."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.typed import type_command

CALENDAR = """
terms: [2026-09-03..2026-12-18]
closed: [2026-10-26..2026-10-30, 2026-11-02]
"""
CASE = """
id: half-term
title: A run across half term
calendar: a
marks:
  2026-10-19..2026-11-09: "O O"
checks:
  - as_at: 2026-11-09
    expect: {expect}
"""
RIGHT = "{attendance_return: {due: true, run_days: 10, reached_on: 2026-11-09}}"
WRONG = "{attendance_return: {due: true, run_days: 11, reached_on: 2026-11-09}}"
TO_COME = "{attendance_return: {due: true}, telepathy: {due: true}}"


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "a.yaml").write_text(CALENDAR, encoding="utf-8")
    return tmp_path


def with_case(cases: Path, expect: str, name: str = "half-term") -> Path:
    (cases / f"{name}.yaml").write_text(CASE.replace("{expect}", expect), encoding="utf-8")
    return cases


def test_cases_that_all_pass_end_well(cases: Path) -> None:
    typed = type_command("rules", "test", with_case(cases, RIGHT))
    assert (typed.status, typed.out) == (0, "1 checks passed, 0 differ, 0 not run\n")


def test_a_check_that_differs_is_printed_with_both_figures(cases: Path) -> None:
    typed = type_command("rules", "test", with_case(cases, WRONG))
    assert typed.status == 1
    assert typed.out.splitlines() == [
        "half-term, as at 2026-11-09, attendance_return: differs",
        "  run_days: expected 11, found 10",
        "0 checks passed, 1 differ, 0 not run",
    ]


def test_a_rule_to_come_is_not_run_and_is_no_pass(cases: Path) -> None:
    typed = type_command("rules", "test", with_case(cases, TO_COME))
    assert typed.status == 1
    assert typed.out.splitlines() == [
        "telepathy: no such rule yet (1 not run)",
        "1 checks passed, 0 differ, 1 not run",
    ]


def test_a_case_that_cannot_be_read_is_not_understood(cases: Path) -> None:
    (with_case(cases, RIGHT) / "broken.yaml").write_text("checks: [", encoding="utf-8")
    typed = type_command("rules", "test", cases)
    assert typed.status == 2
    assert "broken: cannot be read" in typed.out
    assert typed.out.endswith("1 checks passed, 1 differ, 0 not run\n")


@pytest.mark.parametrize("where", ["", "nowhere"])
def test_a_path_without_cases_is_not_understood(tmp_path: Path, where: str) -> None:
    typed = type_command("rules", "test", tmp_path / where)
    assert typed.status == 2
    assert typed.err.startswith(str(tmp_path))


def test_a_program_gets_each_result(cases: Path) -> None:
    (result,) = type_command("rules", "test", with_case(cases, WRONG), "--format", "json").json()
    assert result["outcome"] == "differs"
    assert result["expected"] == {"run_days": 11}
    assert result["found"] == {"run_days": 10}


def test_the_list_has_each_rule_with_its_title() -> None:
    typed = type_command("rules")
    assert typed.status == 0
    rows = [line.split(maxsplit=1) for line in typed.out.splitlines()]
    [(_, title)] = [row for row in rows if row[0] == "attendance_return"]
    assert title.startswith("Attendance return: ten school days of absence ")


def test_list_is_another_word_for_the_bare_noun() -> None:
    assert type_command("rules", "list").out == type_command("rules").out


def test_a_rule_shows_its_law_and_who_sets_its_values() -> None:
    typed = type_command("rules", "show", "attendance_return")
    assert "SI 2024/208, reg 13" in typed.out
    assert "default; authority may set it" in typed.out


def test_a_rule_that_is_not_there_is_answered_with_those_that_are() -> None:
    typed = type_command("rules", "show", "telepathy")
    assert typed.status == 2
    assert "absence, absence_by_code, attendance_followup, attendance_return" in typed.err
