"""A school read over GraphQL and over REST is the same school: what the kit does not say of both routes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from rollbook.contract import FixSettings, SchoolRef, Window
from rollbook.tables.schemas import Table
from rollbook_arbor.simulator import ArborSimulator
from support.arbor import BEFORE, EVENING, PEOPLE, URN, WINDOW, arbor, expected, in_order, pulled, source

ROUTES = ["graphql", "rest"]


@pytest.fixture
def before(tmp_path: Path) -> Iterator[ArborSimulator]:
    """As at the evening before, to be changed."""
    with arbor(tmp_path / "arbor", BEFORE) as simulator:
        yield simulator


def test_every_table_is_what_arbor_holds_by_rest_too(office: ArborSimulator, tmp_path: Path) -> None:
    reading = source(office, tmp_path, route="rest")
    for table in (*(table for table in PEOPLE if table is not Table.FLAGS), Table.MARKS):
        rows, rejects, _ = pulled(reading, table)
        assert rejects == []
        want = expected(office, table)
        if table is Table.SESSIONS:  # a holiday may be told as closed days, or not at all
            rows, want = rows.filter("open"), want.filter("open")
        assert_frame_equal(in_order(rows), in_order(want), check_column_order=False)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("dates", ["text", "object"])
def test_days_are_read_as_text_and_as_objects(office: ArborSimulator, tmp_path: Path, route: str, dates: str) -> None:
    office.faults.dates, office.faults.null_text, office.faults.extra_fields = dates, True, True
    reading = source(office, tmp_path, route=route)
    for table in (Table.ROLL, Table.MARKS):
        rows, rejects, _ = pulled(reading, table, window=Window(BEFORE, BEFORE))
        want = expected(office, table, Window(BEFORE, BEFORE))
        assert (len(rows), rejects) == (len(want), [])


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("first", "zero"), [(0, "empty"), (1, "empty"), (1, "first")])
def test_pages_counted_from_nought_or_one_are_all_read(
    office: ArborSimulator, tmp_path: Path, route: str, first: int, zero: str
) -> None:
    office.faults.first_page, office.faults.page_zero = first, zero
    rows, _, done = pulled(source(office, tmp_path, route=route, page_size=25), Table.MARKS)
    assert len(rows) == len(expected(office, Table.MARKS))
    assert done.checkpoint["first_page"] == {route: first}


def test_how_pages_are_counted_is_asked_once(office: ArborSimulator, tmp_path: Path) -> None:
    reading = source(office, tmp_path)
    _, _, done = pulled(reading, Table.MARKS)
    office.requests.clear()
    pulled(reading, Table.MARKS, done.checkpoint)
    assert not [asked for asked in office.requests if "AttendanceMark page 0" in asked.label]


def test_a_correction_and_a_deletion_are_heard_the_next_night_by_rest_too(
    before: ArborSimulator, tmp_path: Path
) -> None:
    reading = source(before, tmp_path, route="rest", cache="kept")
    rows, _, done = pulled(reading, Table.MARKS)
    (pupil, day, session), (other, that, half) = rows.select("pupil", "date", "session").rows()[:2]
    before.write_mark(pupil, day, session, None)
    before.write_mark(other, that, half, "I")
    before.publish(EVENING)
    again, _, done = pulled(source(before, tmp_path, route="rest", cache="kept"), Table.MARKS, done.checkpoint)
    assert done.covers == WINDOW
    assert_frame_equal(in_order(again), in_order(expected(before, Table.MARKS)), check_column_order=False)
    assert again.filter(pupil=pupil, date=day, session=session).is_empty()
    assert again.filter(pupil=other, date=that, session=half)["code"].to_list() == ["I"]


def test_over_rest_what_did_not_change_is_not_fetched_again(before: ArborSimulator, tmp_path: Path) -> None:
    rows, _, done = pulled(source(before, tmp_path, route="rest", cache="kept"), Table.MARKS)
    pupil, day, session = rows.select("pupil", "date", "session").row(5)
    before.write_mark(pupil, day, session, "I")
    before.publish(BEFORE)
    before.requests.clear()
    pulled(source(before, tmp_path, route="rest", cache="kept"), Table.MARKS, done.checkpoint)
    details = [asked.label for asked in before.requests if asked.label.startswith("one AttendanceRollCallRecord")]
    assert 1 <= len(details) <= 2 + len(rows) / 7  # the corrected one, the last that was heard of, and a seventh


def test_the_kept_details_are_for_their_owner_alone(office: ArborSimulator, tmp_path: Path) -> None:
    pulled(source(office, tmp_path, route="rest", cache="kept"), Table.SESSIONS)
    [file] = (tmp_path / "kept").iterdir()
    assert (file.stat().st_mode & 0o777, (tmp_path / "kept").stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_night_of_people_is_few_requests(office: ArborSimulator, tmp_path: Path) -> None:
    reading = source(office, tmp_path)
    checkpoint = pulled(reading, Table.SESSIONS)[2].checkpoint
    office.requests.clear()
    for table in PEOPLE:
        pulled(reading, table, checkpoint)
    assert len(office.requests) <= 3


def test_flags_and_tables_that_nobody_asked_for_are_not_read(office: ArborSimulator, tmp_path: Path) -> None:
    reading = source(office, tmp_path, flags=[], without=["contacts", "leave"])
    for table in (Table.FLAGS, Table.CONTACTS, Table.LEAVE):
        ref = SchoolRef(str(URN), "Oaks", URN)
        assert [type(item).__name__ for item in reading.pull(table, ref, WINDOW, None)] == ["Done"]
    pulled(reading, Table.PUPILS)
    asked = {name for request in office.requests for name in request.label.split()}
    assert not asked & {
        "InCareStatusAssignment",
        "SenStatusAssignment",
        "Guardian",
        "TelephoneNumber",
        "StudentAbsenceNote",
    }


def test_check_tells_the_route_and_the_newest_day(before: ArborSimulator, tmp_path: Path) -> None:
    said = [remark.text for remark in source(before, tmp_path).check()]
    assert any("GraphQL gives" in text for text in said)
    assert f"the newest day that has marks is {BEFORE}" in said


def test_another_schools_arbor_is_refused(office: ArborSimulator, tmp_path: Path) -> None:
    reading, elms = source(office, tmp_path), SchoolRef("123456", "Elms", 123456)
    for table in (Table.PUPILS, Table.MARKS):
        with pytest.raises(FixSettings, match="does not know the school 123456"):
            next(iter(reading.pull(table, elms, WINDOW, None)))
    assert len(pulled(reading, Table.PUPILS)[0])  # nor is its own school's the worse for it


def test_a_key_that_is_no_name_of_this_arbor_is_refused(office: ArborSimulator, tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match='knows none by the key "elms"'):
        next(iter(source(office, tmp_path).pull(Table.MARKS, SchoolRef("elms", "Elms", 123456), WINDOW, None)))


def test_one_connection_is_one_school_though_it_knows_others(office: ArborSimulator, tmp_path: Path) -> None:
    """Leavers' next schools are among those that an Arbor knows by their URN."""
    reading = source(office, tmp_path)
    pulled(reading, Table.PUPILS)
    with pytest.raises(FixSettings, match=f"was asked for {URN}, and now for 900999"):
        next(iter(reading.pull(Table.PUPILS, SchoolRef("900999", "Old Mill School", 900999), WINDOW, None)))
