"""The period of a notice to improve: how long it runs, and what was missed in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules.case_register import MAIN_SCHOOL, PUPIL
from rollbook.rules.evaluate import evaluate
from rollbook.rules.explain.plain_text import lines_of
from rollbook.rules.notice_to_improve import NO_CALENDAR, NO_REGISTER, NO_WEEKS
from rollbook.rules.notices import NO_NOTICES
from rollbook.rules.problems import SettingRefused
from rollbook.rules.thresholds import check_setting
from rollbook.tables.schemas import NOTICES, conform
from support.explained import change, counted, explained
from support.rules_years import answer, findings, registers

MONDAY, ENDS = date(2026, 11, 9), date(2026, 12, 4)
SAID = {"parent": "mother", "issued": MONDAY, "kind": "improve", "ends": ENDS}
MARKS = {
    "2026-11-09": "O O",  # the day of issue
    "2026-11-10": "O U",
    "2026-11-11": "N I",
    "2026-12-04": "G /",
    "2026-12-07": "O O",
}


def improve(as_at: date, *notices: dict[str, Any], **case: Any) -> dict[str, Any]:
    return answer("notice_to_improve", as_at, notices=list(notices), **case)


def ends_on(issued: date, **authority: Any) -> date | None:
    """The last day of a notice that names none."""
    notice = {"parent": "mother", "issued": issued, "kind": "improve"}
    found: date | None = improve(date(2026, 12, 18), notice, local={"authority": authority})["ends_on"]
    return found


@pytest.mark.parametrize(
    ("as_at", "status", "sessions"),
    [
        (MONDAY, "running", 0),
        (date(2026, 11, 10), "running", 2),
        (date(2026, 11, 11), "running", 3),
        (ENDS, "running", 4),
        (date(2026, 12, 5), "ended", 4),
        (date(2026, 12, 7), "ended", 4),
    ],
)
def test_from_the_day_after_it_was_issued_to_its_own_last_day(as_at: date, status: str, sessions: int) -> None:
    said = improve(as_at, SAID, marks=MARKS)
    assert (said["issued"], said["ends_on"], said["not_judged"]) == (MONDAY, ENDS, None)
    assert (said["status"], said["sessions"]) == (status, sessions)


def test_n_marks_are_counted_apart_too() -> None:
    assert improve(date(2026, 11, 11), SAID, marks=MARKS)["unexplained"] == 1


def test_before_it_was_issued_there_is_none() -> None:
    said = improve(date(2026, 11, 8), SAID)
    assert said == dict.fromkeys(said) | {"status": "none"}


def test_sessions_before_compulsory_school_age_do_not_count() -> None:
    assert improve(ENDS, SAID, marks=MARKS, pupil={"dob": date(2022, 3, 10), "year_group": -1})["sessions"] == 0


@pytest.mark.parametrize(
    ("issued", "weeks", "in_calendar_weeks", "in_school_weeks"),
    [
        (date(2026, 11, 9), 3, date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 10, 19), 3, date(2026, 11, 9), date(2026, 11, 16)),  # half term is the week after
        (date(2026, 10, 21), 6, date(2026, 12, 2), date(2026, 12, 9)),
        (date(2026, 10, 28), 3, date(2026, 11, 18), date(2026, 11, 22)),  # issued in it: to the Sunday of the third
    ],
)
def test_where_it_names_no_day_the_authoritys_weeks_say_the_last(
    issued: date, weeks: int, in_calendar_weeks: date, in_school_weeks: date
) -> None:
    assert ends_on(issued, improvement_weeks=weeks) == in_calendar_weeks
    assert ends_on(issued, improvement_weeks=weeks, improvement_school_weeks=True) == in_school_weeks


def test_its_own_last_day_goes_before_the_authoritys_weeks() -> None:
    assert improve(ENDS, SAID, local={"authority": {"improvement_weeks": 6}})["ends_on"] == ENDS


@pytest.mark.parametrize(
    ("notice", "authority", "reason"),
    [
        ({"ends": None}, {}, NO_WEEKS),
        (
            {"ends": None, "issued": date(2026, 12, 1)},
            {"improvement_weeks": 6, "improvement_school_weeks": True},
            NO_CALENDAR,
        ),
        ({"issued": date(2025, 7, 31), "ends": date(2025, 9, 12)}, {}, NO_REGISTER),
    ],
)
def test_what_cannot_be_known_is_not_judged(notice: dict[str, Any], authority: dict[str, Any], reason: str) -> None:
    said = improve(date(2026, 12, 18), SAID | notice, local={"authority": authority}, marks=MARKS)
    assert (said["not_judged"], said["sessions"]) == (reason, None)
    assert said["issued"] == (SAID | notice)["issued"]
    assert said["status"] == ("ended" if reason == NO_REGISTER else None)


def test_a_notice_of_the_summer_before_the_register_begins_is_judged() -> None:
    said = improve(date(2026, 12, 18), SAID | {"issued": date(2025, 8, 1), "ends": date(2025, 9, 12)})
    assert (said["not_judged"], said["sessions"]) == (None, 0)


def test_a_source_without_notices_is_not_one_without_a_notice_to_improve() -> None:
    said = evaluate(replace(registers(ENDS), notices=None), ENDS, rules=["notice_to_improve"])
    row = said.answers["notice_to_improve"].row(0, named=True)
    assert (row["status"], row["not_judged"]) == (None, NO_NOTICES)


def test_one_recorded_at_another_school_is_known() -> None:
    row = {"school": MAIN_SCHOOL + 9, "pupil": PUPIL} | SAID
    there = conform(pl.DataFrame([row], schema_overrides={"pupil": pl.Int64}), NOTICES)
    for notices in (None, registers(ENDS).notices):
        known = replace(registers(ENDS), notices=notices, notices_elsewhere=there)
        answers = evaluate(known, ENDS, rules=["notice_to_improve", "notice_ladder"]).answers
        assert answers["notice_to_improve"].row(0, named=True)["status"] == "running"
        assert answers["notice_ladder"].row(0, named=True)["parents"] == []


def test_a_withdrawn_one_is_none_and_the_newest_counts() -> None:
    assert improve(ENDS, SAID | {"outcome": "withdrawn"})["status"] == "none"
    later = SAID | {"issued": date(2026, 11, 16), "ends": date(2026, 12, 11)}
    assert improve(ENDS, later, SAID)["ends_on"] == date(2026, 12, 11)
    assert improve(ENDS, SAID, SAID | {"parent": "father", "ends": date(2026, 12, 11)})["ends_on"] == date(2026, 12, 11)


def test_it_stands_on_no_ladder_and_changes_no_threshold() -> None:
    week = {"2026-11-16..2026-11-20": "O O"}
    case: dict[str, Any] = {"notices": [SAID], "marks": week}
    assert answer("notice_ladder", ENDS, **case)["parents"] == []
    assert answer("penalty_notice", ENDS, **case)["status"] == "met"
    [found] = findings("penalty_notice", ENDS, **case)
    assert found["figures"]["last_notice"] is None


@pytest.mark.parametrize(("weeks", "taken"), [(2, False), (3, True), (6, True), (7, False)])
def test_the_weeks_are_three_to_six(weeks: int, taken: bool) -> None:
    if taken:
        check_setting("improvement_weeks", weeks, "authority")
    else:
        with pytest.raises(SettingRefused, match="improvement_weeks must be from 3 to 6"):
            check_setting("improvement_weeks", weeks, "authority")


def test_how_long_it_runs_is_the_authoritys_to_say_and_no_law() -> None:
    with pytest.raises(SettingRefused, match="set by the authority, not by the school"):
        check_setting("improvement_weeks", 3, "school")
    told = explained("notice_to_improve", ENDS, notices=[SAID], local={"authority": {"improvement_weeks": 6}})
    by = {one.name: (one.set_by, one.reference.partition(":")[0]) for one in told.values if "improve" in one.name}
    assert by == {
        "improvement_weeks": ("authority", "none"),
        "improvement_school_weeks": ("default", "none"),
        "improvement_issued_by": ("default", "none"),
    }


@pytest.mark.parametrize(("authority", "said"), [({}, None), ({"improvement_issued_by": "the school"}, "the school")])
def test_who_issues_it_is_the_authoritys_word(authority: dict[str, Any], said: str | None) -> None:
    assert improve(ENDS, SAID, local={"authority": authority})["issued_by"] == said


def test_it_is_explained_without_a_name() -> None:
    marks = {"2026-09-15": "O N", "2026-09-16": "I /"}
    notice = SAID | {"parent": "Jane Canary", "issued": date(2026, 9, 14), "ends": date(2026, 10, 23)}
    told = explained("notice_to_improve", date(2026, 9, 18), notices=[notice], marks=marks)
    text = "\n".join(lines_of(told))
    assert counted(told) == {"O": 1, "N": 1}
    assert "Its period runs to the end of Friday 23 October 2026." in told.summary
    assert "Missed without authority in it so far: 2 sessions, of which N: 1." in told.summary
    assert (change(told, "lapse").by, told.due) == (date(2026, 10, 24), None)
    assert "Canary" not in text + repr(told)


@pytest.mark.parametrize(
    ("notices", "said"),
    [
        ([], "No notice to improve is known."),
        ([SAID | {"issued": date(2026, 9, 14), "ends": None}], "When the period ends is not judged"),
        (
            [SAID | {"issued": date(2026, 9, 4), "ends": date(2026, 9, 17)}],
            "Its period ended on Thursday 17 September 2026.",
        ),
    ],
)
def test_what_is_not_running_is_explained_too(notices: list[dict[str, Any]], said: str) -> None:
    told = explained("notice_to_improve", date(2026, 9, 18), notices=notices)
    assert said in "\n".join(lines_of(told))
    assert [one.what for one in told.changes] == ["note"]
