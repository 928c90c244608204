"""What an authority is sent every day and every week: once, again when it changed, and how fresh it is each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from rollbook.contract import DeliveryUnknown, Outcome, Regular, Report, RetryLater, VendorMustAct
from rollbook.host import check
from rollbook.host.run_rows import RunResult
from support.host_talking import Talk, talking_world, with_second_school
from support.host_world import ELMS, OAKS, World

FIRST_MONDAY, MONDAY, TUESDAY = date(2026, 9, 7), date(2026, 10, 5), date(2026, 10, 6)
DAYS = frozenset({Regular.DAY})


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[World, Talk]:
    return talking_world(tmp_path, monkeypatch)


@pytest.fixture
def world(both: tuple[World, Talk]) -> World:
    """A school that sends all that its authority asks for."""
    sends(both[0], frozenset(Regular))
    return both[0]


@pytest.fixture
def talk(both: tuple[World, Talk]) -> Talk:
    return both[1]


def sends(world: World, regular: frozenset[Regular]) -> None:
    there = {name: replace(one, regular=regular) for name, one in world.config.destinations.items()}
    world.config = replace(world.config, destinations=there)


def said(result: RunResult) -> dict[str, int]:
    return dict(result.deliveries[0].reports)


def test_first_all_weeks_of_the_school_year_and_days_of_four_weeks(world: World, talk: Talk) -> None:
    world.sync(MONDAY)
    weeks = [FIRST_MONDAY - timedelta(days=7) + timedelta(days=7 * n) for n in range(5)]  # the year began on a Thursday
    assert list(talk.newest(Regular.WEEK)) == weeks
    days = list(talk.newest(Regular.DAY))
    assert (days[0], days[-1], len(days)) == (date(2026, 9, 8), MONDAY, 20)
    assert list(talk.newest(Regular.SESSIONS)) == days


def test_what_did_not_change_is_not_said_again_but_today_is(world: World, talk: Talk) -> None:
    world.sync(MONDAY)
    talk.came.clear()
    again = world.sync(MONDAY)
    assert [(one.kind, one.day, one.revision) for one in talk.came] == [(Regular.DAY, MONDAY, 2)]
    assert said(again) == {"said": 1}
    assert again.exit_status == 0


def test_a_late_mark_says_its_day_and_its_week_again(world: World, talk: Talk) -> None:
    world.sync(MONDAY)
    talk.came.clear()
    day = date(2026, 9, 9)
    world.mis[OAKS].mark("p1", day, day, "I")
    world.sync(TUESDAY)
    changed = {(one.kind, one.day, one.revision) for one in talk.came if one.day < MONDAY}
    assert changed == {(Regular.WEEK, FIRST_MONDAY, 2), (Regular.SESSIONS, day, 2)}
    [row] = [row for row in talk.newest(Regular.WEEK)[FIRST_MONDAY].content["rows"] if row.get("cohort") == "all"]
    assert (row["possible"], row["authorised"]) == (60, 2)


def test_a_register_that_was_not_taken_is_not_recorded_and_no_absence(world: World, talk: Talk) -> None:
    world.mis[OAKS].skipped = {("p1", TUESDAY)}
    world.sync(TUESDAY)
    registers = talk.newest()[TUESDAY].content["registers"]
    assert registers[0] == {"session": "AM", "expected": 6, "recorded": 5}


def test_a_pull_that_failed_is_reported_and_last_sync_ok_does_not_move(world: World, talk: Talk) -> None:
    world.sync(MONDAY)
    read = talk.newest()[MONDAY].content["last_sync_ok"]

    def away(table: object) -> None:
        raise RetryLater("The school's server is away.")

    world.mis[OAKS].problem = away
    assert world.sync(TUESDAY).schools[0].status == "failed"
    today = talk.newest()[TUESDAY].content
    assert today["last_sync_ok"] == read == "2026-10-05T19:00:00Z"
    assert today["as_of"] == "2026-10-06T19:00:00Z"
    assert [row["recorded"] for row in today["registers"]] == [0, 0]


def test_a_school_that_was_never_read_is_not_reported(world: World, talk: Talk) -> None:
    def away(table: object) -> None:
        raise RetryLater("The school's server is away.")

    world.mis[OAKS].problem = away
    world.sync(MONDAY)
    assert talk.came == []


@pytest.mark.parametrize(
    ("wants", "regular", "sent"),
    [
        (DAYS, frozenset(Regular), DAYS),
        (frozenset(Regular), DAYS, DAYS),
        (frozenset(), frozenset(Regular), frozenset()),
        (frozenset(Regular), frozenset({Regular.DAY, Regular.WEEK}), {Regular.DAY, Regular.WEEK}),
    ],
    ids=["authority wants days", "school sends days", "authority wants none", "sessions not agreed to"],
)
def test_only_what_both_agreed_to_is_sent(
    world: World, talk: Talk, wants: frozenset[Regular], regular: frozenset[Regular], sent: frozenset[Regular]
) -> None:
    talk.wants[OAKS] = wants
    sends(world, regular)
    world.sync(MONDAY)
    assert {one.kind for one in talk.came} == sent


def test_after_a_lost_reply_the_next_number_is_taken(world: World, talk: Talk) -> None:
    def no_reply(report: Report) -> None:
        raise DeliveryUnknown("No reply came.")

    sends(world, DAYS)
    talk.lost = no_reply
    first = world.sync(MONDAY)
    assert said(first) == {"unknown": 20}
    assert first.exit_status == 3
    talk.lost = lambda report: None
    assert said(world.sync(MONDAY)) == {"said": 20}
    assert {one.revision for one in talk.came[1:]} == {2}


def test_a_higher_revision_there_as_after_a_restore_is_passed(world: World, talk: Talk) -> None:
    talk.came.append(Report(Regular.DAY, OAKS, MONDAY, 7, {}))
    world.sync(MONDAY)
    world.sync(MONDAY)
    assert [one.revision for one in talk.came if (one.kind, one.day) == (Regular.DAY, MONDAY)] == [7, 1, 8]


def test_a_refusal_is_said_in_one_sentence_and_the_report_is_made_again(world: World, talk: Talk) -> None:
    talk.outcome = Outcome.REFUSED
    sends(world, DAYS)
    result = world.sync(MONDAY)
    [sentence] = result.deliveries[0].sentences
    assert "council refused the report day 2026-09-08 of School 100001 (100001) and 19 more: a row of four" in sentence
    talk.outcome = Outcome.ACCEPTED
    assert said(world.sync(MONDAY)) == {"said": 20}


def test_one_school_that_cannot_be_reported_harms_no_other(world: World, talk: Talk) -> None:
    def broken(school: int) -> None:
        if school == OAKS:
            raise VendorMustAct("The answer is not what was agreed.")

    with_second_school(world)
    talk.before = broken
    result = world.sync(MONDAY)
    assert {one.school for one in talk.came} == {ELMS}
    assert result.exit_status == 3


def test_an_authority_that_is_away_is_asked_once(world: World, talk: Talk) -> None:
    asked = []

    def away(school: int) -> None:
        asked.append(school)
        raise RetryLater("The portal is away.")

    with_second_school(world)
    talk.before = away
    result = world.sync(MONDAY)
    assert asked == [OAKS]
    assert len(result.deliveries[0].sentences) == 1


def test_a_dry_run_reports_nothing_and_says_what_would_go(world: World, talk: Talk) -> None:
    sends(world, DAYS)
    [would] = world.sync(MONDAY, dry_run=True).deliveries
    assert (talk.came, would.destination) == ([], "council")
    assert would.notes[0].endswith("`regular = []` in [destinations.council] stops them.")
    world.sync(MONDAY)
    assert would.reports == {"day": len(talk.came)}
    again = world.sync(TUESDAY, dry_run=True)
    assert dict(again.deliveries[0].reports) == {"day": 1}


def test_a_dry_run_says_nothing_of_reports_where_none_is_sent(world: World, talk: Talk) -> None:
    sends(world, frozenset())
    assert world.sync(MONDAY, dry_run=True).deliveries == ()


@pytest.mark.parametrize(
    ("regular", "wants", "said"),
    [
        (
            Regular,
            Regular,
            "Of 1 school it is sent EVERY MARK OF EVERY PUPIL, each day (`sessions` of the regular",
        ),
        (DAYS, Regular, "The authority asks for sessions, which are the marks of every pupil, and `regular` does not"),
        (Regular, DAYS, "`regular` names sessions, and the authority asks for them of none of these schools"),
    ],
    ids=["both", "authority alone", "configuration alone"],
)
def test_check_says_what_goes_to_whom(
    world: World, talk: Talk, regular: frozenset[Regular], wants: frozenset[Regular], said: str
) -> None:
    sends(world, frozenset(regular))
    talk.wants[OAKS] = frozenset(wants)
    lines = [line for line in check.check(world.config, in_process=True) if line.about == "council"]
    assert "Of 1 school it is sent how complete each day's registers are (`day` of the regular feed)." in {
        line.text for line in lines
    }
    [marks] = [line for line in lines if "sessions" in line.text]
    assert marks.text.startswith(said)
    assert (marks.ok, marks.note) == (True, True)


def test_check_says_that_nothing_is_sent_where_the_configuration_says_so(world: World, talk: Talk) -> None:
    sends(world, frozenset())
    lines = [line.text for line in check.check(world.config, in_process=True) if line.about == "council"]
    assert "No report of the regular feed is sent: `regular` is empty." in lines


def test_check_says_that_a_plugin_has_no_use_for_what_is_named(world: World, talk: Talk) -> None:
    silent = {name: replace(one, plugin="allportal") for name, one in world.config.destinations.items()}
    world.config = replace(world.config, destinations=silent)
    [said] = [line for line in check.check(world.config, in_process=True) if "`regular`" in line.text]
    assert (said.about, said.note) == ("council", True)
    assert said.text.startswith("`regular` has no use here: the plugin allportal carries no report")
