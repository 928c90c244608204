"""School days since a pupil was last seen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from support.rules_cases import answer, looked_at

# Monday 7 to Friday 18 September: ten school days. The pupil was in school until Friday 4 September.
AWAY = "2026-09-07..2026-09-18"
FRIDAY = date(2026, 9, 18)


def not_seen(as_at: date = FRIDAY, **case: Any) -> dict[str, Any]:
    return answer("not_seen", as_at, **case)


@pytest.mark.parametrize("mark", ["I", "C", "O", "N", "Q", "Y4", "E", "T"])
def test_every_day_counts_whatever_the_absence_is_called(mark: str) -> None:
    assert not_seen(marks={AWAY: f"{mark} {mark}"}) == {"days": 10, "last_seen": date(2026, 9, 4), "due": None}


@pytest.mark.parametrize("wednesday", ["/ I", "I U", "U U", "V I", "I L", "K K"])
def test_a_session_in_school_or_at_an_activity_begins_again(wednesday: str) -> None:
    assert not_seen(marks={AWAY: "I I", "2026-09-16": wednesday})["days"] == 2


@pytest.mark.parametrize(
    ("wednesday", "days"),
    [("# #", 9), ("D D", 9), ("X X", 9), ("- -", 9), ("ZZ ZZ", 9), ("# -", 9), ("D #", 9), ("D I", 10), ("- O", 10)],
)
def test_a_day_with_nothing_recorded_but_closures_and_another_school_is_passed_over(wednesday: str, days: int) -> None:
    assert not_seen(marks={AWAY: "I I", "2026-09-16": wednesday})["days"] == days


def test_never_seen_counts_from_the_first_day_on_the_roll() -> None:
    said = not_seen(pupil={"on_roll": date(2026, 9, 7)}, marks={AWAY: "I I"})
    assert (said["days"], said["last_seen"]) == (10, None)


def test_it_stands_over_a_weekend_and_a_holiday() -> None:
    assert not_seen(date(2026, 9, 20), marks={AWAY: "I I"})["days"] == 10


def test_it_stands_as_it_was_when_the_pupil_left() -> None:
    left = {"on_roll": date(2026, 9, 3), "off_roll": FRIDAY}
    assert not_seen(date(2026, 10, 1), pupil=left, marks={AWAY: "I I"})["days"] == 10


@pytest.mark.parametrize(("number", "due"), [(None, None), (11, False), (10, True)])
def test_it_is_due_only_where_the_authority_sets_a_number(number: int | None, due: bool | None) -> None:
    local = {"authority": {"not_seen_school_days": number}}
    assert not_seen(marks={AWAY: "I I"}, local=local)["due"] is due


def test_the_evidence_is_the_sessions_since() -> None:
    local = {"authority": {"not_seen_school_days": 10}}
    marks = {AWAY: "I C", "2026-09-16": "- I"}
    said = looked_at(FRIDAY, rules=["not_seen"], marks=marks, local=local).evidence["not_seen"]
    assert len(said) == 19
    assert said.get_column("date").min() == date(2026, 9, 7)


def test_a_pupil_who_left_is_not_due() -> None:
    local = {"authority": {"not_seen_school_days": 5}}
    left = {"on_roll": date(2026, 9, 3), "off_roll": date(2026, 9, 17)}
    assert not_seen(pupil=left, marks={AWAY: "I I"}, local=local)["due"] is False


def test_a_pupil_who_is_yet_to_come_is_not_due() -> None:
    local = {"authority": {"not_seen_school_days": 5}}
    assert not_seen(pupil={"on_roll": date(2026, 9, 21)}, local=local) == {"days": 0, "last_seen": None, "due": False}
