"""Signs in a register are told session by session, so that a school can find the marks."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from rollbook.rules.explain import words
from rollbook.rules.explain.plain_text import lines_of
from rollbook.rules.register_quality import REGISTER_QUALITY
from support.explained import explained

FRIDAY = date(2026, 9, 18)
WEEK = "2026-09-14..2026-09-18"
YOUNG = {"dob": date(2022, 3, 10), "year_group": 0}


@pytest.mark.parametrize(
    ("said", "number", "written", "why"),
    [
        ("- /", 5, "-", "no mark was recorded"),
        ("X /", 5, "X", "X at compulsory school age"),
        ("/ Z", 5, "Z", "Z while on the roll"),
        ("S S", 10, "S", "study leave below its year group"),
        ("W W", 10, "W", "work experience below its year group"),
        ("R R", 8, "R", "religious observance too long"),
        ("C2 C2", 10, "C2", "part-time without an agreed last day"),
    ],
)
def test_each_sign_names_its_sessions(said: str, number: int, written: str, why: str) -> None:
    told = explained("register_quality", FRIDAY, marks={WEEK: said}, flags=[])
    assert (len(told.counted), {one.code for one in told.counted}) == (number, {written})
    assert all(why in one.why for one in told.counted)


def test_e_is_told_from_the_sixth_day_and_an_unauthorised_code_below_the_age() -> None:
    told = explained("register_quality", FRIDAY, marks={"2026-09-07..2026-09-15": "E E"})
    assert sorted({one.date.day for one in told.counted}) == [14, 15]
    young = explained("register_quality", FRIDAY, marks={"2026-09-15": "O O"}, pupil=YOUNG)
    assert [one.why.split("; ")[-1] for one in young.counted] == [
        "an unauthorised code before compulsory school age"
    ] * 2


SIGNS = {one.name for one in REGISTER_QUALITY.answer if "sessions of" in one.doc or "marks that" in one.doc} | {
    "not_recorded"
}


@pytest.mark.parametrize(
    "marks",
    [
        {WEEK: "X O", "2026-09-07..2026-09-11": "E -"},
        {"2026-09-03..2026-09-18": "R W", "2026-09-09": "ZZ Y"},
        {"2026-09-03..2026-09-18": "C2 S", "2026-09-08": "Z I"},
    ],
)
@pytest.mark.parametrize("pupil", [{}, YOUNG])
def test_as_many_sessions_are_told_as_the_rule_counts(marks: dict[str, str], pupil: dict[str, Any]) -> None:
    agreed = [{"flag": "part_time_timetable", "from": date(2026, 9, 3), "to": date(2026, 9, 9)}]
    told = explained("register_quality", FRIDAY, marks=marks, pupil=pupil, flags=agreed)
    gaps = {"-": "not_recorded", "invalid": "invalid", "lossy": "lossy", "X": "invalid", "Z": "invalid"}
    named = Counter(part for one in told.counted for part in one.why.split("; "))
    for figure in told.figures:
        if figure.name in SIGNS and figure.name not in gaps.values():
            assert named[words.name(figure.name)] == figure.value, figure.name
    tally = Counter(gaps[one.code or ""] for one in told.counted if one.code in gaps and "mark" in one.why)
    values = {one.name: one.value for one in told.figures}
    assert {name: values[name] for name in ("not_recorded", "invalid", "lossy")} == {
        name: tally[name] for name in ("not_recorded", "invalid", "lossy")
    }


def test_what_is_of_the_school_as_a_whole_is_not_said_of_one_pupil() -> None:
    told = explained("register_quality", date(2026, 12, 18), marks={WEEK: "- -"})
    values = {one.name: one.value for one in told.figures}
    assert (values["signs"], values["registers_not_taken"], values["u_never_used"]) == (["not_recorded"], None, None)


def test_marks_that_cannot_be_used_are_told_one_by_one() -> None:
    told = explained("marks", FRIDAY, marks={"2026-09-14": "- X", "2026-09-15": "Y /"})
    assert [(one.date.day, one.session, one.code) for one in told.counted] == [
        (14, "AM", "-"),
        (14, "PM", "X"),
        (15, "AM", "lossy"),
    ]
    assert explained("marks", FRIDAY).summary[0].startswith("No session")


def test_what_is_not_judged_is_said_once_and_in_words() -> None:
    lines = list(lines_of(explained("register_quality", FRIDAY)))
    assert any(line.startswith("Part-time without an agreed last day is not judged: ") for line in lines)
    assert not [line for line in lines if "_" in line or "not judged: not judged" in line]
