"""What Arbor does wrong is told apart: tried again, set aside, or named; never taken for an empty register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, NeedsCredentials, Problem, RetryLater, VendorMustAct, Window
from rollbook.tables.schemas import Table
from rollbook_arbor import mixing
from rollbook_arbor.reading import Reader
from rollbook_arbor.simulator import ArborSimulator, Fault
from support.arbor import EVENING, WINDOW, expected, pulled, source

RECORD = "AttendanceRollCallRecord"
ROUTES = ["graphql", "rest"]


def problem_of(
    office: ArborSimulator, folder: Path, table: Table = Table.MARKS, window: Window = WINDOW, **settings: Any
) -> Problem:
    """The failure of a pull; it names nobody, and holds no secret."""
    with pytest.raises(Problem) as raised:
        pulled(source(office, folder, **settings), table, window=window)
    said = f"{raised.value.sentence} {raised.value.detail}"
    people = office.readable()[Table.PUPILS]
    secret = Path(office.settings["password"]["file"]).read_text(encoding="utf-8")
    personal = [str(value) for name in ("upn", "surname", "dob") for value in people[name].drop_nulls()]
    assert not [one for one in (secret, *personal) if one in said]
    return raised.value


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("fault", [Fault.BODY_RESPONSE, Fault.BODY_STATUS, Fault.BODY_ERROR])
@pytest.mark.parametrize(
    ("code", "kind"), [(500, RetryLater), (401, NeedsCredentials), (403, NeedsCredentials), (429, RetryLater)]
)
def test_what_the_body_says_overrides_http_200(
    office: ArborSimulator, tmp_path: Path, route: str, fault: Fault, code: int, kind: type[Problem]
) -> None:
    office.faults.code = code
    office.faults.next(fault, times=None, only=RECORD)
    expected_kind = RetryLater if fault is Fault.BODY_ERROR else kind  # it has no code
    assert isinstance(problem_of(office, tmp_path, route=route), expected_kind)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.ERROR, RetryLater),
        (Fault.UNPROCESSABLE, VendorMustAct),
        (Fault.HTML, RetryLater),
        (Fault.HALF_JSON, RetryLater),
        (Fault.PAGE_REPEATED, RetryLater),
        (Fault.PAGE_SKIPPED, RetryLater),
    ],
)
def test_each_failure_has_its_name(
    office: ArborSimulator, tmp_path: Path, route: str, fault: Fault, kind: type[Problem]
) -> None:
    page = f"{RECORD} page 2 of 50"
    office.faults.next(fault, times=None, only=page)
    problem = problem_of(office, tmp_path, route=route, page_size=50)
    assert type(problem) is kind or isinstance(problem, kind)


def test_rows_that_change_between_two_pages_are_read_again_another_night(
    own_office: ArborSimulator, tmp_path: Path
) -> None:
    own_office.faults.next(Fault.CHANGES_AFTER, only=f"{RECORD} page 1 of 50")
    problem = problem_of(own_office, tmp_path, window=Window(date(2026, 9, 1), EVENING), page_size=50)
    assert "a page was left out, or rows changed" in problem.sentence


@pytest.mark.parametrize("route", ROUTES)
def test_a_server_that_gives_fewer_rows_at_once_is_read_whole(
    office: ArborSimulator, tmp_path: Path, route: str
) -> None:
    office.faults.page_cap = 35
    rows, _, _ = pulled(source(office, tmp_path, route=route), Table.MARKS)
    assert len(rows) == len(expected(office, Table.MARKS))


def test_a_wrong_password_says_what_to_do(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.locked_out = True
    problem = problem_of(office, tmp_path, Table.PUPILS)
    assert isinstance(problem, NeedsCredentials)
    assert "check `user` and `password`" in problem.sentence


def test_a_school_that_withdrew_its_consent_is_named_as_such(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.revoked = True
    problem = problem_of(office, tmp_path, Table.PUPILS)
    assert isinstance(problem, NeedsCredentials)
    assert "ask the school to approve" in problem.sentence


@pytest.mark.parametrize(("entity", "table"), [("Student", Table.PUPILS), (RECORD, Table.MARKS)])
def test_a_silent_empty_list_is_no_empty_school(
    office: ArborSimulator, tmp_path: Path, entity: str, table: Table
) -> None:
    office.faults.withheld.add(entity)
    problem = problem_of(office, tmp_path, table, route="rest")
    assert isinstance(problem, NeedsCredentials)
    assert f"ask the school to approve reading {entity}" in problem.sentence.replace(
        "it for this", f"{entity} for this"
    )


def test_a_window_without_marks_is_answered_as_empty(office: ArborSimulator, tmp_path: Path) -> None:
    holiday = Window(date(2026, 8, 3), date(2026, 8, 14))
    rows, _, _ = pulled(source(office, tmp_path), Table.MARKS, window=holiday)
    assert rows.is_empty()


def test_a_refused_property_sends_its_entity_over_rest_and_says_so(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.refused = {"Person.dateOfBirth", "Person.preferredLastName"}
    reading = source(office, tmp_path)
    rows, rejects, done = pulled(reading, Table.PUPILS)
    assert (len(rows), rejects) == (len(office.readable()[Table.PUPILS]), [])
    assert rows["dob"].null_count() == 0
    assert done.checkpoint["rest"] == {"Person": EVENING.isoformat()}
    said = [remark.text for remark in source(office, tmp_path).check()]
    assert any(text.startswith("read by REST, a request a record: Person") for text in said)


def test_the_next_night_does_not_ask_again_for_what_was_refused(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.refused = {"Person.dateOfBirth"}
    _, _, done = pulled(source(office, tmp_path), Table.PUPILS)
    office.requests.clear()
    pulled(source(office, tmp_path), Table.PUPILS, done.checkpoint)
    assert sum("Person" in asked.label for asked in office.requests if asked.method == "POST") == 0


def test_where_rest_is_ruled_out_a_refusal_asks_for_approval(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.refused = {"Person.dateOfBirth"}
    problem = problem_of(office, tmp_path, Table.PUPILS, route="graphql")
    assert "Person.dateOfBirth" in problem.sentence
    assert "ask the school to approve" in problem.sentence


def test_a_refused_field_that_can_be_done_without_is_left_out(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.refused = {"Person.preferredLastName"}
    rows, _, done = pulled(source(office, tmp_path), Table.PUPILS)
    assert rows["surname"].null_count() == 0
    assert done.checkpoint["rest"] == {}


def test_marks_whose_field_is_refused_come_over_rest(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.refused = {f"{RECORD}.attendanceMark"}
    rows, _, _ = pulled(source(office, tmp_path), Table.MARKS)
    assert len(rows) == len(expected(office, Table.MARKS))


def test_an_answer_with_errors_is_no_success_though_it_has_data(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.next(Fault.ERRORS, times=None, only=RECORD)
    assert isinstance(problem_of(office, tmp_path, route="graphql"), VendorMustAct)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("field", "table"),
    [(f"{RECORD}.recordDate", Table.MARKS), (f"{RECORD}.student", Table.MARKS), ("Person.dateOfBirth", Table.PUPILS)],
)
def test_a_field_that_the_vendor_took_away_stops_the_school(
    office: ArborSimulator, tmp_path: Path, route: str, field: str, table: Table
) -> None:
    office.faults.missing.add(field)
    problem = problem_of(office, tmp_path, table, route=route)
    assert "shape changed" in problem.sentence or field in problem.sentence


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("fault", [Fault.BAD_DATE, Fault.BAD_LINK])
def test_one_bad_record_is_set_aside_and_its_page_passes(
    office: ArborSimulator, tmp_path: Path, route: str, fault: Fault
) -> None:
    only = f"query {RECORD} page 1 of 3000" if route == "graphql" else f"one {RECORD}"
    office.faults.next(fault, only=only, after=0 if route == "graphql" else 20)
    rows, rejects, done = pulled(source(office, tmp_path, route=route), Table.MARKS)
    assert (len(rejects), len(rows)) == (1, len(expected(office, Table.MARKS)) - 1)
    assert done.covers is None  # what could not be read is not taken for deleted


def test_a_detail_that_is_gone_since_it_was_listed_is_no_failure(office: ArborSimulator, tmp_path: Path) -> None:
    office.faults.next(Fault.NOT_FOUND, only=f"one {RECORD}", after=5)
    rows, _, _ = pulled(source(office, tmp_path, route="rest"), Table.MARKS)
    assert len(rows) == len(expected(office, Table.MARKS)) - 1


def test_details_are_fetched_a_few_at_a_time_and_not_one_after_the_other(
    office: ArborSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from rollbook_arbor.rest import Rest

    running, most, lock = [0], [0], threading.Lock()
    fetch: Callable[..., Any] = Rest._detail

    def counted(*given: Any) -> Any:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        try:
            return fetch(*given)
        finally:
            with lock:
                running[0] -= 1

    monkeypatch.setattr(Rest, "_detail", counted)
    pulled(source(office, tmp_path, route="rest", at_once=3), Table.SESSIONS)
    assert most[0] == 3


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("url", "http://oaks.example.org", "https"),
        ("password", "written here", "never written here"),
        ("route", "soap", "one of"),
        ("flags", ["eal"], "one of"),
        ("page_size", 0, "1"),
    ],
)
def test_a_bad_setting_is_named(office: ArborSimulator, tmp_path: Path, setting: str, value: Any, said: str) -> None:
    with pytest.raises(FixSettings, match=said) as raised:
        source(office, tmp_path, **{setting: value})
    assert "written here" not in raised.value.sentence.replace("never written here", "")


@pytest.mark.parametrize("route", ROUTES)
def test_an_address_where_nothing_is_found_says_to_check_it(office: ArborSimulator, tmp_path: Path, route: str) -> None:
    office.faults.next(Fault.NOT_FOUND, times=None)
    problem = problem_of(office, tmp_path, route=route)
    assert isinstance(problem, FixSettings)
    assert "is `url` the address of the school's Arbor?" in problem.sentence


@pytest.mark.parametrize("route", ROUTES)
def test_a_server_that_refuses_page_nought_counts_from_one(office: ArborSimulator, tmp_path: Path, route: str) -> None:
    office.faults.next(Fault.UNPROCESSABLE, only="AttendanceMark page 0 of 1")
    rows, _, done = pulled(source(office, tmp_path, route=route), Table.MARKS)
    assert len(rows) == len(expected(office, Table.MARKS))
    assert done.checkpoint["first_page"] == {route: 1}


@pytest.mark.parametrize("withheld", ["Student", "Guardian"])
def test_check_does_not_call_well_what_a_sync_would_fail_of(
    office: ArborSimulator, tmp_path: Path, withheld: str
) -> None:
    office.faults.withheld.add(withheld)
    wrong = [remark.text for remark in source(office, tmp_path).check() if not remark.ok]
    assert any(f"nothing is shown of {withheld}" in text for text in wrong)


@pytest.mark.parametrize(
    ("refused", "table"), [("Person.dateOfBirth", Table.PUPILS), (f"{RECORD}.attendanceMark", Table.MARKS)]
)
def test_routes_whose_ids_differ_are_not_mixed(
    office: ArborSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str, table: Table
) -> None:
    office.faults.refused = {refused}
    monkeypatch.setattr(mixing, "reference", lambda href: f"another-{href}")
    problem = problem_of(office, tmp_path, table)
    assert "do not call the same records by the same ids" in problem.sentence


def test_routes_are_compared_once_for_all_tables_of_a_sync(
    office: ArborSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.faults.refused = {"Person.dateOfBirth", f"{RECORD}.attendanceMark"}
    compared: list[Reader] = []
    monkeypatch.setattr(mixing, "same_ids", lambda read: compared.append(read) or True)
    reading, done = source(office, tmp_path), None
    for table in (Table.PUPILS, Table.ROLL, Table.MARKS):
        _, _, done = pulled(reading, table, done.checkpoint if done else None)
    assert len(compared) == 1
