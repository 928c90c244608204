"""From what a school writes to national codes: by the school's own table, on the session's date, never by a guess."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import Window
from rollbook.tables.codes import Quality, meaning
from rollbook.tables.schemas import Table
from support.sims_tables import Record, codes_of, mark, pull, rejects, report

BEFORE, AFTER = "2024-07-01", "2026-11-02"  # on 19 August 2024 plain Y and J ended, and Y1 to Y7 and J1 began
EVER = Window(date(2019, 1, 1), date(2029, 12, 31))


def entry(display: str, statutory: str | None, **more: str) -> Record:
    """A row of the school's table of codes, in its second form."""
    return {"SIMS_Display_Code": display, "Statutory_Return_Code": statutory} | more


@pytest.mark.parametrize(
    ("display", "statutory", "day", "given"),
    [
        ("7", "I", AFTER, "I"),
        ("=", "I", AFTER, "I"),
        ("9", "Y", BEFORE, "Y"),
        ("9", "Y", AFTER, "9"),  # Y may be any of Y1 to Y7
        ("[", "Y1", AFTER, "Y1"),
        ("[", "Y1", BEFORE, "["),  # there was no Y1
        ("K", "B", AFTER, "B"),  # the school's K is not the nation's
        ("l", "L", AFTER, "L"),
        ("V", "V", AFTER, "V"),
        ("+", "X01", AFTER, "X01"),
        ("8", "?", AFTER, "8"),
        ("/", "/", AFTER, "/"),
        ("\\", "\\", AFTER, "\\"),
    ],
)
def test_a_display_code_is_the_statutory_code_where_that_is_one_on_the_day(
    tmp_path: Path, display: str, statutory: str, day: str, given: str
) -> None:
    table = report(entry(display, statutory))
    assert codes_of(tmp_path, mark(display, day=day), codes=table, window=EVER) == [given]


@pytest.mark.parametrize("written", ["7", "8", "9", "=", "[", "]", "+", "*", "ZZ"])
@pytest.mark.parametrize("table", [None, report(entry("L", "L"))], ids=["no table", "another code's table"])
def test_a_code_that_no_table_knows_goes_through_as_it_is(tmp_path: Path, written: str, table: bytes | None) -> None:
    codes = {} if table is None else {"codes": table}
    assert codes_of(tmp_path, mark(written), **codes) == [written]


def test_national_letters_pass_though_the_table_does_not_have_them(tmp_path: Path) -> None:
    letters = ["/", "\\", "I", "Y6", "X", "#"]
    marks = [mark(letter, day=f"2026-11-{n:02d}") for n, letter in enumerate(letters, start=2)]
    assert codes_of(tmp_path, *marks, codes=report(entry("7", "I"))) == letters


@pytest.mark.parametrize("written", ["-", None])
def test_a_hyphen_and_nothing_are_no_mark(tmp_path: Path, written: str | None) -> None:
    table = report(entry("-", "-"))
    assert codes_of(tmp_path, mark("/", half="PM"), mark(written), codes=table) == ["/", None]


@pytest.mark.parametrize("form", ["restricted", "inactive"])
def test_a_code_that_may_not_be_chosen_any_more_still_counts(tmp_path: Path, form: str) -> None:
    more = {"Is_Restricted": str(int(form == "restricted")), "Is_Active": str(int(form != "inactive"))}
    assert codes_of(tmp_path, mark("7"), codes=report(entry("7", "I", **more))) == ["I"]


def test_a_table_of_the_first_form_maps_nothing(tmp_path: Path) -> None:
    table = b"""<AttendanceCodes><AttendanceCode><AttendanceCodeID>24</AttendanceCodeID><Code>7</Code>
        <Description>Illness</Description></AttendanceCode></AttendanceCodes>"""
    assert codes_of(tmp_path, mark("7"), mark("I", half="PM"), codes=table) == ["7", "I"]


def test_a_table_of_the_second_form_is_read_with_its_misspelt_element(tmp_path: Path) -> None:
    table = b"""<AttendanceCodes_V2_load><AttenanceCodes><AttendanceCode><SIMS_Display_Code>7</SIMS_Display_Code>
        <Statutory_Return_Code>I</Statutory_Return_Code></AttendanceCode></AttenanceCodes></AttendanceCodes_V2_load>"""
    assert codes_of(tmp_path, mark("7"), codes=table) == ["I"]


def test_of_two_statutory_codes_for_one_display_code_neither_is_taken(tmp_path: Path) -> None:
    assert codes_of(tmp_path, mark("7"), codes=report(entry("7", "I"), entry("7", "M"))) == ["7"]
    assert codes_of(tmp_path, mark("7"), codes=report(entry("7", "I"), entry("7", "I", Is_Active="0"))) == ["I"]


