"""Pupils: who they are, and which UPN is theirs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.contract import Page
from rollbook.tables.checks import upn_check_letter
from rollbook_arbor import entities
from rollbook_arbor.tables import Read, pupils
from rollbook_arbor.tables.upns import upns_on
from support.arbor_records import TODAY, WINDOW, School, another_pupil, both_routes, one_pupil, somebody, to, told


def upn(serial: int, last: str = "") -> str:
    rest = f"80120002{serial:04d}"[:11] + (last or str(serial % 10))
    return upn_check_letter(rest) + rest


OLD, NEW, TEMPORARY = upn(1101), upn(1202), upn(1303, "A")


def page(read: Read) -> Page:
    return pupils(read, WINDOW)


def only(school: School) -> dict[str, Any]:
    (row,) = both_routes(page, school)
    return row


def with_upns(*assignments: tuple[str, str | None, str | None, bool]) -> School:
    school = one_pupil()
    for number, start, end, temporary in assignments:
        school.add(
            entities.UPN_ASSIGNMENT,
            student=to("341"),
            upn=number,
            startDatetime=start,
            endDatetime=end,
            isTemporary=temporary,
        )
    return school


def test_a_pupil() -> None:
    school = with_upns((NEW, "2024-09-02 08:00:00", None, False))
    school.add(
        entities.ADDRESS, "9", address1="4  Weir Street", address2=None, postalTown="Wexcombe", postalCode="ZX1 1AA"
    )
    school.add(entities.OCCUPANCY, postalAddress=to("9"), occupant=somebody("Person", "77"), effectiveDate="2024-01-01")
    assert only(school) == {
        "pupil": "341",
        "upn": NEW,
        "former_upn": None,
        "surname": "Larkstone",
        "forename": "Zoë",
        "preferred_surname": None,
        "preferred_forename": None,
        "dob": date(2014, 3, 10),
        "sex": "F",
        "address": "4 Weir Street, Wexcombe",
        "postcode": "ZX1 1AA",
    }


def test_a_name_in_use_is_given_where_it_is_another() -> None:
    school = one_pupil().change(entities.PERSON, preferredFirstName="Zo", preferredLastName="Hollowbrook")
    row = only(school)
    assert (row["forename"], row["preferred_forename"]) == ("Zoë", "Zo")
    assert (row["surname"], row["preferred_surname"]) == ("Larkstone", "Hollowbrook")


def test_a_name_in_use_serves_where_there_is_no_legal_one() -> None:
    names = {"legalFirstName": None, "legalLastName": None, "preferredFirstName": "Zo", "preferredLastName": "Weir"}
    row = only(one_pupil().change(entities.PERSON, **names))
    assert (row["forename"], row["surname"]) == ("Zo", "Weir")
    assert (row["preferred_forename"], row["preferred_surname"]) == (None, None)


@pytest.mark.parametrize(
    ("short", "sex"), [("F", "F"), ("m", "M"), ("Male", "M"), ("Female", "F"), ("X", None), (None, None)]
)
def test_sex(short: str | None, sex: str | None) -> None:
    assert only(one_pupil().change(entities.GENDER, shortName=short))["sex"] == sex


UPN_HISTORIES = {
    "none": ([], None, None),
    "one, since always": ([(NEW, None, None, False)], NEW, None),
    "a temporary one, not yet replaced": ([(TEMPORARY, "2024-09-02", None, True)], TEMPORARY, None),
    "a temporary one, replaced": (
        [(TEMPORARY, "2024-09-02", "2024-10-01", True), (NEW, "2024-10-02", None, False)],
        NEW,
        TEMPORARY,
    ),
    "a temporary one that nobody ended": (
        [(TEMPORARY, "2024-09-02", None, True), (NEW, "2024-08-01", None, False)],
        NEW,
        TEMPORARY,
    ),
    "replaced within today": (
        [(OLD, "2024-09-02", "2026-11-20 10:30:00", False), (NEW, "2026-11-20 10:30:00", None, False)],
        NEW,
        OLD,
    ),
    "to be replaced tomorrow": (
        [(OLD, "2024-09-02", "2026-11-20", False), (NEW, "2026-11-21", None, False)],
        OLD,
        None,
    ),
    "replaced twice": (
        [
            (TEMPORARY, None, "2024-09-30", True),
            (OLD, "2024-10-01", "2025-01-31", False),
            (NEW, "2025-02-01", None, False),
        ],
        NEW,
        OLD,
    ),
    "ended, and none came after it": ([(OLD, "2024-09-02", "2025-01-31", False)], None, OLD),
    "given again": ([(NEW, "2024-09-02", "2025-01-31", False), (NEW, "2025-02-01", None, False)], NEW, None),
    "in small letters": ([(NEW.lower(), None, None, False)], NEW, None),
}


@pytest.mark.parametrize("history", UPN_HISTORIES)
def test_the_dates_decide_which_upn_is_the_pupils(history: str) -> None:
    assignments, current, former = UPN_HISTORIES[history]
    row = only(with_upns(*assignments))
    assert (row["upn"], row["former_upn"]) == (current, former)


def test_a_leavers_upn_is_that_of_the_last_day() -> None:
    school = with_upns((NEW, "2024-09-02", "2026-10-09", False)).change(entities.ENROLMENT, leavingDate="2026-10-09")
    assert only(school)["upn"] == NEW


def test_of_two_upns_with_nothing_between_them_neither_is_taken() -> None:
    school = with_upns((OLD, "2024-09-02", None, False), (NEW, "2024-09-02", None, False))
    assert only(school)["upn"] is None
    assert told(page(school.read)) == [("UkDfe_UpnAssignment 1, 2", "upn")]


def test_a_upn_that_is_not_well_formed_is_left_out_and_not_repeated() -> None:
    school = with_upns(("A" + NEW[1:], "2024-09-02", None, False))
    assert only(school)["upn"] is None
    (reject,) = page(school.read).rejects
    assert reject.column == "upn"
    assert NEW[1:] not in f"{reject}"


_DAYS = st.none() | st.integers(-900, 60).map(lambda n: datetime(2026, 11, 20) + timedelta(n))
_ASSIGNMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "upn": st.sampled_from([OLD, NEW, TEMPORARY, OLD.lower()]),
            "startDatetime": _DAYS,
            "endDatetime": _DAYS,
            "isTemporary": st.booleans() | st.none(),
        }
    ),
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(_ASSIGNMENTS)
def test_of_any_history_one_upn_at_most_is_current_and_it_holds_today(assignments: list[dict[str, Any]]) -> None:
    rows = [{"id": str(n), **one} for n, one in enumerate(assignments)]
    found = upns_on(rows, TODAY)
    assert found.current is None or found.current != found.former
    holding = {
        row["upn"].upper()
        for row in rows
        if (row["startDatetime"] is None or row["startDatetime"].date() <= TODAY)
        and (row["endDatetime"] is None or row["endDatetime"].date() >= TODAY)
    }
    assert found.current in holding or (found.current is None and (not holding or found.wrong))
    assert upns_on(rows[::-1], TODAY) == found


@pytest.mark.parametrize(
    ("entry", "leaving", "there"),
    [
        ("2018-09-03", "2025-07-31", False),
        ("2018-09-03", "2025-08-01", True),
        ("2027-09-01", None, True),
    ],
)
def test_those_who_left_before_the_previous_school_year_are_not_asked_about(
    entry: str, leaving: str | None, there: bool
) -> None:
    school = another_pupil(one_pupil(), "342", "78", entry=entry, leavingDate=leaving)
    assert ("342" in [row["pupil"] for row in both_routes(page, school)]) is there


def test_a_pupil_whose_birth_date_cannot_be_read_is_kept_without_it() -> None:
    school = one_pupil().change(entities.PERSON, dateOfBirth="10th March")
    row = only(school)
    assert (row["surname"], row["dob"]) == ("Larkstone", None)
    assert told(page(school.read)) == [("Person 77", "dateOfBirth")]


def test_a_pupil_without_a_person_is_kept_and_the_others_pass() -> None:
    school = another_pupil(one_pupil(), "342", "78").change(entities.STUDENT, 1, person=None)
    assert [row["surname"] for row in both_routes(page, school)] == ["Larkstone", None]
    assert told(page(school.read)) == [("Student 342", "person")]


def test_nothing_that_is_set_aside_names_anybody() -> None:
    school = with_upns(("nonsense", None, None, False)).change(entities.PERSON, dateOfBirth="Larkstone", gender=["Zoë"])
    said = str(page(school.read).rejects)
    assert "Person 77" in said
    assert not {"Larkstone", "Zoë", "nonsense"} & set(said.replace("'", " ").split())
