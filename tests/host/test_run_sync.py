"""A sync from end to end, with schools and an authority in this process."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from rollbook.contract import NeedsCredentials, Reject, RetryLater
from rollbook.contract.errors import FixSettings
from rollbook.host import report
from rollbook.host.lock import Busy, only_one
from rollbook.tables.checks import upn_check_letter
from rollbook.tables.schemas import Table
from support.host_world import ELMS, OAKS, World, born, build

FIRST, TENTH = date(2026, 9, 21), date(2026, 10, 2)  # the tenth school day from the first
NEXT = date(2026, 10, 5)
UPN = upn_check_letter("801200015001") + "801200015001"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return build(tmp_path, monkeypatch)


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return build(tmp_path, monkeypatch, schools=2)


def actions(world: World) -> list[tuple[int, str]]:
    return [(revision, action) for held in world.portal.contents().values() for revision, action, _ in held]


def test_ten_days_of_unauthorised_absence_make_one_return(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    result = world.sync(TENTH)
    assert (result.exit_status, result.sentence) == (0, "1 school: 1 ok. Messages: 1 delivered.")
    [[message]] = world.portal.held.values()
    assert message.content["absence"]["reached_on"] == "2026-10-02"


def test_an_unchanged_second_sync_does_nothing(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    ledger, files = world.ledger(), sorted((world.config.installation.state / "registers").rglob("*.parquet"))
    [school] = world.sync(TENTH).schools
    assert (school.messages, school.counts["changed"], school.counts["added"]) == ((), 0, 0)
    assert world.ledger() == ledger
    assert sorted((world.config.installation.state / "registers").rglob("*.parquet")) == files
    assert actions(world) == [(1, "send")]


def test_a_run_that_goes_on_is_said_once(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, date(2026, 11, 13), "O")
    for day in (TENTH, NEXT, date(2026, 11, 13)):
        world.sync(day)
    assert actions(world) == [(1, "send")]


def test_a_run_that_reached_ten_and_ended_between_two_syncs_is_still_a_return(world: World) -> None:
    world.sync(date(2026, 9, 25))
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(date(2026, 10, 14))
    assert actions(world) == [(1, "send")]
    assert [row.state for row in report.cases(world.config, kind="attendance_return")] == ["closed"]


def test_a_correction_withdraws_once_with_its_reason(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "I")
    for day in (NEXT, NEXT, NEXT + timedelta(days=1)):
        world.sync(day)
    assert actions(world) == [(1, "send"), (2, "withdraw")]
    [[_, (_, _, content)]] = world.portal.contents().values()
    assert "corrected" in content["reason"]


def test_a_corrected_first_day_amends_and_makes_no_second_return(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", FIRST - timedelta(days=3), TENTH, "O")
    for day in (NEXT, NEXT):
        world.sync(day)
    assert actions(world) == [(1, "send"), (2, "amend")]


def test_a_mark_keeps_the_value_it_had(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", FIRST, FIRST, "I", "O")
    [school] = world.sync(NEXT).schools
    assert school.counts["changed"] == 1
    assert list((world.config.installation.state / "registers").rglob("replaced-*.parquet"))


def test_an_export_without_rows_is_a_failure_and_nobody_is_absent(world: World) -> None:
    world.sync(TENTH)
    before = world.ledger()
    world.mis[OAKS].last = date(2026, 8, 1)
    result = world.sync(date(2026, 10, 14))
    assert (result.exit_status, result.schools[0].status) == (4, "failed")
    assert "has no rows of marks for School 100001" in result.schools[0].sentences[0]
    assert world.ledger() == before


def test_a_source_that_is_behind_is_degraded(world: World) -> None:
    world.mis[OAKS].last = date(2026, 9, 25)
    result = world.sync(TENTH)
    assert (result.exit_status, result.schools[0].status) == (3, "degraded")
    assert "is of 2026-09-25: 5 school days since then have none" in result.schools[0].sentences[0]


def test_no_calendar_anywhere_is_said(world: World) -> None:
    world.mis[OAKS].calendar = False
    result = world.sync(TENTH)
    assert "Nothing says when School 100001 (100001) is open" in result.schools[0].sentences[0]


def test_the_configurations_terms_are_the_calendar_where_the_source_has_none(world: World) -> None:
    world.mis[OAKS].calendar = False
    world.with_school(OAKS, terms=((date(2026, 9, 3), date(2026, 12, 18)),))
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    assert world.sync(TENTH).sentence == "1 school: 1 ok. Messages: 1 delivered."


def test_calendars_that_differ_are_reported(world: World) -> None:
    world.with_school(OAKS, terms=((date(2026, 9, 3), date(2026, 12, 18)),))
    notes = " ".join(world.sync(TENTH).schools[0].notes)
    assert "differ on 5 days (2026-10-26, 2026-10-27, 2026-10-28 ...): the source's was used" in notes


def test_an_unknown_mark_is_set_aside_once_and_the_others_pass(world: World) -> None:
    world.mis[OAKS].marked["p1", FIRST, "AM"] = "ZZ"
    first = world.sync(TENTH).schools[0].counts
    again = world.sync(NEXT).schools[0].counts
    assert (first["set_aside"], again["set_aside"], again["quarantine_open"]) == (1, 0, 1)
    world.mis[OAKS].marked["p1", FIRST, "AM"] = "/"
    assert world.sync(NEXT).schools[0].counts["quarantine_open"] == 0


def test_a_row_that_could_not_be_read_deletes_no_mark(world: World) -> None:
    world.sync(TENTH)
    world.mis[OAKS].rejects = [Reject("marks.csv, line 9", "date", "The date is not in the stated form.")]
    world.mis[OAKS].left["p1"] = FIRST  # and so has no marks after it
    [school] = world.sync(NEXT).schools
    assert (school.counts["removed"], school.counts["set_aside"]) == (0, 1)


def test_a_mark_that_is_gone_at_the_source_is_removed(world: World) -> None:
    world.sync(TENTH)
    world.mis[OAKS].marked["p1", FIRST, "AM"] = None
    assert world.sync(NEXT).schools[0].counts["removed"] == 1


def test_one_schools_failure_harms_no_other(two: World) -> None:
    def away(table: Table) -> None:
        raise RetryLater("The server is away.")

    two.mis[OAKS].problem = away
    two.mis[ELMS].mark("p1", FIRST, TENTH, "O")
    result = two.sync(TENTH)
    assert [school.status for school in result.schools] == ["failed", "ok"]
    assert (result.exit_status, result.sentence) == (3, "2 schools: 1 ok, 1 failed. Messages: 1 delivered.")


def test_a_fault_of_a_plugin_names_nobody(world: World) -> None:
    def broken(table: Table) -> None:
        raise KeyError("Surname-p1")

    world.mis[OAKS].problem = broken
    [sentence] = world.sync(TENTH).schools[0].sentences
    assert "fakemis" in sentence
    assert "100001" in sentence
    assert "Surname" not in sentence


def test_a_refused_credential_is_tried_once_for_all_schools_of_the_connection(two: World) -> None:
    def refused(table: Table) -> None:
        raise NeedsCredentials("The key was revoked.")

    for mis in two.mis.values():
        mis.problem = refused
    two.with_school(ELMS, connection=f"c{OAKS}")
    result = two.sync(TENTH)
    assert [school.status for school in result.schools] == ["failed", "failed"]
    assert two.mis[ELMS].pulls == []


def test_a_plugin_that_is_not_there_is_a_fault_of_the_configuration(two: World) -> None:
    connections = dict(two.config.connections)
    connections[f"c{OAKS}"] = replace(connections[f"c{OAKS}"], plugin="nosuch")
    two.config = replace(two.config, connections=connections)
    result = two.sync(TENTH)
    assert [school.status for school in result.schools] == ["failed", "ok"]
    assert result.exit_status == 2


def test_the_same_child_at_two_schools_is_one_number(two: World) -> None:
    for mis in two.mis.values():
        mis.pupils[0] = born("p1", upn=UPN, surname="Ash")
    two.sync(TENTH)
    both = report.find_pupils(two.config, upn=UPN)
    assert [row.school for row in both] == [OAKS, ELMS]
    assert len({row.pupil for row in both}) == 1


def test_a_dry_run_keeps_and_sends_nothing(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    result = world.sync(TENTH, dry_run=True)
    assert [(row.action, row.state, row.message) for row in result.schools[0].messages] == [("send", "waiting", None)]
    assert (result.run, world.portal.held, world.ledger(), report.runs(world.config)) == (None, {}, [], [])
    assert not (world.config.installation.state / "registers").exists()
    assert world.sync(TENTH).sentence == "1 school: 1 ok. Messages: 1 delivered."


def test_a_day_before_the_last_judged_one_is_refused(world: World) -> None:
    world.sync(NEXT)
    result = world.sync(TENTH)
    assert "already judged as at 2026-10-05" in result.schools[0].sentences[0]
    assert result.schools[0].status == "degraded"


def test_a_second_sync_while_one_runs_is_refused(world: World) -> None:
    with only_one(world.config.installation.state), pytest.raises(Busy, match="Another sync is at work"):
        world.sync(TENTH)


def test_an_unknown_school_is_named_with_those_there_are(world: World) -> None:
    with pytest.raises(FixSettings, match=r"no school 999999 .* 100001"):
        world.sync(TENTH, schools=[999999])


def test_a_local_setting_that_the_law_does_not_leave_open_is_refused(world: World) -> None:
    world.config = replace(world.config, authorities={"801": {"attendance_return_school_days": 15}})
    with pytest.raises(FixSettings, match="attendance_return_school_days is set by law"):
        world.sync(TENTH)


def test_a_full_disk_is_a_clean_failure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        result = world.sync(TENTH)
    assert result.exit_status == 4
    assert "School 100001" in result.schools[0].sentences[0] or "school 100001" in result.schools[0].sentences[0]
    assert [p for p in (world.config.installation.state / "registers").rglob("*") if p.is_file()] == []
    assert world.sync(TENTH).sentence == "1 school: 1 ok. Messages: 1 delivered."


def test_unusually_many_returns_at_once_are_held(world: World) -> None:
    world.mis[OAKS].pupils += [born(f"p{n}") for n in range(7, 20)]
    world.sync(date(2026, 9, 25))
    for n in range(1, 9):
        world.mis[OAKS].mark(f"p{n}", FIRST, TENTH, "O")
    result = world.sync(TENTH)
    assert world.portal.held == {}
    assert {row.state for row in result.schools[0].messages} == {"held"}
    assert "8 cases of School 100001 (100001) are new or changed at once" in result.schools[0].sentences[0]


def test_the_stages_are_told_as_they_come(world: World) -> None:
    told: list[tuple[str, str]] = []
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH, progress=lambda name, stage, done, total: told.append((name, stage)))
    stages = list(dict.fromkeys(stage for name, stage in told if name == "School 100001"))
    assert stages[:3] == ["waiting", "sessions", "pupils"]
    assert stages[-4:] == ["marks", "register", "judge", "done"]
    assert told[-1] == ("council", "deliver")


def test_the_first_pull_reaches_back_to_the_previous_school_year_and_later_ones_overlap(world: World) -> None:
    world.sync(TENTH)
    first = [window for table, window in world.mis[OAKS].pulls if table is Table.MARKS]
    world.mis[OAKS].pulls.clear()
    world.sync(NEXT)
    later = [window for table, window in world.mis[OAKS].pulls if table is Table.MARKS]
    assert (first[0].first, first[-1].last) == (date(2025, 8, 1), TENTH)
    assert all((window.last - window.first).days < 200 for window in first)
    assert [(window.first, window.last) for window in later] == [(TENTH - timedelta(days=30), NEXT)]
