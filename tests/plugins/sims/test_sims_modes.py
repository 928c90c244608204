"""However the reporter behaves, what comes of it are the school's tables or a Problem: each mode of the stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings, NeedsCredentials, Problem, RetryLater
from rollbook.tables.schemas import Table
from rollbook.testing.kit.made_to_order import with_names
from rollbook.testing.kit.source_stage import EVENING, WEEK, SourceStage, school_of
from rollbook_sims.simulator import SignedInSimulator, SimsSimulator
from rollbook_sims.source import SimsSource
from support.conformed import is_kept

TABLES = (Table.PUPILS, Table.MARKS)
GOSSIP = ("Ada", "Lovelace", "A123456789012", "10/12/2015")
"""What the stand-in says when it fails."""


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimsSource, "today", staticmethod(lambda: EVENING))


def stage(folder: Path, **settings: object) -> SourceStage:
    return SourceStage(SimsSource, SimsSimulator, folder, school=with_names(school_of(32)), settings=settings)


@pytest.mark.parametrize("mode", ["ok", "cp1252", "cross_product", "outer_rows", "bad_exit", "flood"])
def test_what_is_odd_and_whole_is_read(tmp_path: Path, mode: str) -> None:
    with stage(tmp_path) as school:
        school.simulator.misbehave(mode)
        for table in TABLES:
            assert school.unlike(table, school.pull(table, WEEK).rows, WEEK) == ""


@pytest.mark.parametrize(
    "mode",
    ["missing", "empty", "half_written", "old", "unreadable", "error", "error_in_output", "error_after_records"],
)
def test_what_is_not_whole_is_a_problem_of_that_report_and_names_nobody(tmp_path: Path, mode: str) -> None:
    with stage(tmp_path) as school:
        school.simulator.misbehave(mode, "marks")
        assert school.unlike(Table.PUPILS, school.pull(Table.PUPILS, WEEK).rows, WEEK) == ""
        _, problem = school.try_pull(Table.MARKS, WEEK)
        assert isinstance(problem, RetryLater | FixSettings)
        assert "Rollbook marks" in problem.sentence
        assert not [word for word in GOSSIP if word in f"{problem.sentence} {problem.detail}"]


def test_one_that_takes_too_long_is_ended_and_the_sentence_says_what_to_raise(tmp_path: Path) -> None:
    with stage(tmp_path, minutes=0.02) as school:
        school.simulator.misbehave("slow", "marks", seconds=60)
        _, problem = school.try_pull(Table.MARKS, WEEK)
    assert isinstance(problem, RetryLater)
    assert "minutes" in problem.sentence


def test_what_failed_is_whole_again_when_the_reporter_is(tmp_path: Path) -> None:
    with stage(tmp_path) as school:
        source = school.made()
        school.simulator.misbehave("half_written")
        assert isinstance(school.try_pull(Table.MARKS, WEEK, source=source)[1], Problem)
        school.simulator.behave()
        assert school.unlike(Table.MARKS, school.pull(Table.MARKS, WEEK, source=source).rows, WEEK) == ""


def test_the_reporters_csv_gives_the_same_marks(tmp_path: Path) -> None:
    """Of names it cannot write all letters."""
    with stage(tmp_path, form="csv") as school:
        assert school.unlike(Table.MARKS, school.pull(Table.MARKS, WEEK).rows, WEEK) == ""


def test_a_wrong_password_is_a_matter_of_credentials(tmp_path: Path) -> None:
    with SourceStage(SimsSource, SignedInSimulator, tmp_path) as school:
        assert school.unlike(Table.MARKS, school.pull(Table.MARKS, WEEK).rows, WEEK) == ""
        Path(school.simulator.settings["password"]["file"]).write_text("changed", encoding="utf-8")
        _, problem = school.try_pull(Table.MARKS, WEEK, source=school.made())
    assert isinstance(problem, NeedsCredentials)
    assert "changed" not in f"{problem.sentence} {problem.detail}"


@pytest.mark.slow
@pytest.mark.parametrize("id_", ["S44", "S45", "S46"])
def test_a_password_of_sims_is_shown_nowhere(id_: str, tmp_path: Path) -> None:
    is_kept(id_, SimsSource, SignedInSimulator, tmp_path)
