"""What is Wonde's own, beside the contract."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rollbook.contract import FixSettings, NeedsCredentials, RetryLater, VendorMustAct
from rollbook.tables.schemas import Table
from rollbook.testing.web import Answer, Incoming, as_json
from rollbook_wonde.days import Moment, day_of
from rollbook_wonde.simulator import WondeSimulator
from support.wonde import WEEK, mark, pulled, remarks, small_school, source, student, wonde_with

MARKS = "attendance/session"


def rows(wonde: Any, table: Table) -> list[tuple[Any, ...]]:
    found, rejects, _ = pulled(wonde, table)
    assert rejects == []
    assert found is not None
    return found.rows()


@pytest.mark.parametrize(
    ("written", "zone", "day"),
    [
        ("2026-06-01 00:00:00.000000", "Europe/London", date(2026, 6, 1)),
        ("2026-05-31 23:00:00.000000", "UTC", date(2026, 6, 1)),  # midnight in London, in summer
        ("2026-06-01 00:00:00.000000", "UTC", date(2026, 6, 1)),
        ("2026-01-12 00:00:00.000000", "UTC", date(2026, 1, 12)),
        ("2026-06-01 00:00:00.000000", "+01:00", date(2026, 6, 1)),
    ],
)
def test_a_day_is_the_day_in_london(written: str, zone: str, day: date) -> None:
    assert day_of(Moment(written, zone)) == day


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "", "..", "Europe"])
def test_a_time_zone_that_nobody_knows_is_no_day(zone: str) -> None:
    with pytest.raises(ValueError):
        day_of(Moment("2026-06-01 00:00:00.000000", zone))


def test_a_birth_date_may_come_as_a_plain_day() -> None:
    assert day_of("2017-03-04") == date(2017, 3, 4)


class TestComingBack:
    """A student who left and came back: another id, the same upi."""

    def lists(self) -> dict[str, Any]:
        return {
            "students": [student("one", "A20", "2026-11-18", forename="Addie")],
            "students-leaver": [student("one", "A10", "2025-09-01", "2026-11-16", forename="Ada")],
            MARKS: [mark("A10", "2026-11-16"), mark("A20", "2026-11-18", "I")],
        }

    def test_is_one_pupil_as_known_now(self, tmp_path: Path) -> None:
        with wonde_with(tmp_path, self.lists()) as wonde:
            [found] = rows(wonde, Table.PUPILS)
        assert found[:7] == ("one", None, None, "Larkin", "Ada", None, "Addie")

    def test_has_two_spells(self, tmp_path: Path) -> None:
        with wonde_with(tmp_path, self.lists()) as wonde:
            found = rows(wonde, Table.ROLL)
        assert [row[:3] for row in found] == [
            ("one", date(2026, 11, 18), None),
            ("one", date(2025, 9, 1), date(2026, 11, 16)),
        ]

    def test_keeps_the_marks_of_both_ids(self, tmp_path: Path) -> None:
        with wonde_with(tmp_path, self.lists()) as wonde:
            found = rows(wonde, Table.MARKS)
        assert found == [("one", date(2026, 11, 16), "AM", "/"), ("one", date(2026, 11, 18), "AM", "I")]


def test_a_mark_of_nobody_who_is_listed_is_set_aside_and_nothing_counts_as_deleted(tmp_path: Path) -> None:
    lists = {"students": [student("one", "A1")], MARKS: [mark("A1"), mark("A99")]}
    with wonde_with(tmp_path, lists) as wonde:
        found, rejects, done = pulled(wonde, Table.MARKS)
    assert found is not None
    assert found["pupil"].to_list() == ["one"]
    assert [reject.reason for reject in rejects] == ["its student is not listed"]
    assert done.covers is None


def test_marks_pass_as_they_are_and_a_mark_that_was_not_made_is_empty(tmp_path: Path) -> None:
    made = [mark("A1", f"2026-11-{day}", code) for day, code in ((16, "/"), (17, "ZZ"), (18, "Late"), (19, None))]
    with wonde_with(tmp_path, {"students": [student("one", "A1")], MARKS: made}) as wonde:
        assert [row[3] for row in rows(wonde, Table.MARKS)] == ["/", "ZZ", "Late", None]


def test_a_day_more_is_asked_for_at_each_end_and_is_left_out(tmp_path: Path) -> None:
    asked: list[dict[str, list[str]]] = []

    def answer(incoming: Incoming) -> Any:
        asked.append(parse_qs(urlsplit(incoming.target).query))
        return [mark("A1", "2026-11-15"), mark("A1", "2026-11-16"), mark("A1", "2026-11-21")]

    with wonde_with(tmp_path, {"students": [student("one", "A1")], MARKS: answer}) as wonde:
        assert [row[1] for row in rows(wonde, Table.MARKS)] == [WEEK.first]
    assert asked[0]["attendance_date_after"] == ["2026-11-15"]
    assert asked[0]["attendance_date_before"] == ["2026-11-21"]


def test_a_mark_of_nobody_on_the_day_more_is_not_set_aside(tmp_path: Path) -> None:
    lists = {"students": [student("one", "A1")], MARKS: [mark("A1"), mark("A99", "2026-11-15")]}
    with wonde_with(tmp_path, lists) as wonde:
        _, rejects, done = pulled(wonde, Table.MARKS)
    assert rejects == []
    assert done.covers == WEEK


def test_marks_of_days_that_were_not_asked_for_stop_the_pull(tmp_path: Path) -> None:
    lists = {"students": [student("one", "A1")], MARKS: [mark("A1", "2026-01-12")]}
    with wonde_with(tmp_path, lists) as wonde, pytest.raises(VendorMustAct, match="days_parameters"):
        pulled(wonde, Table.MARKS)


@pytest.mark.parametrize(
    ("said", "year"),
    [("R", 0), ("N2", -1), ("1", 1), ("13", 13), (7, 7), ("Year 7", None), (None, None), ("", None)],
)
def test_year_groups(said: Any, year: int | None, tmp_path: Path) -> None:
    with wonde_with(tmp_path, {"students": [student("one", "A1", year=said)]}) as wonde:
        [found] = rows(wonde, Table.ROLL)
    assert found[3] == year


@pytest.mark.parametrize(("said", "sex"), [("MALE", "M"), ("female", "F"), ("OTHER", None), (None, None)])
def test_sex(said: str | None, sex: str | None, tmp_path: Path) -> None:
    with wonde_with(tmp_path, {"students": [student("one", "A1", gender=said)]}) as wonde:
        [found] = rows(wonde, Table.PUPILS)
    assert found[8] == sex


def extended(**said: Any) -> dict[str, Any]:
    none = {"free_school_meals": None, "in_lea_care": None, "child_protection_plan": None, "child_in_need": None}
    return {"data": {**none, "sen_status": None, "leaver_destination": None, **said}}


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ({}, set()),
        ({"free_school_meals": True, "in_lea_care": False}, {"fsm"}),
        ({"in_lea_care": "true", "child_in_need": 1}, {"looked_after", "child_in_need"}),
        ({"child_protection_plan": True}, {"social_worker"}),
        ({"sen_status": "K"}, {"sen_support"}),
        ({"sen_status": "e"}, {"ehcp"}),
        ({"sen_status": "N"}, set()),
        ({"sen_status": "Statement"}, {"statement"}),
    ],
)
def test_flags(said: dict[str, Any], flags: set[str], tmp_path: Path) -> None:
    lists = {"students": [student("one", "A1", extended_details=extended(**said))]}
    with wonde_with(tmp_path, lists, extended_details=True) as wonde:
        assert {row[1] for row in rows(wonde, Table.FLAGS)} == flags


def test_without_extended_details_flags_are_not_known_and_not_none(tmp_path: Path) -> None:
    with wonde_with(tmp_path, {"students": [student("one", "A1")]}) as wonde:
        found, _, _ = pulled(wonde, Table.FLAGS)
    assert found is None


def test_a_leaver_without_a_last_day_is_set_aside_and_not_on_the_roll(tmp_path: Path) -> None:
    lists = {"students-leaver": [student("one", "A1"), student("two", "A2", last="2026-11-13")]}
    with wonde_with(tmp_path, lists) as wonde:
        found, rejects, _ = pulled(wonde, Table.ROLL)
    assert found is not None
    assert found["pupil"].to_list() == ["two"]
    assert [reject.place for reject in rejects] == ["students-leaver, page 1, record 1"]


@pytest.mark.parametrize(("said", "urn"), [(900001, 900001), ("900001", 900001), ("", None), (None, None)])
def test_a_school_may_have_no_urn(said: Any, urn: int | None, tmp_path: Path) -> None:
    with wonde_with(tmp_path, {"schools": [{"id": "A1", "name": "Oaks", "urn": said}]}) as wonde:
        assert [one.urn for one in wonde.schools()] == [urn]


def test_where_a_leaver_went_is_read_where_extended_details_are_approved(tmp_path: Path) -> None:
    left = student("one", "A1", last="2026-11-13", extended_details=extended(leaver_destination="abroad"))
    with wonde_with(tmp_path, {"students-leaver": [left]}, extended_details=True) as wonde:
        [found] = rows(wonde, Table.ROLL)
    assert found[4] == "abroad"


def test_extended_details_that_no_school_approved_stop_the_pull(tmp_path: Path) -> None:
    lists = {"students": [student(str(number), f"A{number}") for number in range(12)]}
    with wonde_with(tmp_path, lists, extended_details=True) as wonde, pytest.raises(VendorMustAct, match="approved"):
        pulled(wonde, Table.FLAGS)


def page(records: list[Any], follows: str | None, **said: Any) -> Answer:
    told = {"next": follows, "previous": None, "more": follows is not None, "per_page": 1, **said}
    return as_json({"data": records, "meta": {"pagination": told}})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (page([student("one", "A1")], "https://elsewhere.invalid/v1.0/"), VendorMustAct),
        (page([student("one", "A1")], None, more=True), RetryLater),
        (page([student("one", "A1")], None, current_page=2), RetryLater),
        (page([], "students"), RetryLater),
        (as_json({"errors": [{"field": "per_page"}]}, 422), FixSettings),
        (as_json({"message": "revoked"}, 403), FixSettings),  # of this school: the others go on
        (as_json({"message": "no"}, 401), NeedsCredentials),
        (as_json({"message": "no"}, 404), FixSettings),
        (as_json({"message": "oops"}, 500), RetryLater),
        (Answer(200, b"<html>Sign in</html>", "text/html"), RetryLater),
        (as_json({"students": []}), VendorMustAct),
    ],
    ids=[
        "other host",
        "more, and no next",
        "other page",
        "empty, and more",
        "422",
        "403",
        "401",
        "404",
        "500",
        "html",
        "form",
    ],
)
def test_what_is_no_page_ends_the_pull(answer: Answer, error: type[Exception], tmp_path: Path) -> None:
    with wonde_with(tmp_path, {"students": lambda _: answer}) as wonde, pytest.raises(error):
        pulled(wonde, Table.PUPILS)


def test_what_a_422_says_is_not_repeated(tmp_path: Path) -> None:
    answer = as_json({"errors": [{"field": "Ada Larkin"}]}, 422)
    with wonde_with(tmp_path, {"students": lambda _: answer}) as wonde, pytest.raises(FixSettings) as told:
        pulled(wonde, Table.PUPILS)
    assert "Larkin" not in f"{told.value.sentence} {told.value.detail}"


PERMITTED = "meta/schools/A1930499544/permissions"
SCHOOL = {"id": "A1930499544", "name": "Oaks", "urn": "900001", "region": {"domain": "127.0.0.1"}}


class TestCheck:
    def permissions(self, **approved: tuple[bool, bool]) -> list[dict[str, Any]]:
        return [{"name": name, "optional": optional, "approved": yes} for name, (optional, yes) in approved.items()]

    def told(self, tmp_path: Path, **lists: Any) -> list[tuple[bool, str]]:
        with wonde_with(tmp_path, {"schools": [SCHOOL], **lists}) as wonde:
            return [(remark.ok, remark.text) for remark in remarks(wonde)]

    def test_names_what_a_school_has_not_approved(self, tmp_path: Path) -> None:
        listed = self.permissions(Students=(False, True), Attendance=(False, False), Extended=(True, False))
        told = self.told(tmp_path, **{PERMITTED: listed})
        assert told[1] == (
            False,
            "School A1930499544 (URN 900001) has not approved Attendance, Extended (optional): ask it to, in its Wonde "
            "portal.",
        )

    def test_can_do_without_what_is_optional(self, tmp_path: Path) -> None:
        listed = self.permissions(Students=(False, True), Extended=(True, False))
        assert [ok for ok, _ in self.told(tmp_path, **{PERMITTED: listed})] == [True, True]

    def test_sends_a_school_of_another_region_to_a_connection_of_its_own(self, tmp_path: Path) -> None:
        there = {**SCHOOL, "region": {"domain": "api-ap-southeast-2.wonde.com"}}
        _, (ok, text) = self.told(tmp_path, schools=[there])
        assert not ok
        assert "https://api-ap-southeast-2.wonde.com/v1.0/" in text

    def test_says_that_no_school_approved(self, tmp_path: Path) -> None:
        [(ok, text)] = self.told(tmp_path, schools=[])
        assert not ok
        assert "ask the schools to" in text


def test_a_school_that_took_its_approval_back_is_named_no_more(tmp_path: Path) -> None:
    simulator = WondeSimulator(tmp_path, small_school())
    try:
        simulator.publish(WEEK.last)
        wonde = source(simulator.settings, tmp_path)
        assert [ref.urn for ref in wonde.schools()] == [900001]
        simulator.revoked = True
        assert wonde.schools() == []
        with pytest.raises(FixSettings, match="took that back"):
            pulled(wonde, Table.MARKS)
    finally:
        simulator.close()
