"""Why there is a case, and why there was one: the day judged and the day of knowledge are both said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from rollbook.cli import show
from rollbook.contract.errors import FixSettings
from rollbook.host import explain, report
from rollbook.host.explain import Explained
from rollbook.tables.checks import upn_check_letter
from support.host_world import ELMS, OAKS, World, born, build

FIRST, TENTH, MONDAY = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return build(tmp_path, monkeypatch)


def absent_pupil(world: World) -> report.CaseRow:
    """The case of the one pupil who was away."""
    [row] = report.cases(world.config, kind="attendance_return")
    return row


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A return that is due on the first night, and withdrawn on the second: the pupil was ill. Tests read it alone."""
    with pytest.MonkeyPatch.context() as patch:
        world = build(tmp_path_factory.mktemp("corrected"), patch)
        world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
        world.sync(TENTH)
        world.mis[OAKS].mark("p1", FIRST, TENTH, "I")
        world.sync(MONDAY)
        yield world


def of_case(world: World, case: int, **days: Any) -> Explained:
    """As it is explained on the evening of the last night."""
    return explain.of_case(world.config, case, now=lambda: world.clock[0], **days)


def of_rule(world: World, rule: str, pupil: int, **asked: Any) -> Explained:
    """Likewise."""
    return explain.of_rule(world.config, rule, pupil, now=lambda: world.clock[0], **asked)


def codes(told: Explained) -> set[str | None]:
    return {one.code for one in told.explanation.counted}


def test_the_first_day_is_judged_on_what_was_known_at_its_end(corrected: World) -> None:
    told = of_case(corrected, absent_pupil(corrected).case, as_at=TENTH)
    assert (told.explanation.as_at, told.known_on, told.explanation.due) == (TENTH, TENTH, True)
    assert told.case is not None
    assert (told.case.state, codes(told)) == ("open", {"O"})


def test_the_second_day_says_that_it_was_withdrawn_and_why(corrected: World) -> None:
    told = of_case(corrected, absent_pupil(corrected).case, as_at=MONDAY)
    assert (told.explanation.as_at, told.known_on, told.explanation.due) == (MONDAY, MONDAY, False)
    assert told.case is not None
    assert (told.case.state, told.case.changed) == ("withdrawn", MONDAY)
    assert {one.code for one in told.explanation.not_counted} == {"I"}
    assert "those days no longer bear it" in told.text


def test_the_first_day_on_what_was_known_later_is_another_answer(corrected: World) -> None:
    told = of_case(corrected, absent_pupil(corrected).case, as_at=TENTH, known_on=MONDAY)
    assert (told.explanation.as_at, told.known_on, told.explanation.due) == (TENTH, MONDAY, False)
    heading = "Judged as at Friday 2 October 2026, on what was known at the end of Monday 5 October 2026"
    assert heading in told.text


def test_without_a_day_it_is_the_last_one_judged_on_what_is_known_now(corrected: World) -> None:
    number = absent_pupil(corrected).case
    told = explain.of_case(corrected.config, number, now=lambda: datetime(2026, 10, 8, 9, tzinfo=UTC))
    assert (told.explanation.as_at, told.known_on) == (MONDAY, date(2026, 10, 8))


def test_the_settings_of_the_day_are_taken_not_those_of_now(world: World) -> None:
    world.config = replace(world.config, authorities={"801": {"irregular_sessions": 20}})
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    world.config = replace(world.config, authorities={"801": {"irregular_sessions": 30}})
    world.sync(MONDAY)
    pupil = absent_pupil(world).pupil
    found = [of_rule(world, "irregular", pupil, as_at=day).explanation for day in (TENTH, MONDAY)]
    assert [told.due for told in found] == [True, False]
    values = [next(one for one in told.values if one.name == "irregular_sessions") for told in found]
    assert [(one.value, one.set_by) for one in values] == [(20, "authority"), (30, "authority")]


