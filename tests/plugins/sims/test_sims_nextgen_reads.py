"""What SIMS Next Gen's records become: pupils, roll and marks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, Window
from rollbook.tables.schemas import Table
from support.sims_nextgen import (
    WEEK,
    code,
    enrolment,
    identifier,
    learner,
    mark,
    next_gen,
    session,
    statutory,
)

SPELL = ["pupil", "from", "to", "year_group", "class_name"]


def test_a_pupil(tmp_path: Path) -> None:
    """The legal name, the one in use where it is another, and no empty text."""
    ada = learner("ADA", FormerUPN=" ", PreferredSurname="Lark", GenderCategory="Female", UPN="")
    with next_gen(tmp_path, learners=[ada]) as there:
        (row,) = there.rows(Table.PUPILS).rows(named=True)
    assert row == {
        "pupil": "ADA",
        "upn": None,
        "former_upn": None,
        "surname": "Larkin",
        "forename": "Ada",
        "preferred_surname": "Lark",
        "preferred_forename": None,
        "dob": date(2016, 6, 15),
        "sex": "F",
    }


def test_a_birthday_that_is_a_midnight_in_london(tmp_path: Path) -> None:
    with next_gen(tmp_path, learners=[learner("ada", DateOfBirth="2016-06-14T23:00:00Z")]) as there:
        assert there.rows(Table.PUPILS)["dob"].to_list() == [date(2016, 6, 15)]


@pytest.mark.parametrize(
    ("spell", "given"),
    [
        ({}, True),
        ({"last": "2025-09-01"}, True),  # in the school year before this one
        ({"last": "2025-08-31"}, False),
        ({"first": "2027-01-04"}, True),  # who is to come
        ({"status": "Guest"}, True),
    ],
)
def test_whose_enrolment_makes_a_pupil(spell: dict[str, Any], given: bool, tmp_path: Path) -> None:
    with next_gen(tmp_path, enrolments=[enrolment("ada", **spell)]) as there:
        assert there.rows(Table.PUPILS).height == given


def test_an_applicant_is_no_pupil(tmp_path: Path) -> None:
    with next_gen(tmp_path, enrolments=[]) as there:
        assert there.rows(Table.PUPILS).is_empty()


def test_a_spell_whose_days_are_midnights_in_london(tmp_path: Path) -> None:
    spell = enrolment("ADA", "2025-08-31T23:00:00Z", "2026-11-18T00:00:00Z", "Single Registration")
    with next_gen(tmp_path, enrolments=[spell]) as there:
        assert there.rows(Table.ROLL).select(SPELL).rows() == [
            ("ada", date(2025, 9, 1), date(2026, 11, 18), 5, "5DT"),
        ]


def test_a_guest_is_not_on_the_roll_and_whom_two_schools_have_is(tmp_path: Path) -> None:
    learners = [learner("ada"), learner("bo"), learner("cy")]
    spells = [enrolment("ada", status="Guest"), enrolment("bo", status="Subsidiary (dual registration)")]
    with next_gen(tmp_path, learners=learners, enrolments=spells) as there:
        assert there.rows(Table.ROLL)["pupil"].to_list() == ["bo"]


def test_year_and_class_are_of_the_latest_spell_that_has_begun(tmp_path: Path) -> None:
    spells = [("2026-01-05", "2027-07-23"), ("2024-09-02", "2025-12-19"), ("2027-09-01", None)]
    with next_gen(tmp_path, enrolments=[enrolment("ada", *spell) for spell in spells]) as there:
        assert there.rows(Table.ROLL).sort("from").select("year_group", "class_name").rows() == [
            (None, None),
            (5, "5DT"),
            (None, None),
        ]


@pytest.mark.parametrize(
    ("said", "year"),
    [
        *(
            ("Year 5", 5),
            ("Year  7", 7),
            ("12", 12),
            ("Reception", 0),
            ("Year R", 0),
            ("Y7", 7),
            ("Year N1", -1),
            ("Nursery 2", -1),
        ),
        (None, None),
    ],
)
def test_year_groups(said: str | None, year: int | None, tmp_path: Path) -> None:
    with next_gen(tmp_path, identifiers=[identifier("ada", year=said)]) as there:
        assert there.rows(Table.ROLL)["year_group"].to_list() == [year]


def test_a_year_group_that_is_none_is_told_and_the_learner_taken(tmp_path: Path) -> None:
    with next_gen(tmp_path, identifiers=[identifier("ada", year="Hedgehogs")]) as there:
        rows, [told], _ = there.pull(Table.ROLL)
    assert rows["year_group"].to_list() == [None]
    assert "year group (not shown) is none such as" in told.reason
    assert "Hedgehogs" not in told.reason


def test_a_filter_that_is_not_followed_ends_the_pull(tmp_path: Path) -> None:
    """Records of other days by the hundred are not merely set aside."""
    other_days = [mark("ada", f"of another day {number}") for number in range(12)]
    with next_gen(tmp_path, records=other_days) as there, pytest.raises(FixSettings, match="takes no notice of the"):
        there.pull(Table.MARKS)


def test_two_learners_with_one_key_are_set_aside(tmp_path: Path) -> None:
    """Whose marks are whose could not be told. The third is as well as before."""
    own = {"properties": {"learners": {"key": "AdmissionNumber"}}}
    learners = [learner(who, AdmissionNumber=number) for who, number in (("ada", "1"), ("bo", "1"), ("cy", "2"))]
    spells, marks = ([make(who) for who in ("ada", "bo", "cy")] for make in (enrolment, mark))
    with next_gen(tmp_path, own, learners=learners, enrolments=spells, records=marks) as there:
        for table in (Table.PUPILS, Table.ROLL, Table.MARKS):
            rows, rejects, _ = there.pull(table)
            assert rows["pupil"].to_list() == ["2"]
            assert len(rejects) == 2


def test_the_key_is_the_property_that_the_settings_name(tmp_path: Path) -> None:
    """The admission number keeps its zeros; who has none is set aside, with the marks."""
    own = {"properties": {"learners": {"key": "AdmissionNumber"}}}
    learners = [learner("ada", AdmissionNumber="001003"), learner("bo", AdmissionNumber="")]
    enrolments, marks = [enrolment("ada"), enrolment("bo")], [mark("ADA"), mark("BO")]
    with next_gen(tmp_path, own, learners=learners, enrolments=enrolments, records=marks) as there:
        for table in (Table.PUPILS, Table.ROLL, Table.MARKS):
            rows, rejects, _ = there.pull(table)
            assert rows["pupil"].to_list() == ["001003"]
            assert len(rejects) == 1


@pytest.mark.parametrize(
    ("start", "name", "found"),
    [
        ("2026-11-16T08:50:00Z", None, (date(2026, 11, 16), "AM")),
        ("2026-11-16T13:00:00Z", None, (date(2026, 11, 16), "PM")),
        ("2026-07-01T12:00:00Z", None, (date(2026, 7, 1), "PM")),  # one o'clock in summer
        ("2026-07-01T10:20:00Z", None, (date(2026, 7, 1), "AM")),
        ("2026-11-16T11:45:00Z", "PM", (date(2026, 11, 16), "PM")),  # an early lunch
        ("2026-11-16T11:45:00Z", " afternoon ", (date(2026, 11, 16), "PM")),
        ("2026-11-16T11:45:00Z", None, None),
        ("2026-11-16T08:50:00Z", "Period 1", None),
        ("soon", "AM", None),
    ],
)
def test_which_half_of_which_day(start: str, name: str | None, found: Any, tmp_path: Path) -> None:
    day = date.fromisoformat(start[:10]) if found else WEEK.first
    there_is = {"sessions": [session("16am", start, name)], "records": [mark("ada")]}
    with next_gen(tmp_path, **there_is) as there:
        rows, rejects, done = there.pull(Table.MARKS, Window(day, day))
    assert rows.select("date", "session").rows() == ([found] if found else [])
    assert bool(rejects) == (done.covers is None) == (found is None)


CODES = {
    "a national letter": ("I", "I", "I"),
    "a number that the school gave to illness": ("7", "I", "I"),
    "a sub-code that stands for its letter": ("X01", "X", "X"),
    "a code that says more than its letter": ("C1", "C", "C1"),
    "a code whose letter says too little": ("Y3", "Y", "Y3"),
    "nothing is known of it, and nothing is guessed": ("7", None, "7"),
    "it stands for something that is no code": ("[", "QQ", "["),
    "no mark": ("-", "-", "-"),
    "a national letter that is not that here": ("P", "QQ", "P?"),
}


@pytest.mark.parametrize(("displayed", "stands_for", "given"), CODES.values(), ids=CODES)
def test_codes(displayed: str, stands_for: str | None, given: str, tmp_path: Path) -> None:
    lookups = {"codes": [code(displayed, stands_for)], "statutory_codes": [statutory(stands_for or "/")]}
    with next_gen(tmp_path, records=[mark("ada", code=displayed)], **lookups) as there:
        assert there.codes() == [given]


@pytest.mark.parametrize(("other", "given"), [("I", "P?"), (None, "P")])
def test_a_letter_without_a_statutory_code_is_doubtful_where_others_have_one(
    other: str | None, given: str, tmp_path: Path
) -> None:
    lookups = {"codes": [code("P", None), code("7", other)], "statutory_codes": [statutory("I")]}
    with next_gen(tmp_path, records=[mark("ada", code="P")], **lookups) as there:
        assert there.codes() == [given]


def test_a_code_is_that_of_the_marks_day(tmp_path: Path) -> None:
    """Y was a code until August 2024, and says too little from then on."""
    sessions = [session("then", "2024-07-01T08:00:00Z"), session("now", "2026-11-16T08:50:00Z")]
    lookups = {"codes": [code("9", "Y")], "statutory_codes": [statutory("Y")]}
    marks = [mark("ada", "then", "9"), mark("ada", "now", "9")]
    with next_gen(tmp_path, sessions=sessions, records=marks, **lookups) as there:
        old, _, _ = there.pull(Table.MARKS, Window(date(2024, 7, 1), date(2024, 7, 1)))
        new, _, _ = there.pull(Table.MARKS, WEEK)
    assert (old["code"].to_list(), new["code"].to_list()) == (["Y"], ["9"])


ASIDE = {
    "its learner is not listed": {"records": [mark("bo")]},
    "its session is not listed": {"records": [mark("ada", "17pm")]},
    "its code is not listed": {"records": [mark("ada", code="Q")]},
    "half of its code is not listed": {
        "records": [mark("ada", code="7")],
        "codes": [code("7", "I"), code("/")],
    },
    "it is of another form": {"records": [{"Attendee": 7}]},
}


@pytest.mark.parametrize("there_is", ASIDE.values(), ids=ASIDE)
def test_a_mark_that_is_set_aside(there_is: dict[str, Any], tmp_path: Path) -> None:
    """The other marks of its page pass, and nothing that is missing counts as deleted."""
    with next_gen(tmp_path, **{**there_is, "records": [mark("ada"), *there_is["records"]]}) as there:
        rows, rejects, done = there.pull(Table.MARKS)
    assert rows["code"].to_list() == ["/"]
    assert [one.place for one in rejects] == ["2026-11-16: records, page 1, record 2"]
    assert done.covers is None


def test_marks_that_were_not_made_and_those_of_lessons(tmp_path: Path) -> None:
    marks = [mark("ada", code=None), mark("ada", kind="Attendance.Lesson"), mark("ada", "somewhere", kind="Activity")]
    with next_gen(tmp_path, records=marks) as there:
        assert there.rows(Table.MARKS).select("pupil", "date", "session", "code").rows() == [
            ("ada", date(2026, 11, 16), "AM", None)
        ]


def test_one_lookup_may_hold_all_codes(tmp_path: Path) -> None:
    all_codes = [code("7", "I"), statutory("I")]
    with next_gen(tmp_path, records=[mark("ada", code="7")], codes=all_codes, statutory_codes=all_codes) as there:
        assert there.codes() == ["I"]


def test_no_codes_at_all(tmp_path: Path) -> None:
    with next_gen(tmp_path, codes=[]) as there, pytest.raises(FixSettings, match="gives no attendance codes"):
        there.pull(Table.MARKS)


def test_a_name_that_is_wrong_is_told(tmp_path: Path) -> None:
    """Not one of many records can be read: what they lack is named, and nobody in them is."""
    learners = [learner(str(number)) for number in range(12)]
    for one in learners:
        one["UniquePupilNumber"] = one.pop("UPN")
    with next_gen(tmp_path, learners=learners) as there, pytest.raises(FixSettings, match="none has UPN") as wrong:
        there.pull(Table.PUPILS)
    assert "Larkin" not in str(wrong.value)
    own = {"properties": {"learners": {"upn": "UniquePupilNumber"}}}
    with next_gen(tmp_path, own, learners=learners, enrolments=[enrolment("3")]) as there:
        assert there.rows(Table.PUPILS)["upn"].to_list() == ["E801200005001"]


def test_contacts_are_not_known_which_is_not_none(tmp_path: Path) -> None:
    with next_gen(tmp_path) as there:
        assert len(list(there.source.pull(Table.CONTACTS, there.source.schools()[0], WEEK, None))) == 1
        assert there.asked == []
