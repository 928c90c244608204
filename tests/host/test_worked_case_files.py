"""Folders of worked cases: what is found, and what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host.worked import run_cases
from rollbook.rules.worked import Outcome

CASE = """
id: {id}
calendar: a
checks:
  - as_at: 2026-09-04
    expect: {{absence: {{possible: {possible}}}}}
pupil: {{on_roll: 2026-09-03}}
"""


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "a.yaml").write_text("terms: [2026-09-03..2026-12-18]\n")
    (tmp_path / "right.yaml").write_text(CASE.format(id="right", possible=4))
    return tmp_path


def test_every_case_below_a_folder_is_run(cases: Path) -> None:
    (cases / "wrong.yaml").write_text(CASE.format(id="wrong", possible=5))
    assert [(one.case, one.outcome) for one in run_cases(cases)] == [
        ("right", Outcome.PASSED),
        ("wrong", Outcome.DIFFERS),
    ]


def test_one_file_is_run_by_itself(cases: Path) -> None:
    assert [one.case for one in run_cases(cases / "right.yaml")] == ["right"]


@pytest.mark.parametrize(
    "text",
    [
        "id: broken\nchecks: 3\n",
        "id: [unclosed\n",
        "- a list\n",
        CASE.format(id="broken", possible=4).replace("calendar: a", "calendar: b"),
        CASE.format(id="broken", possible=4).replace("on_roll: 2026-09-03", "on_roll: soon"),
    ],
)
def test_a_case_that_cannot_be_read_differs_and_the_others_run(cases: Path, text: str) -> None:
    (cases / "broken.yaml").write_text(text)
    broken, right = run_cases(cases)
    assert (broken.outcome, bool(broken.reason)) == (Outcome.DIFFERS, True)
    assert right.outcome is Outcome.PASSED


def test_no_such_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match="no such file"):
        run_cases(tmp_path / "nowhere")


def test_a_folder_without_a_case_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match="no worked case there"):
        run_cases(tmp_path)
