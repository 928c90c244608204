"""A missing pupil's report that an officer judges: refused with reasons, mended at the school, and accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rollbook.host import decide, report, run
from rollbook.host.rows import MessageRow
from rollbook.host.run_rows import RunResult
from rollbook_receiver import judging
from support.host_journey import Trust, trust
from support.receiver import NOW, Receiver, running_receiver
from support.typed import type_command

FIRST, TENTH, MONDAY = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)
LEFT_OUT = "(their words are left out: they name a person)"


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with running_receiver(tmp_path) as running:
        yield running


@pytest.fixture
def oakfield(tmp_path: Path, receiver: Receiver) -> Trust:
    made = trust(tmp_path, receiver)
    toml = tmp_path / "rollbook.toml"
    toml.write_text(toml.read_text("utf-8").replace('"attendance_return"]', '"missing_pupil_report"]'), "utf-8")
    made.export(TENTH, {("001", FIRST, TENTH): "O"})
    return made


def sync(oakfield: Trust, hour: int) -> RunResult:
    """That hour's run on the Monday, as at the Friday before."""
    moment = datetime(MONDAY.year, MONDAY.month, MONDAY.day, hour, tzinfo=UTC)
    return run.sync(oakfield.config, as_at=TENTH, now=lambda: moment, in_process=True)


def let_go(oakfield: Trust) -> None:
    [case] = report.cases(oakfield.config, kind="missing")
    decide.approve(oakfield.config, case.case, by="A. Head", in_process=True)


def judge(receiver: Receiver, outcome: str, *problems: str) -> None:
    """What an officer does with the newest revision."""
    [held] = receiver.stored()
    reasons = [{"pointer": "/content/missing", "problem": problem} for problem in problems]
    with receiver.store.writing() as connection:
        judging.judge(connection, held.reference, outcome, reasons, "R. Officer", NOW)


def messages(oakfield: Trust) -> list[MessageRow]:
    [case] = report.cases(oakfield.config, kind="missing")
    return list(report.case(oakfield.config, case.case).messages)


def says_so(oakfield: Trust, later: RunResult, case: int) -> None:
    """What a sync after the refusal, `status` and `cases` say of it while nobody has done anything."""
    [there] = [one for one in later.deliveries if one.sentences]
    [said] = there.sentences
    words = f"{there.destination} refused the missing pupil report of case {case}: /content/missing: what did the neigh"
    assert said.startswith(words)
    assert f"`rollbook cases fill {case} FIELD`" in said
    assert "`rollbook outbox give-up 1`" in said
    assert "1 High Street" not in said
    assert later.exit_status == 3
    status = type_command("--config", oakfield.config.path, "status")
    assert (status.status, said in " ".join(status.out.split())) == (3, True)
    assert "refused: /content/missing: what did" in " ".join(
        type_command("--config", oakfield.config.path, "cases").out.split()
    )


def test_the_reasons_are_with_the_case_and_what_is_mended_goes_as_the_next_revision(
    oakfield: Trust, receiver: Receiver
) -> None:
    sync(oakfield, 8)
    let_go(oakfield)
    assert sync(oakfield, 9).sentence == "1 school: 1 ok. Messages: 1 delivered."
    assert [row.reasons for row in messages(oakfield)] == [("The authority has yet to judge it.",)]
    judge(receiver, "refused", "what did the neighbours say?", "1 High Street stands empty")

    assert sync(oakfield, 10).sentence == "1 school: 1 ok. Messages: 1 refused."
    [refused] = messages(oakfield)
    reasons = ("/content/missing: what did the neighbours say?", f"/content/missing: {LEFT_OUT}")
    assert (refused.state, refused.reasons) == ("refused", reasons)
    [case] = report.cases(oakfield.config, kind="missing")
    shown = type_command("--config", oakfield.config.path, "cases", "show", str(case.case))
    assert shown.status == 0
    assert "what did the neighbours" in " ".join(shown.out.split())
    assert "1 High Street" not in shown.out

    says_so(oakfield, sync(oakfield, 11), case.case)
    decide.fill(oakfield.config, case.case, "missing.circumstances", "They saw a van.", by="A. Head", in_process=True)
    let_go(oakfield)
    sync(oakfield, 12)
    assert [(row.revision, row.state) for row in messages(oakfield)] == [(1, "refused"), (2, "delivered")]
    judge(receiver, "accepted")
    assert sync(oakfield, 13).exit_status == 0
    assert type_command("--config", oakfield.config.path, "status").status == 0
    assert [row.reasons for row in messages(oakfield)] == [reasons, ()]
    [held] = receiver.stored()
    assert (held.revision, held.content["missing"]["circumstances"]) == (2, "They saw a van.")
