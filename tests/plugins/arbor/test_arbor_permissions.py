"""What a school has not approved, or Arbor does not say, is never taken for "there is none"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import Done, NeedsCredentials, SchoolRef, VendorMustAct
from rollbook.tables.schemas import Table
from rollbook_arbor.simulator import ArborSimulator, Fault
from support.arbor import URN, WINDOW, expected, pulled, source

ROUTES = ["graphql", "rest"]
LESSON_TYPE, MORNING_TYPE = "13", "11"


def record(office: ArborSimulator, entity: str, known: str) -> dict[str, Any]:
    """What Arbor holds of one object, to be changed."""
    assert office.world is not None
    held: dict[str, Any] = office.world.tables[entity].records[known]  # type: ignore[attr-defined]
    return held


def in_lessons(office: ArborSimulator, count: int) -> None:
    """The first marks of the window are those of a roll call of lessons."""
    import polars as pl

    assert office.world is not None
    table: Any = office.world.tables["AttendanceRollCallRecord"]
    row = pl.int_range(pl.len()).over(pl.col("date").is_between(WINDOW.first, WINDOW.last) & ~pl.col("redundant"))
    within = pl.col("date").is_between(WINDOW.first, WINDOW.last) & ~pl.col("redundant") & (row < count)
    table.frame = table.frame.with_columns(roll_call=pl.when(within).then(pl.lit("3")).otherwise("roll_call"))


@pytest.mark.parametrize("route", ROUTES)
def test_a_roll_call_of_lessons_is_passed_over(own_office: ArborSimulator, tmp_path: Path, route: str) -> None:
    in_lessons(own_office, 5)
    rows, rejects, done = pulled(source(own_office, tmp_path, route=route), Table.MARKS)
    assert (len(rows), rejects, done.covers) == (len(expected(own_office, Table.MARKS)) - 5, [], WINDOW)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("said", [{"isMorning": None}, {"isMorning": True, "isAfternoon": True}], ids=["not", "both"])
def test_marks_of_which_it_is_not_said_what_they_are_of_are_set_aside(
    own_office: ArborSimulator, tmp_path: Path, route: str, said: dict[str, Any]
) -> None:
    in_lessons(own_office, 5)
    record(own_office, "AttendanceRegisterType", LESSON_TYPE).update(said)
    _, rejects, done = pulled(source(own_office, tmp_path, route=route), Table.MARKS)
    assert ([reject.column for reject in rejects], done.covers) == (["attendanceRollCall"] * 5, None)


@pytest.mark.parametrize("route", ROUTES)
def test_without_a_roll_call_of_the_morning_no_mark_is_taken(
    own_office: ArborSimulator, tmp_path: Path, route: str
) -> None:
    record(own_office, "AttendanceRegisterType", MORNING_TYPE)["isMorning"] = None
    with pytest.raises(NeedsCredentials, match=r"shows no roll call of the morning: ask the school to set isMorning"):
        pulled(source(own_office, tmp_path, route=route), Table.MARKS)


@pytest.mark.parametrize("entity", ["AttendanceRollCall", "AttendanceRegisterType"])
def test_roll_calls_that_are_silently_not_shown_stop_the_marks(
    office: ArborSimulator, tmp_path: Path, entity: str
) -> None:
    office.faults.next(Fault.EMPTY_LIST, times=None, only=f"list {entity} page")
    with pytest.raises(NeedsCredentials, match=f"shows nothing of {entity}"):
        pulled(source(office, tmp_path, route="rest"), Table.MARKS)


def test_register_types_without_ismorning_are_another_shape(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.missing = {"AttendanceRegisterType.isMorning"}
    with pytest.raises(VendorMustAct, match=r"AttendanceRegisterType\.isMorning is in none"):
        pulled(source(office, tmp_path, route="rest"), Table.MARKS)


NEEDED = {
    "UkDfe_UpnAssignment": Table.PUPILS,
    "PostalAddressOccupancy": Table.PUPILS,
    "EnrolmentModeAssignment": Table.ROLL,
    "AcademicLevelMembership": Table.ROLL,
}


@pytest.mark.parametrize("entity", NEEDED)
@pytest.mark.parametrize("route", ROUTES)
def test_what_every_school_has_is_asked_for_where_it_is_silently_not_shown(
    office: ArborSimulator, tmp_path: Path, route: str, entity: str
) -> None:
    label = f"{'query' if route == 'graphql' else 'list'} {entity} page"
    office.faults.next(Fault.EMPTY_LIST, times=None, only=label)
    with pytest.raises(NeedsCredentials, match=f"shows nothing of {entity}: ask the school to approve"):
        pulled(source(office, tmp_path, route=route), NEEDED[entity])


@pytest.mark.parametrize("entity", [*NEEDED, "RegistrationFormMembership"])
def test_what_graphql_refuses_and_rest_does_not_show_is_not_none(
    office: ArborSimulator, tmp_path: Path, entity: str
) -> None:
    office.faults.withheld = {entity}
    reading, table = source(office, tmp_path), NEEDED.get(entity, Table.ROLL)
    for _ in range(2):  # nor when a table after it asks again
        with pytest.raises(NeedsCredentials, match=f"shows nothing of {entity}: ask the school to approve"):
            pulled(reading, table)


def test_what_was_refused_on_an_earlier_night_is_not_none_either(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.withheld = {"RegistrationFormMembership"}
    checkpoint = {"rest": {"RegistrationFormMembership": "2026-11-19"}}
    with pytest.raises(NeedsCredentials, match="shows nothing of RegistrationFormMembership"):
        pulled(source(office, tmp_path), Table.ROLL, checkpoint)


@pytest.mark.parametrize("settings", [{}, {"route": "graphql"}], ids=["auto", "graphql"])
def test_what_can_be_done_without_may_be_refused(
    office: ArborSimulator, tmp_path: Path, settings: dict[str, str]
) -> None:
    office.faults.withheld = {"Gender", "RegistrationFormMembership"}
    rows, rejects, _ = pulled(source(office, tmp_path, **settings), Table.PUPILS)
    assert (len(rows), rejects) == (len(expected(office, Table.PUPILS)), [])
    assert rows["upn"].null_count() < len(rows)


@pytest.mark.parametrize(("settings", "route"), [({}, "rest"), ({"route": "graphql"}, "graphql")])
def test_a_reader_knows_what_was_refused(
    office: ArborSimulator, tmp_path: Path, settings: dict[str, str], route: str
) -> None:
    from rollbook_arbor.entities import FORM_MEMBERSHIP, STUDENT

    office.faults.withheld = {"RegistrationFormMembership"}
    with source(office, tmp_path, **settings)._reader(None, WINDOW.last) as read:
        assert read.probe([STUDENT, FORM_MEMBERSHIP]) == {"RegistrationFormMembership"}
        assert read.refused == {"RegistrationFormMembership"}
        assert read.by_rest == ({"RegistrationFormMembership"} if route == "rest" else set())


@pytest.mark.parametrize("route", ROUTES)
def test_registers_that_are_not_marked_yet_have_no_marks(
    own_office: ArborSimulator, tmp_path: Path, route: str
) -> None:
    assert own_office.world is not None
    held: Any = own_office.world.tables["AttendanceRollCallRecord"]
    page, one = held.page, held.one
    held.page = lambda request: [{**found, "attendanceMark": None} for found in page(request)]
    held.one = lambda key: {**one(key), "attendanceMark": None}
    rows, rejects, done = pulled(source(own_office, tmp_path, route=route), Table.MARKS)
    assert (rows["code"].null_count(), rejects, done.covers) == (len(expected(own_office, Table.MARKS)), [], WINDOW)


def test_records_that_have_no_mark_to_be_entered_are_another_shape(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.missing = {"AttendanceRollCallRecord.attendanceMark"}
    with pytest.raises(VendorMustAct, match="has attendanceMark"):
        pulled(source(office, tmp_path, route="rest"), Table.MARKS)


OPTIONAL = {
    "Guardian": Table.CONTACTS,
    "StudentGuardianRelationship": Table.CONTACTS,
    "StudentAbsenceNote": Table.LEAVE,
    "SenStatusAssignment": Table.FLAGS,
}


@pytest.mark.parametrize("entity", OPTIONAL)
@pytest.mark.parametrize("route", ["auto", "graphql"])
def test_a_table_that_can_be_done_without_is_not_known_and_stops_nothing(
    office: ArborSimulator, tmp_path: Path, route: str, entity: str
) -> None:
    office.faults.withheld = {entity}
    reading = source(office, tmp_path, route=route)
    items = list(reading.pull(OPTIONAL[entity], SchoolRef(str(URN), "Oaks", URN), WINDOW, None))
    assert [type(item) for item in items] == [Done]
    for table in (Table.PUPILS, Table.MARKS):
        assert len(pulled(reading, table)[0]) == len(expected(office, table))
