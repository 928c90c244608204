"""What the law sets and nobody overrides, and what may be set locally."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from rollbook.rules.problems import NotYetLaw, SettingRefused
from rollbook.rules.thresholds import (
    LocalSettings,
    Setting,
    Settings,
    check_setting,
    law_value,
    laws,
    policies,
)

SCHOOLS = pl.DataFrame({"school": [100001, 100002], "la": ["801", "802"]}, schema={"school": pl.Int32, "la": pl.String})
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("day", "percent"),
    [(date(2010, 8, 31), 20), (date(2010, 9, 1), 15), (date(2015, 8, 31), 15), (date(2015, 9, 1), 10), (TODAY, 10)],
)
def test_a_value_of_law_is_that_of_its_day(day: date, percent: int) -> None:
    assert law_value("persistent_percent", day).value == percent


def test_before_the_law_had_a_value_there_is_none() -> None:
    with pytest.raises(NotYetLaw, match=r"attendance_return_school_days on 2024-08-18; .* begins with 2024-08-19"):
        law_value("attendance_return_school_days", date(2024, 8, 18))


def test_every_value_of_law_says_where_it_stands_and_how_sure_that_is() -> None:
    values = [value for history in laws().values() for value in history]
    assert all(value.reference and value.confidence in ("verified", "secondary", "general") for value in values)


def test_the_history_of_a_value_has_no_overlap() -> None:
    for history in laws().values():
        assert all(a.last is not None and a.last < b.first for a, b in pairwise(history))


def test_the_default_stands_until_someone_sets_it() -> None:
    found = Settings(TODAY, SCHOOLS).of(100001, "irregular_sessions")
    assert found == Setting("irregular_sessions", None, "default")


def test_an_authority_sets_it_for_its_own_schools() -> None:
    settings = Settings(TODAY, SCHOOLS, LocalSettings(authorities={"801": {"irregular_sessions": 20}}))
    assert settings.of(100001, "irregular_sessions") == Setting("irregular_sessions", 20, "authority")
    assert settings.of(100002, "irregular_sessions").set_by == "default"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"persistent_percent": 5}, "set by law"),
        ({"attendance_return_school_days": 9}, "reg 13"),
        ({"attendance_return_due_days": 32}, "once a calendar month"),
        ({"attendance_return_due_days": -1}, "from 0 to 31"),
        ({"attendance_return_due_days": "soon"}, "whole number"),
        ({"attendance_return_due_days": True}, "whole number"),
        ({"colour": 3}, "no rule has a setting"),
    ],
)
def test_what_the_law_does_not_leave_open_is_refused_with_the_reason(values: dict[str, object], why: str) -> None:
    with pytest.raises(SettingRefused, match=why):
        LocalSettings(authorities={"801": values})


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("attendance_return_due_days", 0, 31),
        ("new_pupil_return_due_days", 0, 5),
        ("irregular_sessions", 1, 380),
        ("not_seen_school_days", 1, 190),
        ("missing_registered_pupil_days", 1, 20),
        ("failed_to_start_days", 1, 20),
        ("leaver_destination_unknown_days", 0, 28),
        ("cme_not_on_roll_days", 0, 28),
        ("worker_notice_deletion_days", 1, 190),
        ("u_never_used_school_days", 1, 190),
        ("support_referral_sessions", 1, 380),
        ("attendance_watched_per_mille", 1, 1000),
    ],
)
def test_a_number_is_set_from_the_least_to_the_most(name: str, least: int, most: int) -> None:
    who = policies()[name].set_by[0]
    for inside in (least, most):
        check_setting(name, inside, who)
    for outside in (least - 1, most + 1):
        with pytest.raises(SettingRefused, match=f"must be from {least} to {most}"):
            check_setting(name, outside, who)


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        (["Breakfast Club"], "write it as flags are read, 'breakfast club'"),
        (["chess", " choir"], "write it as flags are read, 'choir'"),
        (["fsm"], "'fsm', which is a cohort already"),
        ([""], "has an empty name"),
    ],
)
def test_a_group_is_named_as_its_flags_are_read_and_is_no_cohort(groups: list[str], why: str) -> None:
    check_setting("cohort_groups", ["breakfast club", "free_lunch"], "school")
    with pytest.raises(SettingRefused, match=why):
        check_setting("cohort_groups", groups, "school")


@pytest.mark.parametrize("name", ["missing_registered_pupil_called", "improvement_issued_by"])
@pytest.mark.parametrize("empty", ["", "  "])
def test_what_something_is_called_is_not_empty(name: str, empty: str) -> None:
    with pytest.raises(SettingRefused, match=f"{name} is empty"):
        check_setting(name, empty, "authority")


def test_a_law_is_not_commenced_before_royal_assent_nor_by_a_trust() -> None:
    """children_not_in_school_commenced."""
    check_setting("children_not_in_school_commenced", date(2026, 4, 29), "authority")
    with pytest.raises(SettingRefused, match=r"must be from 2026-04-29: .* 2026, s38"):
        check_setting("children_not_in_school_commenced", date(2026, 4, 28), "authority")
    with pytest.raises(SettingRefused, match="set by the authority, not by the trust"):
        check_setting("children_not_in_school_commenced", date(2027, 1, 1), "trust")


@pytest.mark.parametrize("name", ["judged_from", "no_reason_codes", "religious_observance_school_days"])
def test_a_value_that_no_law_sets_says_so(name: str) -> None:
    [value] = laws()[name]
    assert (value.ours, value.reference) == (True, "none: Rollbook's own choice")
    assert Settings(TODAY, SCHOOLS).of(100001, name).set_by == "Rollbook"


def test_every_default_is_one_that_could_be_set() -> None:
    """Also a leaver_destination_unknown_days below 0, which would change no answer."""
    for name, policy in policies().items():
        check_setting(name, policy.default, policy.set_by[0])


def test_a_school_does_not_set_what_is_the_authoritys() -> None:
    with pytest.raises(SettingRefused, match="set by the authority, not by the school"):
        LocalSettings(schools={100001: {"irregular_sessions": 5}})


def test_no_name_is_both_law_and_policy() -> None:
    assert not set(laws()) & set(policies())