@pytest.mark.parametrize(
    "table",
    [[entry("C", "C1"), entry("C", "C2")], [entry("C", "Y")], [entry("C", "-")], [entry("C", None), entry("I", "I")]],
    ids=["two codes", "a code that ended", "no mark", "no code, and others have one"],
)
def test_a_national_letter_that_the_table_makes_doubtful_passes_for_none(tmp_path: Path, table: list[Record]) -> None:
    """So the host sets it aside, and says so; the school's `codes` may say what `C?` is."""
    marks = [mark("C", half="PM"), mark("c", day="2026-11-03")]
    assert codes_of(tmp_path, *marks, codes=report(*table)) == ["C?", "C?"]
    assert meaning("C?", date(2026, 11, 3)).quality == Quality.INVALID
    assert meaning("C?", date(2026, 11, 3), {"C?": "C1"}).code is not None


def test_a_table_in_which_nothing_has_a_statutory_code_makes_nothing_doubtful(tmp_path: Path) -> None:
    table = report({"Code": "C", "Statutory_Return_Code": None}, {"Code": "7"})
    assert codes_of(tmp_path, mark("C"), codes=table) == ["C"]


@pytest.mark.parametrize(("active", "inactive"), [("1", "0"), ("T", "F"), ("True", "False")])
def test_of_an_active_and_an_inactive_row_of_one_display_code_the_active_one_counts(
    tmp_path: Path, active: str, inactive: str
) -> None:
    rows = [entry("E", "E", Is_Active=active), entry("E", "C", Is_Active=inactive)]
    for table in (rows, rows[::-1]):
        assert codes_of(tmp_path, mark("E"), codes=report(*table)) == ["E"]
    both = report(entry("E", "E", Is_Active=inactive), entry("E", "C", Is_Active=inactive))
    assert codes_of(tmp_path, mark("E"), codes=both) == ["E?"]


@pytest.mark.parametrize(
    ("display", "statutory", "day", "given"),
    [("C1", "C", AFTER, "C1"), ("Y3", "Y", AFTER, "Y3"), ("C1", "C", BEFORE, "C"), ("C1", "I", AFTER, "I")],
)
def test_a_national_code_that_says_more_than_its_statutory_letter_stays(
    tmp_path: Path, display: str, statutory: str, day: str, given: str
) -> None:
    table = report(entry(display, statutory))
    assert codes_of(tmp_path, mark(display, day=day), codes=table, window=EVER) == [given]


@pytest.mark.parametrize("subcode", [None, "I02"])
def test_many_doubtful_marks_do_not_make_it_another_report(tmp_path: Path, subcode: str | None) -> None:
    marks = report(*(mark("E", f"2026-11-{n:02d}", Subcode=subcode) for n in range(1, 29)))
    pages, done = pull(Table.MARKS, tmp_path, marks=marks, codes=report(entry("E", "E"), entry("E", "C")))
    set_aside = [reject for page in pages for reject in page.rejects]
    assert (len(set_aside), done.covers is None) == ((28, True) if subcode else (0, False))


@pytest.mark.parametrize("name", ["Fennimore", "Zoë", "Bo", "10/03/2014", "Present"])
def test_what_is_of_no_marks_form_is_set_aside_unshown_and_not_passed_on(tmp_path: Path, name: str) -> None:
    marks = [mark("/", half=half) for half in ("AM", "PM")] + [mark(name, day="2026-11-03")]
    pages, done = pull(Table.MARKS, tmp_path, marks=report(*marks))
    assert [page.rows["code"].to_list() for page in pages if page.rows.height] == [["/", "/"]]
    [reject] = [reject for page in pages for reject in page.rejects]
    assert (reject.place, reject.column) == ("marks.xml, record 3", "Mark")
    assert name not in reject.reason
    assert "(not shown)" in reject.reason
    assert done.covers is None


@pytest.mark.parametrize(
    ("code", "sub", "given"),
    [
        ("X", "X01", "X"),
        ("X", "X07", "X07"),  # not in the table: the host knows what it was, and when
        ("X", None, "X"),
        ("I", "I02", "I"),
    ],
)
def test_a_sub_code_says_more_than_its_mark(tmp_path: Path, code: str, sub: str | None, given: str) -> None:
    table = report(entry("X", "X", Subcode="X01"), entry("X", "X"), entry("I", "I", Subcode="I02"))
    assert codes_of(tmp_path, mark(code, Subcode=sub), codes=table) == [given]


def test_a_sub_code_that_is_written_as_a_code_is_looked_up_too(tmp_path: Path) -> None:
    assert codes_of(tmp_path, mark("X", Subcode="X01"), codes=report(entry("X01", "X"))) == ["X"]


@pytest.mark.parametrize("code", ["I", "-", None])
def test_a_sub_code_of_another_mark_is_set_aside(tmp_path: Path, code: str | None) -> None:
    marks = report(mark("/"), mark(code, half="PM", Subcode="X01"))
    [reject] = rejects(Table.MARKS, tmp_path, marks=marks)
    assert (reject.place, reject.column) == ("marks.xml, record 2", "Subcode")