def test_the_calendar_of_the_day_is_taken_too(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    world.mis[OAKS].open_days.remove(date(2026, 9, 30))
    world.sync(MONDAY)
    pupil = absent_pupil(world).pupil
    told = [of_rule(world, "attendance_return", pupil, as_at=TENTH, known_on=on) for on in (TENTH, MONDAY)]
    assert [one.explanation.figures[1].value for one in told] == [10, 9]


def test_a_pupil_at_two_schools_is_asked_about_at_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(tmp_path, monkeypatch, schools=2)
    for mis in world.mis.values():
        mis.pupils[0]["upn"] = upn_check_letter("801200015001") + "801200015001"
    world.sync(TENTH)
    pupil = next(row.pupil for row in report.find_pupils(world.config) if row.upn is not None)
    with pytest.raises(FixSettings, match=f"at several schools \\({OAKS}, {ELMS}\\): say which by --school"):
        of_rule(world, "absence", pupil, as_at=TENTH)
    told = of_rule(world, "absence", pupil, school=ELMS, as_at=TENTH)
    assert (told.explanation.school, told.school_name) == (ELMS, f"School {ELMS}")


@pytest.mark.parametrize(
    ("rule", "day", "said"),
    [
        ("no_such_rule", TENTH, "There is no rule 'no_such_rule'; there are absence, "),
        ("attendance_return", date(2024, 8, 16), "in force only from 2024-08-19"),
        ("code", TENTH, "asked of a single mark"),
        ("absence", date(2026, 9, 30), "At the end of 2026-09-30 nothing was known of pupil"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_to_do(corrected: World, rule: str, day: date, said: str) -> None:
    pupil = report.find_pupils(corrected.config)[0].pupil
    known = TENTH if day < date(2026, 1, 1) else None
    with pytest.raises(FixSettings, match=said):
        of_rule(corrected, rule, pupil, as_at=day, known_on=known)


def test_a_day_to_come_is_not_judged(corrected: World) -> None:
    number = absent_pupil(corrected).case
    with pytest.raises(FixSettings, match="2026-10-06 has not come yet: no day can be judged before its end"):
        of_case(corrected, number, as_at=date(2026, 10, 6))
    with pytest.raises(FixSettings, match="2026-10-06 has not come yet"):
        of_rule(corrected, "absence", absent_pupil(corrected).pupil, as_at=date(2026, 10, 6))


def test_a_case_is_open_since_the_night_that_opened_it_however_long_it_goes_on(world: World) -> None:
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", MONDAY, MONDAY, "O")
    world.sync(MONDAY)
    told = of_case(world, absent_pupil(world).case)
    assert told.case is not None
    assert (told.case.state, told.case.changed, told.case.last) == ("open", TENTH, MONDAY)


def test_a_pupil_or_a_case_that_is_not_there_is_said(corrected: World) -> None:
    number = absent_pupil(corrected).case
    with pytest.raises(FixSettings, match="There is no pupil 7: `rollbook pupils find`"):
        of_rule(corrected, "absence", 7)
    with pytest.raises(FixSettings, match="There is no case 999"):
        of_case(corrected, 999)
    with pytest.raises(
        FixSettings, match=f"Case {number} was opened on 2026-10-02: at the end of 2026-10-01 there was"
    ):
        of_case(corrected, number, as_at=date(2026, 10, 1))
    pupil = absent_pupil(corrected).pupil
    with pytest.raises(FixSettings, match=f"is not at school {ELMS}, but at {OAKS}"):
        of_rule(corrected, "absence", pupil, school=ELMS)


def test_a_pupil_without_a_birth_date_is_not_judged(world: World) -> None:
    world.mis[OAKS].pupils.append(born("p9", dob=None))
    world.sync(TENTH)
    pupil = next(row.pupil for row in report.find_pupils(world.config) if row.dob is None)
    with pytest.raises(FixSettings, match="has no date of birth"):
        of_rule(world, "absence", pupil, as_at=TENTH)


def test_no_name_no_upn_no_birth_date_and_no_address_is_in_it(world: World) -> None:
    upn = upn_check_letter("801200015001") + "801200015001"
    world.mis[OAKS].pupils[0] |= {"upn": upn, "surname": "Canary", "forename": "Tweety", "address": "7 Cage Lane"}
    world.mis[OAKS].pupils[0] |= {"dob": date(2014, 5, 17)}
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    world.sync(TENTH)
    pupil = next(row.pupil for row in report.find_pupils(world.config, upn=upn))
    for rule in ("attendance_return", "absence", "compulsory_age", "not_seen", "new_pupil_return", "penalty_notice"):
        told = of_rule(world, rule, pupil, as_at=TENTH)
        whole = told.text + json.dumps(show.plain(told))
        assert not {one for one in ("Canary", "Tweety", upn, "2014", "17 May", "Cage Lane") if one in whole}
