"""`rollbook evaluate`: a register in the folder form, judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.register_folder import write_register
from support.typed import type_command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_register(tmp_path / "register")


def test_a_line_for_each_pupil_and_rule(folder: Path) -> None:
    typed = type_command("evaluate", folder, "--as-at", "2026-09-18", "--format", "jsonl")
    lines = [json.loads(line) for line in typed.out.splitlines()]
    assert typed.status == 0
    rules = {line["rule"] for line in lines}
    assert {"absence", "attendance_return", "unexplained", "marks"} <= rules
    assert {(line["rule"], line["pupil"]) for line in lines} == {(rule, who) for rule in rules for who in ("p1", "p2")}


def test_what_is_due_comes_with_evidence_law_and_settings(folder: Path) -> None:
    words = ["--as-at", "2026-09-18", "--rule", "attendance_return", "--format", "jsonl"]
    lines = [json.loads(line) for line in type_command("evaluate", folder, *words).out.splitlines()]
    due, other = lines
    assert (due["school"], due["pupil"], due["as_at"]) == ("100001", "p1", "2026-09-18")
    assert (due["due"], due["run_days"], due["reached_on"]) == (True, 10, "2026-09-18")
    assert len(due["evidence"]) == 20
    assert due["evidence"][0] == {"date": "2026-09-07", "session": "AM", "code": "O"}
    assert due["law"]
    assert {"name", "value", "set_by"} == set(due["settings"][0])
    assert other["due"] is False
    assert "evidence" not in other


def test_a_person_gets_what_is_due(folder: Path) -> None:
    typed = type_command("evaluate", folder, "--as-at", "2026-09-18", "--rule", "attendance_return")
    assert row_of(typed.out, "attendance_return") == ["2", "1", "0"]
    assert "p1" in typed.out
    assert "p2" not in typed.out
    assert "run_days 10" in typed.out


def row_of(out: str, rule: str) -> list[str]:
    """pupils judged, due, not judged."""
    return next(line for line in out.splitlines() if line.startswith(f"{rule} ")).split()[1:]


@pytest.mark.parametrize("rule", ["cohorts", "worker_notice", "notice_ladder"])
def test_what_no_file_speaks_of_is_not_judged_and_never_not_due(folder: Path, rule: str) -> None:
    out = type_command("evaluate", folder, "--as-at", "2026-09-18").out
    assert row_of(out, rule) == ["0", "-", "2"]
    assert out.split("Not judged")[1].count(f"{rule} ") >= 1


def test_what_was_judged_but_for_leave_that_no_file_gives_says_so(folder: Path) -> None:
    typed = type_command("evaluate", folder, "--as-at", "2026-09-18", "--rule", "ground_review")
    assert row_of(typed.out, "ground_review") == ["2", "0", "0"]
    assert "in part: whether leave was overrun is not judged" in " ".join(typed.out.split())


@pytest.mark.parametrize(
    ("rule", "setting"),
    [
        ("irregular", "irregular_sessions"),
        ("not_seen", "not_seen_school_days"),
        ("attendance_followup", "attendance_return_followup"),
    ],
)
def test_what_the_authority_does_not_ask_for_is_not_judged(folder: Path, rule: str, setting: str) -> None:
    typed = type_command("evaluate", folder, "--as-at", "2026-09-18", "--rule", rule)
    assert row_of(typed.out, rule) == ["0", "-", "2"]
    assert f"the authority asks for none: {setting} is not set" in typed.out
    as_lines = type_command("evaluate", folder, "--as-at", "2026-09-18", "--rule", rule, "--format", "jsonl")
    assert {json.loads(line)["not_judged"] for line in as_lines.out.splitlines()} == {
        f"the authority asks for none: {setting} is not set"
    }


def test_a_rule_by_which_nothing_is_ever_due_says_no_number(folder: Path) -> None:
    typed = type_command("evaluate", folder, "--as-at", "2026-09-18", "--rule", "absence")
    assert row_of(typed.out, "absence") == ["2", "-", "0"]
    assert "Not judged" not in typed.out


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "roll.csv").unlink()
    typed = type_command("evaluate", folder, "--as-at", "2026-09-18")
    assert typed.status == 2
    assert "roll" in typed.err
    assert not typed.out


def test_a_missing_column_is_named(folder: Path) -> None:
    (folder / "marks.csv").write_text("school,pupil,date,session\n", encoding="utf-8")
    typed = type_command("evaluate", folder, "--as-at", "2026-09-18")
    assert typed.status == 2
    assert "marks.csv" in typed.err
    assert "code" in typed.err


def test_a_malformed_day_is_named_with_its_line(folder: Path) -> None:
    path = folder / "roll.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("p2,2026-09-07", "p2,07/09/2026"), encoding="utf-8")
    typed = type_command("evaluate", folder, "--as-at", "2026-09-18")
    assert typed.status == 2
    assert "line 3" in typed.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rule", "telepathy"], "telepathy"),
        (["--rule", "attendance_return", "--as-at", "2024-01-10"], "2024-08-19"),
        (
            ["--rule", "compulsory_age", "--as-at", "1990-01-01"],
            "the rule compulsory_age was asked about 1990-01-01, and it is in force only from 1998-08-01",
        ),
    ],
)
def test_a_rule_that_cannot_be_asked_says_why(folder: Path, words: list[str], said: str) -> None:
    typed = type_command("evaluate", folder, "--as-at", "2026-09-18", *words)
    assert typed.status == 2
    assert said in typed.err


def test_before_any_law_that_is_known_no_rule_answers(folder: Path) -> None:
    typed = type_command("evaluate", folder, "--as-at", "1997-05-05")
    assert (typed.status, typed.err) == (0, "")
    assert "No rule that judges a register was in force then." in typed.out


def test_compulsory_age_is_told_from_the_first_day_of_its_law(folder: Path) -> None:
    words = ["--as-at", "1998-08-01", "--format", "jsonl"]
    lines = [json.loads(line) for line in type_command("evaluate", folder, *words).out.splitlines()]
    assert {(line["rule"], line["compulsory_age"]) for line in lines} == {("compulsory_age", False)}


def test_the_day_must_be_named(folder: Path) -> None:
    assert type_command("evaluate", folder).status == 2


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    typed = type_command("evaluate", tmp_path / "none", "--as-at", "2026-09-18")
    assert typed.status == 2
    assert "there is no such folder" in typed.err


# Two weeks of O for p1 to Friday 18 September, then present.
WINDOW = ["--from", "2026-09-16", "--to", "2026-09-22"]


def of_window(folder: Path, rule: str, *window: str) -> dict[str, Any]:
    typed = type_command("evaluate", folder, "--rule", rule, *(window or WINDOW), "--format", "jsonl")
    assert (typed.status, typed.err) == (0, "")
    [one] = [line for line in map(json.loads, typed.out.splitlines()) if line["pupil"] == "p1"]
    return dict(one)


def test_absence_in_a_window_counts_both_its_ends(folder: Path) -> None:
    said = of_window(folder, "absence")
    assert (said["from"], said["as_at"]) == ("2026-09-16", "2026-09-22")
    assert (said["possible"], said["unauthorised"], said["rate"], said["severe"]) == (10, 6, "3/5", True)
    last = of_window(folder, "absence", "--from", "2026-09-21", "--to", "2026-09-22")
    assert (last["possible"], last["rate"], last["persistent"]) == (4, "0/1", False)


def test_a_window_of_the_year_to_date_says_what_the_day_does(folder: Path) -> None:
    words = ["evaluate", folder, "--rule", "absence", "--format", "jsonl", "--as-at", "2026-09-22"]
    [day] = [line for line in map(json.loads, type_command(*words).out.splitlines()) if line["pupil"] == "p1"]
    window = of_window(folder, "absence", "--from", "2026-08-01", "--to", "2026-09-22")
    assert window.pop("from") == "2026-08-01"
    assert window == day


def test_sessions_by_code_in_a_window(folder: Path) -> None:
    said = of_window(folder, "absence_by_code")
    assert (said["O"], said["/"], said["\\"]) == (6, 2, 2)


def test_a_person_gets_the_figures_of_the_window(folder: Path) -> None:
    typed = type_command("evaluate", folder, *WINDOW)
    assert typed.status == 0
    assert "From 2026-09-16 to 2026-09-22" in typed.out
    assert "possible 10, attended 4" in typed.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*WINDOW, "--rule", "penalty_notice"], "looks at no window; those that do are absence, absence_by_code"),
        (["--from", "2026-09-22", "--to", "2026-09-16"], "ends on 2026-09-16, before it begins on 2026-09-22"),
        (["--from", "2022-08-01", "--to", "2026-09-16", "--rule", "absence"], "in force only from 2022-09-01"),
        (["--from", "2026-09-16"], "needs both --from DATE and --to DATE"),
        ([*WINDOW, "--as-at", "2026-09-22"], "in place of --as-at"),
        ([], "Name the day"),
    ],
)
def test_a_window_that_cannot_be_looked_at_says_why(folder: Path, words: list[str], said: str) -> None:
    typed = type_command("evaluate", folder, *words)
    assert typed.status == 2
    assert said in " ".join(typed.err.split())
