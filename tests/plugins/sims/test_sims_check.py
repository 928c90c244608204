"""What `rollbook check` says of a school's reports: all that a technician needs, and nobody's name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import NeedsCredentials, Problem, RetryLater
from rollbook_sims.checking import remarks
from rollbook_sims.school import School
from rollbook_sims.ways.reporter import Reporter
from support.sims_run import Machine
from support.sims_tables import TODAY, checked, mark, pupil, report, upn

ROLL = report({"Adno": "001234", "Admission Date": "2025-09-03", "Year": "Year  6", "Reg": "6A"})
MARKS = report(mark("/", "2026-11-19"), mark("I", "2026-11-20", "PM"), mark("-", "2026-11-20"))
PERSONAL = {
    "UPN": upn(1),
    "Legal_Surname": "Fennimore",
    "Legal_Forename": "Zoë",
    "Sex": "F",
    "Address": "6 Weir Street",
    "Postcode": "AB1 2CD",
}


def said(folder: Path, *, settings: dict[str, Any] | None = None, **reports: Any) -> list[str]:
    """Each remark; one that is not well begins with `NOT WELL`."""
    given = {"marks": MARKS, "roll": ROLL, **reports}
    return [one.text if one.ok else f"NOT WELL {one.text}" for one in checked(folder, settings, **given)]


def one(lines: list[str], *words: str) -> str:
    [found] = [line for line in lines if all(word in line for word in words)]
    return found


def test_a_school_of_which_all_is_well(tmp_path: Path) -> None:
    lines = said(tmp_path)
    assert not [line for line in lines if line.startswith("NOT WELL")]
    assert lines[0] == "The reports lie ready."
    assert one(lines, "newest") == "The newest session with marks is 2026-11-20 PM, today."
    assert one(lines, "Looked at") == "Looked at: the marks from 2026-11-19 to 2026-11-20."


@pytest.mark.parametrize(
    ("day", "well", "age", "asks"),
    [
        ("2026-11-19", True, "1 day ago", False),
        ("2026-11-13", True, "7 days ago", False),
        ("2026-11-12", True, "8 days ago", True),
        ("2026-10-23", True, "28 days ago", True),
        ("2026-10-22", False, "29 days ago", True),
    ],
)
def test_it_says_how_old_the_newest_session_is_and_asks_after_a_week(
    tmp_path: Path, day: str, well: bool, age: str, asks: bool
) -> None:
    line = one(said(tmp_path, marks=report(mark("/", day))), "newest session")
    assert line.startswith("NOT WELL") is not well
    assert f"{day} AM, {age}." in line
    assert ("no marks unless it was a holiday" in line) is asks


def test_a_mark_made_beforehand_does_not_hide_that_registers_stopped(tmp_path: Path) -> None:
    marks = report(mark("/", "2026-11-10"), mark("H", "2026-12-01"))
    assert "2026-11-10 AM, 10 days ago" in one(said(tmp_path, marks=marks), "newest session")


def test_marks_of_days_to_come_alone_are_not_well(tmp_path: Path) -> None:
    assert one(said(tmp_path, marks=report(mark("/", "2027-11-10"))), "NOT WELL", "days to come")


def test_of_each_report_it_says_what_was_found_under_which_caption_and_what_was_not(tmp_path: Path) -> None:
    lines = said(tmp_path, marks=report(mark("/", **{"Tutor Notes": "x"})))
    assert one(lines, "marks.xml: ") == (
        "marks.xml: 1 row. Columns: Adno (adno), Date (date), AM/PM (session), Mark (mark). Not found: UPN (upn), "
        "Subcode (subcode). Not asked for: Tutor Notes."
    )


def test_what_few_schools_have_or_another_report_has_is_not_missed(tmp_path: Path) -> None:
    everything = {"Preferred_Surname": "F", "Preferred_Forename": "Z", **PERSONAL}
    assert "Not found" not in one(said(tmp_path, pupils=report(pupil(**everything))), "pupils.xml: ")
    without_roll = {"marks": MARKS, "pupils": report(pupil(**everything))}
    [told] = [line.text for line in checked(tmp_path, **without_roll) if line.text.startswith("pupils.xml: ")]
    assert told.endswith("Not found: Leaving Date (to), Year (year_group), Reg (class_name).")


def test_a_caption_of_the_schools_own_is_the_one_that_is_missed(tmp_path: Path) -> None:
    lines = said(tmp_path, settings={"captions": {"marks": {"subcode": "Sub"}}})
    assert "Not found: UPN (upn), Sub (subcode)." in one(lines, "marks.xml: ")


def test_a_pupil_of_whom_a_report_has_nothing_is_counted(tmp_path: Path) -> None:
    marks = report(mark("/", "2026-11-19", multiple_id="1,5"), {"Adno": "001235", "multiple_id": "2,0"})
    assert one(said(tmp_path, marks=marks), "2 rows, 1 of them is a pupil without any such row. Columns")


def test_the_first_rows_are_shown_with_everything_personal_hidden(tmp_path: Path) -> None:
    people = report(*(pupil(f"00{n}", **(PERSONAL if not n else {})) for n in range(5)))
    lines = said(
        tmp_path, pupils=people, marks=MARKS, contacts=report({"Adno": "000", "Contact Name": "Pat Fennimore"})
    )
    shown = [line for line in lines if " row: " in line]
    assert len([line for line in shown if line.startswith("pupils.xml")]) == 3
    assert one(shown, "pupils.xml", "first row") == (
        "pupils.xml, first row: upn ***, adno ***, surname ***, forename ***, dob ***, sex ***, "
        "address ***, postcode ***, from ***."
    )
    assert one(shown, "roll.xml") == ("roll.xml, first row: adno ***, from ***, year_group 'Year  6', class_name '6A'.")
    assert one(shown, "contacts.xml") == "contacts.xml, first row: adno ***, name ***."
    assert one(shown, "marks.xml", "second row") == (
        "marks.xml, second row: adno ***, date '2026-11-20', session 'PM', mark 'I'."
    )


def test_a_name_in_a_column_that_is_not_one_of_names_is_hidden_too(tmp_path: Path) -> None:
    swapped = report(mark("/"), mark("Fennimore", "Zoë", "Bo"), mark("Fennimore", half="PM"))
    odd = report({"Adno": "001234", "Admission Date": "2025-09-03", "Year": "Fennimore", "Reg": "Zoë"})
    lines = said(tmp_path, marks=swapped, roll=odd)
    assert not [line for line in lines if "Fennimore" in line or "Zoë" in line or "Bo" in line]
    assert "mark ***" in one(lines, "marks.xml, second row")
    assert one(lines, "NOT WELL", "2 values could not be used")


def test_marks_that_are_no_code_are_told_with_how_often_they_are_there(tmp_path: Path) -> None:
    marks = report(*(mark("7", f"2026-11-0{n}") for n in range(2, 5)), mark("Y", "2026-11-05"), mark("/", "2026-11-06"))
    lines = said(tmp_path, marks=marks)
    assert "not a national code" in one(lines, "'7', 3 times")
    assert "may be any of Y1 to Y7" in one(lines, "'Y', once")


def test_of_the_schools_table_it_says_which_codes_cannot_be_followed_and_what_to_do(tmp_path: Path) -> None:
    table = report(
        {"SIMS_Display_Code": "9", "Statutory_Return_Code": "Y"},
        {"SIMS_Display_Code": "7", "Statutory_Return_Code": "I"},
        {"SIMS_Display_Code": "8", "Statutory_Return_Code": "I"},
        {"SIMS_Display_Code": "8", "Statutory_Return_Code": "M"},
        {"SIMS_Display_Code": "C", "Statutory_Return_Code": "Y"},
        {"SIMS_Display_Code": "H", "Statutory_Return_Code": "H"},  # put away long ago, and nothing to follow
        {"SIMS_Display_Code": "-", "Statutory_Return_Code": "-"},
    )
    told = [line for line in said(tmp_path, codes=table) if line.startswith("Code ")]
    assert len(told) == 3
    assert one(told, "'9'", "statutory code 'Y'", "may be any of Y1 to Y7", "the school's `codes`")
    assert one(told, "'8'", "statutory code 'I' and 'M'", "more than one")
    assert "set aside as 'C?'" in one(told, "'C'", "statutory code 'Y'", "national letter too")


def test_codes_of_the_table_without_a_statutory_code_are_told_where_others_have_one(tmp_path: Path) -> None:
    table = report({"SIMS_Display_Code": "B"}, {"SIMS_Display_Code": "7", "Statutory_Return_Code": "I"})
    [told] = [line for line in said(tmp_path, codes=table) if line.startswith("Code ")]
    assert told.startswith("Code 'B' of the table: the table gives it no statutory code.")


@pytest.mark.parametrize("caption", ["SIMS_Display_Code", "Statutory_Return_Code"])
def test_what_is_no_code_in_the_table_is_not_shown(tmp_path: Path, caption: str) -> None:
    row = {"SIMS_Display_Code": "E", "Statutory_Return_Code": "I", caption: "Fennimore"}
    lines = said(tmp_path, codes=report(row, {"SIMS_Display_Code": "E", "Statutory_Return_Code": "M"}))
    assert not [line for line in lines if "fennimore" in line.lower()]


@pytest.mark.parametrize(("day", "told"), [("2026-11-19", True), ("2014-03-10", False), ("10/03/2014", False)])
def test_a_day_of_the_marks_that_may_be_one_of_birth_is_not_shown(tmp_path: Path, day: str, told: bool) -> None:
    lines = said(tmp_path, marks=report(mark("/", day)))
    assert bool([line for line in lines if day in line or "2014" in line]) == told
    assert bool([line for line in lines if line.startswith("NOT WELL Some marks are of days")]) == (not told)


def test_what_cannot_be_placed_in_marks_or_table_is_one_line_to_paste(tmp_path: Path) -> None:
    table = report(
        {"SIMS_Display_Code": "9", "Statutory_Return_Code": "Y"},
        {"SIMS_Display_Code": "C", "Statutory_Return_Code": "Y"},
    )
    signs = ["9", "ZZ", '"', "ZZ", "/"]
    marks = report(*(mark(sign, f"2026-11-{n:02d}") for n, sign in enumerate(signs, start=2)))
    line = said(tmp_path, codes=table, marks=marks)[-1]
    assert "unless the school's `codes` say it already" in line
    pasted = tomllib.loads(line[line.index("codes = ") :])
    assert pasted == {"codes": {'"': "...", "9": "...", "C?": "...", "ZZ": "..."}}


def test_nothing_is_to_be_pasted_where_all_is_placed_or_not_to_be_shown(tmp_path: Path) -> None:
    assert "codes = {" not in said(tmp_path, marks=report(mark("/"), mark("Fennimore", half="PM")))[-1]


def test_a_table_of_the_first_form_is_told_to_map_nothing(tmp_path: Path) -> None:
    assert one(said(tmp_path, codes=report({"Code": "7", "Description": "Illness"})), "maps nothing")


def test_a_table_of_codes_without_the_statutory_ones_is_not_well(tmp_path: Path) -> None:
    lines = said(tmp_path, codes=report({"SIMS_Display_Code": "7"}))
    assert one(lines, "NOT WELL", "no column for Statutory_Return_Code (statutory)").endswith(
        'captions = {codes = {statutory = "YOUR CAPTION"}}.'
    )


def test_reports_that_nobody_built_are_told_with_what_that_means(tmp_path: Path) -> None:
    lines = said(tmp_path)
    assert one(lines, "no report of the codes", "only the national letters")
    assert one(lines, "no report of the contacts", "no parents")


def test_a_report_that_fails_is_a_failed_line_and_the_next_is_tried(tmp_path: Path) -> None:
    lines = said(tmp_path, roll=RetryLater("The reporter is still running."), codes=report())
    assert one(lines, "NOT WELL The report of the roll: The reporter is still running.")
    assert one(lines, "NOT WELL The report of the codes: codes.xml has no records")
    assert one(lines, "The newest session")


def test_what_is_wrong_with_several_reports_is_told_once(tmp_path: Path) -> None:
    wrong, other = RetryLater("There is no server SRV."), RetryLater("The disk is full.")
    lines = said(tmp_path, pupils=wrong, roll=wrong, contacts=other, codes=wrong, marks=wrong)
    assert lines[1:] == [
        "NOT WELL The report of the pupils: There is no server SRV.",
        "NOT WELL The report of the roll: the same.",
        "NOT WELL The report of the contacts: The disk is full.",
        "NOT WELL The report of the codes: There is no server SRV.",
        "NOT WELL The report of the marks: the same.",
    ]


@pytest.mark.parametrize("mode", ["error", "missing"])
def test_a_reporter_that_fails_for_each_report_alike_is_told_once(tmp_path: Path, mode: str) -> None:
    machine = Machine(tmp_path)
    machine.misbehave(mode)
    lines = [one.text for one in remarks(School(machine.settings(), Reporter(machine.settings())), TODAY)]
    assert one(lines, "The report of the pupils: ", "run by hand", "Rollbook pupils")
    assert one(lines, "The report of the marks: the same.")


def test_a_program_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    settings = Machine(tmp_path).settings() | {"reporter": tmp_path / "nothing"}
    lines = [one.text for one in remarks(School(settings, Reporter(settings)), TODAY)]
    assert one(lines, "is not there")
    assert one(lines, "The report of the pupils: the same.")


def test_pupils_that_fail_do_not_hide_the_marks(tmp_path: Path) -> None:
    lines = said(tmp_path, pupils=RetryLater("The reporter is still running."))
    assert one(lines, "NOT WELL The report of the pupils")
    assert one(lines, "The newest session")


def test_a_wrong_credential_is_tried_once(tmp_path: Path) -> None:
    wrong: Problem = NeedsCredentials("SIMS does not know this user.")
    with pytest.raises(NeedsCredentials):
        said(tmp_path, pupils=wrong)


def test_rows_that_cannot_be_used_are_not_well(tmp_path: Path) -> None:
    good = [mark("/", f"2026-11-{n:02d}") for n in range(2, 20)]
    lines = said(tmp_path, marks=report(*good, mark("/", "31/02/2026")))
    assert "The first is marks.xml, record 19: Date: a value of the form '99/99/9999'" in one(
        lines, "NOT WELL", "1 value could not be used"
    )


def test_no_mark_in_eight_weeks_is_not_well_and_may_be_a_holiday(tmp_path: Path) -> None:
    assert "2026-09-26 to 2026-11-20" in one(said(tmp_path, marks=report()), "NOT WELL", "right where it was closed")


def test_comments_are_counted_where_they_are_asked_for_and_never_shown(tmp_path: Path) -> None:
    marks = report(mark("I", "2026-11-20", Comments="asthma again"), mark("/", "2026-11-19"))
    assert one(said(tmp_path, marks=marks), "Not asked for: Comments")
    lines = said(tmp_path, marks=marks, settings={"comments": True})
    assert one(lines, "1 comment on marks")
    assert not [line for line in lines if "asthma" in line]
