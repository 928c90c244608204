"""Live Feeds of saved reports: their authors' own headings, what goes wrong, and that their addresses stay secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pytest_httpserver import HTTPServer

from rollbook.contract import (
    Client,
    Done,
    FixSettings,
    NeedsCredentials,
    Problem,
    RetryLater,
    SchoolRef,
    VendorMustAct,
    Window,
)
from rollbook.host.worker.calls import Spec, resolved
from rollbook.tables.schemas import Table
from rollbook_arbor.live_feed.source import ArborLiveFeed
from rollbook_arbor.simulator import ArborSimulator, Fault
from support.arbor import EVENING, WEEKS, WINDOW, arbor, expected, pulled

READ = (Table.MARKS, Table.PUPILS, Table.ROLL, Table.SESSIONS, Table.CONTACTS)
HASH = "c0ffee0123456789c0ffee0123456789c0ffee01"
MARK = {"Arbor Student ID": "341", "Date": "02/11/2026", "Session": "AM", "Mark": "/"}
OAKS = SchoolRef("900001", "Oaks", 900001)
PUPIL = {"Arbor Student ID": "341", "UPN": "", "Legal Last Name": "Example", "Date of Birth": "10/03/2016"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[ArborSimulator]:
    with arbor(tmp_path / "arbor") as simulator:
        yield simulator


def feed(given: dict[str, Any], folder: Path, **settings: Any) -> ArborLiveFeed:
    """A source with those settings, which waits for nothing."""
    spec = Spec("oaks", "arbor_live_feed", "source", {**given, **settings}, folder)
    return ArborLiveFeed(resolved(ArborLiveFeed, spec), Client(sleep=lambda _: None))


def reports_of(server: HTTPServer, folder: Path, **rows: Any) -> ArborLiveFeed:
    """A source whose reports hold those rows, or that text; `settings` go beside."""
    settings = rows.pop("settings", {})
    for number, (name, held) in enumerate({"marks": [MARK], "pupils": [PUPIL], **rows}.items()):
        path = f"/data-export/export/id/{number}/h/{HASH}/format/json/v/2/"
        body = held if isinstance(held, str) else json.dumps(held)
        server.expect_request(path).respond_with_data(body, content_type="application/json")
        (folder / name).write_text(f"http://127.0.0.1:{server.port}{path}", encoding="utf-8")
        (folder / name).chmod(0o600)
        settings.setdefault(name, {"file": str(folder / name)})
    (folder / "password").write_text("a password", encoding="utf-8")
    (folder / "password").chmod(0o600)
    host = {"url": f"http://127.0.0.1:{server.port}/", "user": "u", "password": {"file": str(folder / "password")}}
    return feed({**host, "date_form": "dd/mm/yyyy"}, folder, **settings)


def told(problem: Problem) -> str:
    return f"{problem.sentence} {problem.detail}"


def address(simulator: ArborSimulator, name: str) -> str:
    return simulator.settings["url"] + simulator.reports[name].path()


def secret_file(folder: Path, text: str) -> dict[str, str]:
    path = folder / "address"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return {"file": str(path)}


def test_marks_are_whole_for_the_days_that_the_report_has(office: ArborSimulator, tmp_path: Path) -> None:
    early = Window(date(2026, 7, 1), EVENING)
    rows, _, done = pulled(feed(office.feed_settings, tmp_path), Table.MARKS, window=early)
    assert done.covers == Window(rows["date"].min(), rows["date"].max())  # type: ignore[arg-type]
    assert done.covers.first >= date(2026, 9, 1)


def test_a_window_of_which_the_report_has_nothing_says_nothing(office: ArborSimulator, tmp_path: Path) -> None:
    august = Window(date(2026, 8, 3), date(2026, 8, 14))
    rows, _, done = pulled(feed(office.feed_settings, tmp_path), Table.MARKS, window=august)
    assert (len(rows), done.covers) == (0, None)


def test_a_mark_says_in_which_row_of_the_report_it_stands(httpserver: HTTPServer, tmp_path: Path) -> None:
    marks = [MARK, {**MARK, "Date": ""}, {**MARK, "Session": "PM"}]
    rows, _, _ = pulled(reports_of(httpserver, tmp_path, marks=marks), Table.MARKS, window=WEEKS)
    assert rows["line"].to_list() == [1, 3]


@pytest.mark.parametrize("table", [Table.LEAVE, Table.FLAGS])
def test_there_is_no_way_for_leave_and_flags(table: Table) -> None:
    assert table not in ArborLiveFeed.tables


@pytest.mark.parametrize("table", [Table.SESSIONS, Table.CONTACTS])
def test_a_report_that_is_not_named_is_not_known(httpserver: HTTPServer, tmp_path: Path, table: Table) -> None:
    source: Any = reports_of(httpserver, tmp_path)
    assert [type(item) for item in source.pull(table, OAKS, WINDOW, None)] == [Done]


def test_headings_of_the_authors_own_are_named_in_columns(httpserver: HTTPServer, tmp_path: Path) -> None:
    mark = {"Child": "341", "When": "02/11/2026", "Half": "Morning", "Symbol": "I", "Mark": "the meaning of it"}
    columns = {"pupil": "Child", "date": "When", "session": "half", "code": "SYMBOL"}
    settings = {"columns": {"marks": columns}, "am": ["Morning"], "pm": ["Afternoon"]}
    rows, _, _ = pulled(reports_of(httpserver, tmp_path, marks=[mark], settings=settings), Table.MARKS, window=WEEKS)
    assert rows.select("pupil", "date", "session", "code").rows() == [("341", date(2026, 11, 2), "AM", "I")]


def test_usual_headings_are_found_whatever_their_case(httpserver: HTTPServer, tmp_path: Path) -> None:
    mark = {"arbor_student_id": 341, "ROLL CALL DATE": "02/11/2026 00:00:00", "am/pm": "pm", "Code": " \\ "}
    rows, _, _ = pulled(reports_of(httpserver, tmp_path, marks=[mark]), Table.MARKS, window=WEEKS)
    assert rows.select("pupil", "session", "code").rows() == [("341", "PM", "\\")]


@pytest.mark.parametrize(
    ("table", "without", "missing"),
    [(Table.MARKS, "Mark", "code"), (Table.MARKS, "Session", "session"), (Table.ROLL, "Entry Date", "from")],
)
def test_a_heading_that_is_missing_is_named_with_those_that_are_there(
    httpserver: HTTPServer, tmp_path: Path, table: Table, without: str, missing: str
) -> None:
    mark = {name: value for name, value in MARK.items() if name != without}
    source = reports_of(httpserver, tmp_path, marks=[mark])
    with pytest.raises(FixSettings, match=f"has no heading for {missing}; it has: Arbor Student ID, ") as raised:
        pulled(source, table)
    assert "341" not in told(raised.value).replace(f":{httpserver.port}", "")


def test_a_heading_that_was_named_and_is_not_there_is_missing(httpserver: HTTPServer, tmp_path: Path) -> None:
    source = reports_of(httpserver, tmp_path, settings={"columns": {"pupils": {"upn": "The UPN"}}})
    with pytest.raises(FixSettings, match="has no heading for upn"):
        pulled(source, Table.PUPILS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Date": "the day before"},
        {"Date": "31/02/2026"},
        {"Date": "11/02/26"},
        {"Date": None},
        {"Session": "Lunch"},
        {"Arbor Student ID": ""},
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside_by_its_number(
    httpserver: HTTPServer, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    marks = [MARK, {**MARK, "Session": "PM", **wrong}]
    rows, rejects, done = pulled(reports_of(httpserver, tmp_path, marks=marks), Table.MARKS, window=WEEKS)
    assert (len(rows), [one.place for one in rejects]) == (1, ["the report of marks, row 2"])
    assert done.covers is None  # what could not be read is not taken for deleted


def test_a_report_whose_days_are_all_of_another_form_is_refused(httpserver: HTTPServer, tmp_path: Path) -> None:
    marks = [{**MARK, "Date": f"2026-11-{day:02d}"} for day in range(2, 12)]
    with pytest.raises(FixSettings, match="date_form"):
        pulled(reports_of(httpserver, tmp_path, marks=marks), Table.MARKS, window=WEEKS)


def test_a_birth_date_that_cannot_be_read_costs_the_birth_date_alone(httpserver: HTTPServer, tmp_path: Path) -> None:
    pupils = [PUPIL, {**PUPIL, "Arbor Student ID": "342", "Date of Birth": "spring"}]
    rows, rejects, _ = pulled(reports_of(httpserver, tmp_path, pupils=pupils), Table.PUPILS)
    assert rows.select("pupil", "dob").rows() == [("341", date(2016, 3, 10)), ("342", None)]
    assert [one.column for one in rejects] == ["dob"]


def test_a_cell_that_is_empty_in_the_first_row_is_a_heading_all_the_same(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    pupils = [{"Arbor Student ID": "341"}, {**PUPIL, "Arbor Student ID": "342", "UPN": "B801200005001"}]
    rows, _, _ = pulled(reports_of(httpserver, tmp_path, pupils=pupils), Table.PUPILS)
    assert rows["upn"].to_list() == [None, "B801200005001"]


@pytest.mark.parametrize("table", [Table.MARKS, Table.PUPILS])
def test_a_report_without_rows_is_a_failure(office: ArborSimulator, tmp_path: Path, table: Table) -> None:
    office.faults.next(Fault.EMPTY_LIST, times=None)
    with pytest.raises(FixSettings, match="has no rows"):
        pulled(feed(office.feed_settings, tmp_path), table)


def test_no_contacts_are_no_failure(httpserver: HTTPServer, tmp_path: Path) -> None:
    rows, _, _ = pulled(reports_of(httpserver, tmp_path, contacts=[]), Table.CONTACTS)
    assert rows.is_empty()


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        (("127.0.0.1", "elms.uk.arbor.sc"), "leads to another host"),
        (("/format/json/", "/format/html/"), "must hold /format/json/"),
        (("http://127.0.0.1", "http://u:p@127.0.0.1"), "leads to another host"),
    ],
)
def test_an_address_that_cannot_be_a_feed_of_this_school_is_refused(
    office: ArborSimulator, tmp_path: Path, altered: tuple[str, str], said: str
) -> None:
    wrong = secret_file(tmp_path, address(office, "marks").replace(*altered))
    with pytest.raises(FixSettings, match=said) as raised:
        pulled(feed(office.feed_settings, tmp_path, marks=wrong), Table.MARKS, window=WEEKS)
    assert office.reports["marks"].hash not in told(raised.value)
    assert office.requests == []


def test_a_path_alone_is_an_address_too(office: ArborSimulator, tmp_path: Path) -> None:
    alone = secret_file(tmp_path, f"/{office.reports['marks'].path()}\n")
    rows, _, _ = pulled(feed(office.feed_settings, tmp_path, marks=alone), Table.MARKS, window=WEEKS)
    assert len(rows) == len(expected(office, Table.MARKS, WEEKS))


def test_a_report_that_is_gone_says_what_to_do(office: ArborSimulator, tmp_path: Path) -> None:
    gone = secret_file(tmp_path, address(office, "marks").replace(office.reports["marks"].hash, "0" * 40))
    with pytest.raises(FixSettings, match="was it deleted, or its Live Feed renewed"):
        pulled(feed(office.feed_settings, tmp_path, marks=gone), Table.MARKS, window=WEEKS)


@pytest.mark.parametrize(("switch", "said"), [("locked_out", "check `user`"), ("revoked", "does not let this user")])
def test_a_user_who_is_not_let_in_is_told(office: ArborSimulator, tmp_path: Path, switch: str, said: str) -> None:
    setattr(office.faults, switch, True)
    with pytest.raises(NeedsCredentials, match=said):
        pulled(feed(office.feed_settings, tmp_path), Table.PUPILS)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.HTML, RetryLater),
        (Fault.HALF_JSON, RetryLater),
        (Fault.CUT_OFF, RetryLater),
        (Fault.BUSY, RetryLater),
        (Fault.ERROR, RetryLater),
        (Fault.BODY_RESPONSE, RetryLater),
        (Fault.BODY_STATUS, RetryLater),
        (Fault.BODY_ERROR, RetryLater),
        (Fault.UNPROCESSABLE, VendorMustAct),
    ],
)
def test_each_failure_has_its_name_and_hides_the_address(
    office: ArborSimulator, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Fault, kind: type[Problem]
) -> None:
    office.faults.next(fault, times=None)
    with caplog.at_level(logging.DEBUG), pytest.raises(Problem) as raised:
        pulled(feed(office.feed_settings, tmp_path), Table.MARKS, window=WEEKS)
    assert isinstance(raised.value, kind)
    said = told(raised.value) + repr(raised.value.__cause__) + caplog.text
    password = Path(office.settings["password"]["file"]).read_text(encoding="utf-8")
    assert not [one for one in (office.reports["marks"].hash, password) if one in said]


def test_what_goes_well_hides_the_address_too(
    office: ArborSimulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = feed(office.feed_settings, tmp_path)
    with caplog.at_level(logging.DEBUG):
        said = " ".join(remark.text for remark in source.check())
        pulled(source, Table.MARKS, window=WEEKS)
    assert not [report.hash for report in office.reports.values() if report.hash in said + caplog.text]


def test_check_tells_each_report_and_the_newest_day(office: ArborSimulator, tmp_path: Path) -> None:
    said = [remark.text for remark in feed(office.feed_settings, tmp_path).check()]
    assert len(said) == len(READ)
    assert f"the newest of {EVENING}" in said[0]


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("date_form", "mm/dd/yyyy", "dd/mm/yyyy"),
        ("columns", {"leave": {}}, "the tables are"),
        ("columns", {"marks": {"symbol": "S"}}, "no column symbol"),
        ("columns", {"marks": "S"}, "its heading"),
        ("pm", ["am"], "morning and afternoon"),
        ("marks", "https://oaks.uk.arbor.sc/data-export/export/id/1/h/abc/format/json/v/2/", "never written here"),
    ],
)
def test_a_bad_setting_is_named(office: ArborSimulator, tmp_path: Path, setting: str, value: Any, said: str) -> None:
    with pytest.raises(FixSettings, match=said) as raised:
        feed(office.feed_settings, tmp_path, **{setting: value})
    assert "/h/" not in told(raised.value)


def test_a_pupil_in_two_rows_that_are_the_same_is_one(httpserver: HTTPServer, tmp_path: Path) -> None:
    rows, _, _ = pulled(reports_of(httpserver, tmp_path, pupils=[PUPIL, PUPIL]), Table.PUPILS)
    assert rows.select(pl.len()).item() == 1


def test_one_connection_is_one_school(office: ArborSimulator, tmp_path: Path) -> None:
    source = feed(office.feed_settings, tmp_path)
    pulled(source, Table.PUPILS)
    with pytest.raises(FixSettings, match="was asked for 900001, and now for 123456"):
        next(iter(source.pull(Table.PUPILS, SchoolRef("123456", "Elms", 123456), WINDOW, None)))
