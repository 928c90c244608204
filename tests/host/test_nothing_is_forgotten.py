"""What could be lost in silence is not: a case nobody could be told of, days that were not read, a calendar's end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import DeliveryUnknown, Key, Message, Reject, RetryLater
from rollbook.contract.errors import FixSettings
from rollbook.host import decide, report, run
from rollbook.host.deliver import Delivery
from rollbook.host.team import Team
from rollbook.tables.schemas import Table
from support.host_plugins import FakePortal
from support.host_world import ELMS, OAKS, World, born, build

FIRST, TENTH, NEXT = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)
BY: Any = {"by": "A. Officer", "reason": "agreed with the council"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = build(tmp_path, monkeypatch)
    made.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    return made


def actions(world: World) -> list[tuple[int, str]]:
    return [(revision, action) for held in world.portal.contents().values() for revision, action, _ in held]


def states(world: World) -> list[str]:
    return [row.state for row in report.outbox(world.config)]


def without_its_plugin(world: World) -> None:
    destinations = {"council": replace(world.config.destinations["council"], plugin="nosuch")}
    world.config = replace(world.config, destinations=destinations)


def days_pulled(world: World) -> tuple[date, date]:
    windows = [window for table, window in world.mis[OAKS].pulls if table is Table.MARKS]
    world.mis[OAKS].pulls.clear()
    return windows[0].first, windows[-1].last


# What is to be said


def test_a_correction_made_while_the_destination_could_not_be_used_is_said_when_it_can(world: World) -> None:
    world.sync(TENTH)
    whole = world.config
    without_its_plugin(world)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "I")
    assert world.sync(NEXT).exit_status == 2
    world.config = whole
    for day in range(1, 3):
        world.sync(NEXT + timedelta(days=day))
    assert actions(world) == [(1, "send"), (2, "withdraw")]


def test_many_cases_that_nobody_could_be_told_of_are_held_when_they_come_at_once(world: World) -> None:
    world.mis[OAKS].pupils += [born(f"p{n}") for n in range(7, 20)]
    world.mis[OAKS].mark("p1", FIRST, TENTH, "/")
    whole = world.config
    world.sync(date(2026, 9, 25))
    without_its_plugin(world)
    for n in range(1, 9):
        world.mis[OAKS].mark(f"p{n}", FIRST, TENTH, "O")
    world.sync(TENTH)
    world.config = whole
    world.sync(NEXT)
    assert (set(states(world)), world.portal.held) == ({"held"}, {})


def test_what_is_held_for_being_many_at_once_does_not_go_when_an_address_changes(world: World) -> None:
    world.mis[OAKS].pupils += [born(f"p{n}") for n in range(7, 20)]
    world.mis[OAKS].mark("p1", FIRST, TENTH, "/")
    world.sync(date(2026, 9, 25))
    for n in range(1, 9):
        world.mis[OAKS].mark(f"p{n}", FIRST, TENTH, "O")
    world.sync(TENTH)
    for pupil in world.mis[OAKS].pupils:
        pupil["address"] = "2 Low Road"
    world.sync(NEXT)
    assert world.portal.held == {}
    assert set(states(world)) == {"void", "held"}
    decide.approve(world.config, report.cases(world.config, kind="attendance_return")[0].case, by="A. Head")
    world.sync(NEXT + timedelta(days=1))
    assert actions(world) == [(2, "send")]


def test_what_a_person_gave_up_does_not_come_back_when_a_field_is_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(tmp_path, monkeypatch, release="held")
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    [row] = report.outbox(world.config)
    decide.give_up(world.config, row.message or 0, **BY)
    decide.fill(world.config, row.case or 0, "cause", "illness in the family", by="A. Officer", in_process=True)
    world.sync(NEXT)
    assert states(world) == ["void"]


def test_a_person_may_have_what_was_given_up_sent_after_all(world: World) -> None:
    world.portal.before = away
    world.sync(TENTH)
    [row] = report.outbox(world.config)
    decide.give_up(world.config, row.message or 0, **BY)
    world.portal.before = lambda message: None
    assert decide.send_again(world.config, row.message or 0, **BY, in_process=True).revision == 2
    world.sync(NEXT)
    assert (states(world), actions(world)) == (["void", "delivered"], [(2, "send")])


def test_nobody_is_called_as_the_program_itself(world: World) -> None:
    world.sync(TENTH)
    with pytest.raises(FixSettings, match="a person's name"):
        decide.approve(world.config, 1, by=" Rollbook")


def test_messages_to_a_destination_that_is_gone_from_the_configuration_are_named(world: World) -> None:
    world.portal.before = away
    world.sync(TENTH)
    council = world.config.destinations["council"]
    world.config = replace(world.config, destinations={"county": replace(council, name="county")})
    world.portal.before = lambda message: None
    result = world.sync(NEXT)
    [said] = [one for one in result.deliveries if one.destination == "council"]
    assert (said.counts, result.exit_status) == ({"waiting": 1}, 3)
    assert "1 messages are for the destination council, which the configuration no longer has" in said.sentences[0]


def away(message: Message) -> None:
    raise RetryLater("The council's server is away.")


def test_a_fault_of_ours_at_one_destination_keeps_no_other_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(tmp_path, monkeypatch, schools=2)
    council = world.config.destinations["council"]
    first = replace(council, name="county", authorities=("802",))
    world.config = replace(world.config, destinations={"county": first, "council": council})
    world.with_school(OAKS, la="802")
    for mis in world.mis.values():
        mis.mark("p1", FIRST, TENTH, "O")
    real = Delivery._send

    def faulty(self: Delivery, batch: Any) -> None:
        if self.destination == "county":
            raise ZeroDivisionError
        real(self, batch)

    with monkeypatch.context() as patched:
        patched.setattr(Delivery, "_send", faulty)
        result = world.sync(TENTH)
    assert result.exit_status == 5
    assert [row.exit_status for row in report.runs(world.config)] == [5]
    assert sorted(states(world)) == ["delivered", "waiting"]
    assert [message.key.school for [message] in world.portal.held.values()] == [ELMS]


def test_an_end_that_is_away_is_asked_about_one_unknown_message_and_not_about_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Key] = []

    def cut(message: Message) -> None:
        raise DeliveryUnknown("Cut.")

    def gone(self: FakePortal, key: Key) -> None:
        asked.append(key)
        raise RetryLater("Away.")

    world.mis[OAKS].mark("p2", FIRST, TENTH, "O")
    world.portal.after = cut
    world.sync(TENTH)
    with monkeypatch.context() as patched:
        patched.setattr(FakePortal, "lookup", gone)
        world.sync(NEXT)
    assert (len(asked), states(world)) == (1, ["unknown", "unknown"])


# What is to be read


def test_days_of_which_rows_could_not_be_read_are_read_again_until_they_can(world: World) -> None:
    world.sync(date(2026, 9, 18))
    world.mis[OAKS].rejects = [Reject("marks.csv, line 9", "date", "The date is not in the stated form.")]
    for day in (date(2026, 9, 25), date(2026, 11, 20)):
        world.sync(day)
    days_pulled(world)
    world.mis[OAKS].rejects = []
    world.sync(date(2026, 11, 23))
    assert days_pulled(world) == (date(2025, 8, 1), date(2026, 11, 23))
    assert report.quarantine(world.config) == []
    world.sync(date(2026, 11, 24))
    assert days_pulled(world)[0] == date(2026, 10, 17)  # 30 days of term: half term is not one


def test_a_late_export_is_read_from_the_day_to_which_the_last_one_reached(world: World) -> None:
    world.mis[OAKS].last = date(2026, 9, 18)
    for day in (date(2026, 9, 18), date(2026, 10, 16), date(2026, 11, 17)):
        world.sync(day)
    world.mis[OAKS].last = None
    world.sync(date(2026, 11, 18))
    assert actions(world) == [(1, "send")]


def test_terms_of_an_earlier_year_that_are_given_later_have_its_marks_read(world: World) -> None:
    world.mis[OAKS].calendar = False
    world.mis[OAKS].open_days[:0] = [date(2026, 6, 1), date(2026, 6, 2)]
    world.with_school(OAKS, terms=((date(2026, 9, 3), date(2026, 12, 18)),))
    notes = " ".join(world.sync(TENTH).schools[0].notes)
    assert "24 marks are of days before the calendar begins" in notes
    world.with_school(OAKS, terms=((date(2026, 6, 1), date(2026, 7, 20)), (date(2026, 9, 3), date(2026, 12, 18))))
    again = world.sync(NEXT)
    assert "now reaches further back: the next sync reads all of it" in " ".join(again.schools[0].notes)
    assert world.sync(NEXT).schools[0].counts["added"] == 24


def test_a_calendar_that_ended_is_said_when_marks_go_on(world: World) -> None:
    world.mis[OAKS].calendar = False
    world.with_school(OAKS, terms=((date(2026, 9, 3), date(2026, 9, 25)),))
    result = world.sync(TENTH)
    assert (result.exit_status, result.schools[0].status) == (3, "degraded")
    assert "The calendar of School 100001 (100001) ends on 2026-09-25" in result.schools[0].sentences[0]


def test_many_marks_set_aside_are_no_good_run(world: World) -> None:
    world.mis[OAKS].mark("p2", FIRST, TENTH, "ZZ")
    world.mis[OAKS].mark("p3", FIRST, TENTH, "ZZ")
    result = world.sync(TENTH)
    assert result.exit_status == 3
    assert "40 of 264 marks" in result.schools[0].sentences[0]
    assert "unknown_code" in result.schools[0].sentences[0]


def test_an_export_with_rows_and_no_marks_in_them_is_no_register(world: World) -> None:
    world.sync(TENTH)
    for pupil in world.mis[OAKS].pupils:
        world.mis[OAKS].mark(pupil["pupil"], *[date(2026, 9, 3), NEXT], None)
    result = world.sync(NEXT)
    assert (result.exit_status, actions(world)) == (4, [(1, "send")])
    assert "has no marks for School 100001" in result.schools[0].sentences[0]


def test_before_the_first_register_of_a_year_is_taken_nothing_is_wrong(world: World) -> None:
    world.mis[OAKS].last = date(2026, 9, 2)
    assert world.sync(date(2026, 9, 3)).exit_status == 0


def test_a_register_that_loses_a_third_of_its_marks_is_held_until_somebody_accepts_it(world: World) -> None:
    world.sync(TENTH)
    for n in range(1, 6):
        world.mis[OAKS].mark(f"p{n}", FIRST, TENTH, None)
    held = world.sync(NEXT)
    assert (held.exit_status, actions(world)) == (4, [(1, "send")])
    assert "100 of the 264 marks that were known" in held.schools[0].sentences[0]
    accepted = world.sync(NEXT, accept_smaller_roll_by="A. Registrar")
    assert (accepted.schools[0].status, actions(world)) == ("ok", [(1, "send"), (2, "withdraw")])


def test_a_day_that_has_not_come_is_not_judged(world: World) -> None:
    with pytest.raises(FixSettings, match="2026-10-05 has not come yet"):
        run.sync(world.config, as_at=NEXT, now=lambda: datetime(2026, 10, 4, 22, 59, tzinfo=UTC), in_process=True)
    midnight = datetime(2026, 10, 4, 23, 0, tzinfo=UTC)  # of schools, which are on summer time
    assert run.sync(world.config, now=lambda: midnight, in_process=True).as_at == NEXT


def test_a_connection_that_is_done_leaves_no_process_to_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(tmp_path, monkeypatch, schools=2)
    told: list[str] = []
    rest = Team.rest

    def noted(self: Team, connection: str) -> None:
        told.append(f"{connection} rests")
        rest(self, connection)

    monkeypatch.setattr(Team, "rest", noted)
    world.sync(TENTH, progress=lambda name, stage, done, total: told.append(f"{name} {stage}"))
    ended = told.index(f"c{OAKS} rests")
    assert told.index(f"School {OAKS} done") < ended < told.index(f"School {ELMS} marks")


def test_why_a_message_is_void_is_said_with_it_and_in_the_history_of_its_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(tmp_path, monkeypatch, release="held")
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "/")
    world.sync(NEXT)
    [row] = report.outbox(world.config)
    [said] = [one.reason for one in report.case(world.config, row.case or 0).events if one.event == "void"]
    assert (row.state, row.reasons) == ("void", (said,))
    assert said


def test_why_a_withdrawal_waits_is_said_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(tmp_path, monkeypatch, release="held")
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    [row] = report.outbox(world.config)
    decide.approve(world.config, row.case or 0, by="A. Head", in_process=True)
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "/")
    world.sync(NEXT)
    withdrawal = report.outbox(world.config)[-1]
    content = report.message(world.config, withdrawal.message or 0).content
    assert (withdrawal.action, withdrawal.state, withdrawal.reasons) == ("withdraw", "held", (content["reason"],))
