"""What is judged when, what persons decide, and what the reports then say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rollbook.contract import SchoolRef
from rollbook.contract.errors import FixSettings
from rollbook.host import check, decide, report
from rollbook.host.load import load
from rollbook.host.lock import Busy, only_one
from rollbook.host.state import opened, register_files
from rollbook.host.store.runs import manifest
from rollbook.tables.checks import upn_check_letter
from rollbook.tables.schemas import Table
from support.host_plugins import FakeMis
from support.host_postgres import postgres_url
from support.host_world import OAKS, World, born, build

FIRST, TENTH, NEXT = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)
UPN = upn_check_letter("801200015001") + "801200015001"
BY: Any = {"by": "A. Officer", "reason": "agreed with the school"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return build(tmp_path, monkeypatch)


@pytest.mark.postgres
def test_two_nights_on_postgresql(world: World, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = postgres_url(request, tmp_path)
    world.config = replace(world.config, installation=replace(world.config.installation, database=url))
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    assert world.sync(TENTH).sentence == "1 school: 1 ok. Messages: 1 delivered."
    world.mis[OAKS].mark("p1", FIRST, TENTH, "I")
    assert world.sync(NEXT).sentence == "1 school: 1 ok. Messages: 1 delivered."
    assert [row.action for row in report.outbox(world.config)] == ["send", "withdraw"]
    assert all(ledger.ok for ledger in report.verify(world.config))


def test_what_had_ended_and_was_due_before_the_first_judged_day_opens_no_case(world: World) -> None:
    world.with_school(OAKS, judge_from=None)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.mis[OAKS].mark("p2", FIRST, date(2026, 11, 6), "O")
    world.sync(date(2026, 11, 6))  # the return of p1 was due by the end of October
    assert [row.last for row in report.cases(world.config, kind="attendance_return")] == [date(2026, 11, 6)]


def test_of_what_is_found_without_a_case_it_is_said_why_and_how_to_see_more(world: World) -> None:
    world.with_school(OAKS, judge_from=None)
    first, again = (world.sync(date(2026, 11, 6)).schools[0] for _ in range(2))
    said = "Found, and no case is made of it: new_pupil_return 6; it was over before 2026-11-06, the first day judged"
    for school in (first, again):
        assert school.findings["new_pupil_return"] == 6
        [note] = [note for note in school.notes if note.startswith("Found")]
        assert note.startswith(said)
        assert note.endswith("`rollbook explain --pupil NUMBER --rule new_pupil_return` says more of a pupil.")


def test_of_what_has_a_case_nothing_is_said(world: World) -> None:
    school = world.sync(TENTH).schools[0]
    assert school.findings["new_pupil_return"] == 6
    assert not [note for note in school.notes if note.startswith("Found")]


def test_a_new_day_is_judged_though_no_mark_changed(world: World) -> None:
    world.sync(TENTH)
    world.sync(NEXT)
    assert report.status(world.config)[0].judged == NEXT


def test_a_pupil_without_a_birth_date_is_set_aside_and_the_others_are_judged(world: World) -> None:
    world.mis[OAKS].pupils.append(born("p9", dob=None))
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    aside = report.quarantine(world.config)
    assert {(row.table, row.column) for row in aside} == {("pupils", "dob")}
    assert len(world.portal.held) == 1


def test_a_past_day_is_loaded_as_it_was_known(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    known = world.clock[0]
    world.mis[OAKS].mark("p1", FIRST, TENTH, "I")
    world.sync(NEXT)
    with opened(world.config) as database, database.read() as conn:
        school = world.config.schools[0]
        now = load(conn, register_files(world.config), school, TENTH, schools=world.config.schools)
        then = load(conn, register_files(world.config), school, TENTH, known, schools=world.config.schools)
    changed = now.registers.marks.join(then.registers.marks, on=["pupil", "date", "session", "code"], how="anti")
    assert changed.filter(changed["date"] <= TENTH).height == 20


def test_a_damaged_register_is_refused_and_nothing_is_sent(world: World) -> None:
    world.sync(TENTH)
    with opened(world.config) as database, database.read() as conn:
        named = conn.execute(sa.select(manifest.c.marks_file)).scalar_one()
    file = world.config.installation.state / "registers" / named
    file.write_bytes(file.read_bytes()[:-1])
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    result = world.sync(NEXT)
    assert (result.exit_status, world.portal.held) == (4, {})
    assert "its content is not what was written" in result.schools[0].sentences[0]


def test_a_mended_map_of_codes_releases_what_was_set_aside(world: World) -> None:
    world.mis[OAKS].marked["p1", FIRST, "AM"] = "7"
    world.sync(TENTH)
    assert report.quarantine_counts(world.config) == [(OAKS, "unknown_code", "7", 1)]
    world.with_school(OAKS, codes={"7": "I"})
    assert decide.retry_quarantine(world.config, in_process=True) == [(OAKS, 1, 0)]
    [illness] = [row for row in report.codes(world.config) if row.code == "I"]
    assert (illness.raw, illness.count, illness.quality) == ("7", 1, "alias")


def test_what_is_waived_stays_waived(world: World) -> None:
    world.mis[OAKS].marked["p1", FIRST, "AM"] = "7"
    world.sync(TENTH)
    [row] = report.quarantine(world.config)
    assert decide.waive(world.config, row.id, **BY).state == "waived"
    world.sync(NEXT)
    assert report.quarantine(world.config) == []
    with pytest.raises(FixSettings, match="is waived"):
        decide.waive(world.config, row.id, **BY)


def test_nobody_decides_while_a_sync_runs(world: World) -> None:
    world.sync(TENTH)
    with only_one(world.config.installation.state), pytest.raises(Busy):
        decide.approve(world.config, 1, by="A. Head")


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (lambda config: decide.approve(config, 99, by="A. Head"), "There is no case 99"),
        (lambda config: decide.approve(config, 1, by=" "), "needs the name of who makes it"),
        (lambda config: decide.fill(config, 1, "pupil.shoe_size", "7", by="A. Head"), "no field 'pupil.shoe_size'"),
        (lambda config: decide.fill(config, 1, "cause", " ", by="A. Head"), "is empty"),
        (lambda config: decide.give_up(config, 99, **BY), "There is no message 99"),
        (lambda config: decide.give_up(config, 1, by="A. Head", reason=""), "needs a reason"),
        (lambda config: decide.send_again(config, 1, **BY), "only one that is unknown, refused, given up"),
        (lambda config: report.case(config, 99), "There is no case 99"),
        (lambda config: report.message(config, 99), "There is no message 99"),
        (lambda config: report.run(config, 99), "There is no run 99"),
        (lambda config: report.pupil(config, 99), "There is no pupil 99"),
    ],
)
def test_what_cannot_be_done_is_said(world: World, decision: Any, said: str) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    with pytest.raises(FixSettings, match=said):
        decision(world.config)


def test_how_a_school_stands(world: World) -> None:
    [before] = report.status(world.config)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.mis[OAKS].marked["p2", FIRST, "AM"] = "7"
    world.sync(TENTH)
    [after] = report.status(world.config, now=lambda: world.clock[0])
    assert (before.status, before.last_run) == ("never", None)
    assert (after.status, after.newest_session, after.pupils, after.quarantine, sum(after.cases.values())) == (
        "ok",
        TENTH,
        6,
        1,
        10,  # the return, a referral, the threshold of a notice, a child who is missing, and six who entered
    )


def test_a_run_is_kept_as_it_was(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    result = world.sync(TENTH)
    kept = report.run(world.config, result.run or 0)
    assert (kept.sentence, kept.deliveries, kept.exit_status) == (result.sentence, result.deliveries, 0)
    assert kept.schools[0].counts == result.schools[0].counts
    [row] = report.runs(world.config)
    assert (row.ok, row.failed, row.exit_status) == (1, 0, 0)


def test_a_pupil_is_found_by_name_or_upn_and_shown_with_what_leads_there(world: World) -> None:
    world.mis[OAKS].pupils[0] = born("p1", upn=UPN, surname="O'Neill-Smith", forename="Una")
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    [by_name] = report.find_pupils(world.config, name="una smi")
    [by_upn] = report.find_pupils(world.config, upn=UPN.lower())
    detail = report.pupil(world.config, by_name.pupil)
    assert by_name == by_upn
    assert sorted(link.kind for link in detail.links) == ["key", "upn"]
    assert {case.rule for case in detail.cases} == {
        "attendance_return",
        "missing",
        "new_pupil_return",
        "penalty_notice",
        "support_referral",
    }


def test_a_case_is_shown_with_its_evidence_and_its_law(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    detail = report.case(world.config, 1)
    assert len(detail.evidence) == 20
    assert "SI 2024/208" in detail.law[0]
    assert "21 September 2026" in detail.text
    assert "Surname" not in detail.text


def test_a_check_names_what_is_wrong_and_goes_on(world: World) -> None:
    world.with_school(OAKS, key="elsewhere")
    destinations = {"council": replace(world.config.destinations["council"], plugin="nosuch")}
    world.config = replace(world.config, destinations=destinations)
    wrong = [(line.about, line.text) for line in check.check(world.config, in_process=True) if not line.ok]
    assert [about for about, _ in wrong] == ["school 100001 (School 100001)", "council"]
    assert "does not show it; it shows: 100001" in wrong[0][1]


def test_settings_that_cannot_be_used_are_told_once(world: World) -> None:
    connections = {name: replace(one, settings={"nosuch": 1}) for name, one in world.config.connections.items()}
    world.config = replace(world.config, connections=connections)
    wrong = [line.text for line in check.check(world.config, in_process=True) if not line.ok]
    assert len([line for line in wrong if "nosuch" in line]) == len(connections) == len(wrong)


def test_a_school_that_is_shown_under_another_key_is_told_by_its_urn_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_school(OAKS, key="elsewhere")
    monkeypatch.setattr(FakeMis, "schools", lambda self: [SchoolRef("QS-77", urn=OAKS)])
    [wrong] = [line.text for line in check.check(world.config, in_process=True) if not line.ok]
    assert "it shows: QS-77 (URN 100001)" in wrong


def test_nothing_of_a_pupil_is_in_the_log(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.mis[OAKS].pupils.append(born("p9", dob=None, upn="NOTAUPN"))
    world.mis[OAKS].extra[Table.CONTACTS] = [{"pupil": "p1", "name": "Parent-of-p1"}]
    world.sync(TENTH)
    world.mis[OAKS].last = date(2026, 8, 1)
    world.sync(NEXT + timedelta(days=9))
    log = (world.config.installation.state / "log" / "rollbook.jsonl").read_text()
    assert "sync_ended" in log
    for personal in ("Surname", "Forename", "High Street", "2014-03-10", "Parent-of", "NOTAUPN"):
        assert personal not in log
