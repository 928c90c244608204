"""`rollbook-receiver conformance URL`: our receiver keeps them, and one broken on purpose is caught at its clause."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rollbook_feed.clauses import clauses
from rollbook_receiver import messages
from rollbook_receiver.conformance.of_receiver import outcomes, run
from rollbook_receiver.conformance.of_receiver.check import Check
from rollbook_receiver.conformance.result import BEYOND, BROKEN, MET, NOT_SEEN, Finding
from rollbook_receiver.limits import Limits
from support.receiver_checked import Checked, checked
from support.receiver_mistakes import BROKEN as MISTAKES

OF_CLAUSE = {check.clause: check for check in run.CHECKS}
ON_LOOPBACK = {"F-1": NOT_SEEN, "F-25": BEYOND}  # without TLS; and never too much for it


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    with checked(tmp_path_factory.mktemp("checked")) as made:
        yield made


@pytest.fixture(autouse=True)
def a_short_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "BURST", 40)


@pytest.mark.parametrize("check", run.CHECKS, ids=lambda check: check.clause)
def test_our_receiver_keeps_the_clause(ours: Checked, check: Check) -> None:
    [finding] = run.found(ours.stage(), [check])
    assert finding.verdict == ON_LOOPBACK.get(check.clause, MET), finding.came


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_receiver_that(ours: Checked, mistake: str) -> None:
    clause, within = MISTAKES[mistake]
    [finding] = run.found(ours.stage(within()), [OF_CLAUSE[clause]])
    assert finding.verdict == BROKEN, finding.came
    assert "Quillfeather" not in finding.came


def test_each_check_has_a_receiver_that_it_catches() -> None:
    assert {clause for clause, _ in MISTAKES.values()} == set(OF_CLAUSE) - {"F-1"}  # which is on a socket, below


def test_too_much_for_a_receiver_is_seen_and_waited_for(ours: Checked) -> None:
    stage = ours.stage(limits=Limits(a_second=20.0, burst=30))
    stage.wire.sleep = lambda seconds: stage.wire.sign_in()  # which takes its time
    [finding] = run.found(stage, [OF_CLAUSE["F-25"]])
    assert (finding.verdict, finding.came.partition(" of ")[2]) == (
        MET,
        "40 were told to wait, with Retry-After, and the others answered as the first",
    )


def test_what_was_sent_is_withdrawn(ours: Checked) -> None:
    stage = ours.stage()
    for kind in stage.kinds:
        stage.take(stage.message(kind))
    assert stage.withdraw_all() == 0
    with ours.store.reading() as connection:
        held = [one for one in messages.states(connection, most=1000) if one.key.pupil == stage.run]
    assert {one.action for one in held} == {"withdraw"}
    assert len(held) == len(stage.kinds)


def test_a_result_tells_of_each_clause_that_binds_the_receiver() -> None:
    told = run.whole([Finding("F-3", "this", "that", MET)])
    assert [finding.clause for finding in told] == [clause.id for clause in clauses() if clause.binds == "receiver"]
    assert {finding.verdict for finding in told if finding.clause != "F-3"} == {NOT_SEEN, BEYOND}


@pytest.mark.slow
def test_a_whole_run_judges_every_refusal_of_it_and_may_be_run_again(ours: Checked) -> None:
    for _ in range(2):
        stage = ours.stage()
        told = run.whole(run.found(stage, run.CHECKS))
        assert {finding.clause for finding in told if finding.verdict != MET} == {*ON_LOOPBACK, "F-37", "F-40"}
        assert len(stage.wire.refusals) > 50
        assert stage.withdraw_all() == 0
