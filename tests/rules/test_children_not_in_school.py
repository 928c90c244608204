"""Children Not In School: not in force until the day of commencement is set."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rollbook.rules.problems import NotInForce, SettingRefused
from support.rules_cases import answer, looked_at

RULE = "children_not_in_school"
COMMENCED = {"authority": {"children_not_in_school_commenced": date(2026, 9, 14)}}
FRIDAY = date(2026, 9, 18)


def asked(as_at: date = FRIDAY, **case: Any) -> dict[str, Any]:
    return answer(RULE, as_at, local=COMMENCED, **case)


def left(**more: Any) -> dict[str, Any]:
    return {"on_roll": date(2026, 9, 3), "off_roll": date(2026, 9, 15)} | more


def test_asked_before_a_day_is_set_it_is_refused_with_rule_day_and_setting() -> None:
    with pytest.raises(NotInForce, match=r"children_not_in_school .*2026-09-18.*children_not_in_school_commenced"):
        looked_at(FRIDAY, rules=[RULE])


def test_asked_about_a_day_before_the_commencement_it_is_refused() -> None:
    with pytest.raises(NotInForce, match=r"2026-09-13, and it is in force only from 2026-09-14"):
        asked(date(2026, 9, 13))


def test_it_is_off_for_those_who_ask_for_all() -> None:
    assert RULE not in looked_at(FRIDAY).answers
    assert RULE in looked_at(FRIDAY, local=COMMENCED).answers


def test_the_commencement_is_a_day() -> None:
    with pytest.raises(SettingRefused, match="must be a day"):
        looked_at(FRIDAY, local={"authority": {"children_not_in_school_commenced": "soon"}})


def test_a_part_time_timetable_counts_from_the_commencement() -> None:
    said = asked(marks={"2026-09-07..2026-09-18": "/ C2"})
    assert (said["due"], said["reason"], said["since"]) == (True, "part_time_timetable", date(2026, 9, 14))
    assert asked(marks={"2026-09-07..2026-09-11": "/ C2"})["due"] is False


def test_a_leaver_educated_at_home_is_one() -> None:
    said = asked(pupil=left(ground="f"))
    assert (said["due"], said["reason"], said["since"]) == (True, "educated_at_home", date(2026, 9, 16))


@pytest.mark.parametrize(("leaving", "due"), [({"ground": "o"}, True), ({"destination": "abroad"}, False)])
def test_a_leaver_on_no_roll_is_one(leaving: dict[str, str], due: bool) -> None:
    assert asked(pupil=left(**leaving))["due"] is due


def test_where_no_leaver_has_a_destination_it_is_not_judged() -> None:
    said = asked(pupil=left())
    assert said["due"] is None
    assert "not judged" in said["not_judged"]


def test_a_child_below_compulsory_school_age_is_none() -> None:
    young = {"dob": date(2022, 3, 10), "on_roll": date(2026, 9, 3)}
    assert asked(marks={"2026-09-14": "/ C2"}, pupil=young)["due"] is False
