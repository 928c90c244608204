"""What SIMS writes in XML comes back as it was written: captions, columns left out, rows that are none, and repeats."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings, RetryLater
from support.sims_read import SURNAME, UPN, frame, mark, refused, report, rows, xml

REPORTED = """<?xml version="1.0" encoding="iso-8859-1"?>
<SuperStarReport>
  <Record>
    <multiple_id>6420,118830</multiple_id>
    <Unique_x0020_ID>B801200005001</Unique_x0020_ID>
    <Mark>/</Mark>
    <school>Present (AM)</school>
    <statistical>Present</statistical>
    <date>2026-11-02T00:00:00</date>
    <AM_x002F_PM>AM</AM_x002F_PM>
  </Record>
  <Record>
    <multiple_id>6421,0</multiple_id>
  </Record>
</SuperStarReport>
"""
PARTNERS = """<?xml version="1.0" encoding="iso-8859-1" standalone="yes"?>
<SessionAttendances>
  <SessionAttendance>
    <PersonID>6420</PersonID>
    <BaseGroupID>0</BaseGroupID>
    <AttendanceDate>2010-01-04T09:00:00</AttendanceDate>
    <SessionName>PM</SessionName>
    <AttendanceMark>\\</AttendanceMark>
    <Comments />
    <MinsLate />
  </SessionAttendance>
</SessionAttendances>
"""
CODES = """<AttendanceCodes_V2_load>
  <Version>1.0</Version>
  <{list}>
    <AttendanceCode>
      <Attendance_Code_ID>33</Attendance_Code_ID>
      <SIMS_Display_Code>9</SIMS_Display_Code>
      <Is_Restricted>1</Is_Restricted>
      <Statutory_Return_Code>Y</Statutory_Return_Code>
    </AttendanceCode>
  </{list}>
</AttendanceCodes_V2_load>
"""
MARK = ("upn", "date", "session", "mark")
GOOD = (UPN, "2026-11-02T00:00:00", "AM", "/")


def test_the_reporters_records(tmp_path: Path) -> None:
    read = report(tmp_path, REPORTED)
    assert frame(read).to_dicts() == [
        {
            "line": 1,
            "upn": UPN,
            "adno": None,
            "person": "6420",
            "date": "2026-11-02T00:00:00",
            "session": "AM",
            "mark": "/",
            "subcode": None,
        }
    ]
    assert (read.records, read.ignored, read.rejects) == (2, 1, [])
    assert read.found == {
        "upn": "Unique ID",
        "person": "multiple_id",
        "date": "date",
        "session": "AM/PM",
        "mark": "Mark",
    }
    assert read.strange == ["school", "statistical"]
    assert read.missed == ["adno", "subcode"]


def test_the_sessions_that_partners_get(tmp_path: Path) -> None:
    assert rows(tmp_path, PARTNERS, "person", "date", "session", "mark") == [
        ("6420", "2010-01-04T09:00:00", "PM", "\\")
    ]


@pytest.mark.parametrize("name", ["AttenanceCodes", "AttendanceCodes"])
def test_the_schools_codes_under_the_vendors_misspelt_name_and_the_right_one(tmp_path: Path, name: str) -> None:
    assert rows(tmp_path, CODES.format(list=name), "display", "statutory", "restricted", "active", of="codes") == [
        ("9", "Y", "1", None)
    ]


def test_the_schools_codes_of_the_first_version_have_no_statutory_code(tmp_path: Path) -> None:
    old = xml("<Code>X</Code><Description>Not required</Description>", root="AttendanceCodes", record="AttendanceCode")
    assert rows(tmp_path, old, "display", "statutory", of="codes") == [("X", None)]


@pytest.mark.parametrize("name", ["AM_x002F_PM", "am_x002f_pm", "AM_PM", "AmPm", "AM_x0020__x002F__x0020_PM"])
def test_a_caption_is_known_whatever_its_case_spaces_and_punctuation(tmp_path: Path, name: str) -> None:
    assert rows(tmp_path, xml(mark(**{"AM_x002F_PM": "", name: "PM"})), "session") == [("PM",)]


def test_a_caption_of_the_schools_own(tmp_path: Path) -> None:
    own = xml(mark(Mark="", Geregistreerd_x0020__x0025_="L"))
    assert rows(tmp_path, own, "mark", captions={"marks": {"mark": "Geregistreerd %"}}) == [("L",)]


def test_a_comment_is_read_only_where_the_settings_ask_for_it(tmp_path: Path) -> None:
    contents = xml(mark(Comments="dentist"))
    assert "comment" not in frame(report(tmp_path, contents)).columns
    assert rows(tmp_path, contents, "comment", comments=True) == [("dentist",)]


@pytest.mark.parametrize("written", ["/", "\\", "-", "#", "7", "=", "[", "]", "+", "C2", "Zoë “O’Neill”", "a&lt;b"])
def test_a_value_is_as_it_was_written(tmp_path: Path, written: str) -> None:
    contents = xml(mark(Mark=written), header='<?xml version="1.0" encoding="utf-8"?>')
    assert rows(tmp_path, contents, "mark") == [(written.replace("&lt;", "<"),)]


@pytest.mark.parametrize("written", ["<Mark/>", "<Mark></Mark>", "<Mark> \n </Mark>", '<Mark nil="true"/>', ""])
def test_what_is_left_out_or_blank_is_null(tmp_path: Path, written: str) -> None:
    contents = xml(mark(Mark="") + written, mark(AM_x002F_PM="PM"))
    assert rows(tmp_path, contents, "session", "mark") == [("AM", None), ("PM", "/")]


@pytest.mark.parametrize(
    "written",
    [
        "<Mark>  / </Mark>",
        "<Mark><![CDATA[/]]></Mark>",
        "<Mark>&#47;</Mark>",
        "<Mark><!-- was N -->/<!-- since Monday --></Mark>",
        "<Mark><?of what?>/</Mark>",
        '<Mark id="7" meaning="Present">/</Mark>',
        '<s:Mark xmlns:s="urn:sims">/</s:Mark>',
        '<Mark xmlns="urn:sims">/</Mark>',
        "<Mark>/</Mark><Mark>/</Mark>",
        "<Mark/><Mark>/</Mark>",
        "<Mark> </Mark><Mark>/</Mark>",
        "<Mark>/</Mark><Mark> </Mark>",
        "<Mark>/</Mark><Mark> / </Mark>",
        "<Other><Mark>N</Mark></Other><Mark>/</Mark>",
        "words between<Mark>/</Mark>elements",
    ],
)
def test_other_ways_to_write_the_same_in_xml(tmp_path: Path, written: str) -> None:
    assert rows(tmp_path, xml(mark(Mark="") + written), *MARK) == [GOOD]


@pytest.mark.parametrize(
    "root", ["SuperStarReport xmlns='urn:sims'", "s:SuperStarReport xmlns:s='urn:s'", "SuperStarReport a='&gt;'"]
)
def test_the_outermost_element_with_namespaces_and_attributes(tmp_path: Path, root: str) -> None:
    contents = f"<?pi?><!-- <Record/> -->\n<{root}><Record>{mark()}</Record></{root.split()[0]}><!-- end -->\n"
    assert rows(tmp_path, contents, *MARK) == [GOOD]


def test_records_in_groups_are_found(tmp_path: Path) -> None:
    contents = f"<SuperStarReport><Group><Record>{mark()}</Record></Group></SuperStarReport>"
    assert rows(tmp_path, contents, *MARK) == [GOOD]


@pytest.mark.parametrize("where", ["{many}{error}", "{error}{many}", "<Group>{many}{error}</Group>", "{within}{many}"])
def test_an_error_in_a_report_that_has_begun_is_not_passed_over(tmp_path: Path, where: str) -> None:
    error = f"<CommandReporterError>Timeout at {SURNAME}</CommandReporterError>"
    many = "".join(f"<Record>{mark(Date=f'2026-11-{day:02}', Rating='x' * 3000)}</Record>" for day in range(1, 30))
    written = where.format(many=many, error=error, within=f"<Record>{mark()}{error}</Record>")
    sentence = refused(RetryLater, tmp_path, f"<SuperStarReport>{written}</SuperStarReport>")
    assert "marks.xml is a report whose run failed when it had begun (CommandReporterError in it)" in sentence


@pytest.mark.parametrize(
    "where", ["{record}{record}<Oops>x</Oops>", "<Oops/>{record}", "{record}<Oops/>{record}", "<Oops/>"]
)
def test_what_stands_beside_the_records_is_not_passed_over(tmp_path: Path, where: str) -> None:
    written = where.format(record=f"<Record>{mark()}</Record>")
    sentence = refused(FixSettings, tmp_path, f"<SuperStarReport>{written}</SuperStarReport>")
    assert "marks.xml has an element Oops beside its records" in sentence


def test_many_comments_behind_a_damaged_end_take_no_time(tmp_path: Path) -> None:
    """By the letters that a search for the end may look at, this would not be over in a lifetime."""
    contents = xml(mark()) + "<!--a-->" * 500 + "<x"
    refused(RetryLater, tmp_path, contents)


def test_records_inside_records_are_refused(tmp_path: Path) -> None:
    sentence = refused(FixSettings, tmp_path, xml(mark() + f"<Record>{mark()}</Record>"))
    assert "marks.xml has records inside records" in sentence


def test_a_report_is_read_again_from_its_beginning(tmp_path: Path) -> None:
    read = report(tmp_path, REPORTED)
    assert frame(read).equals(frame(read))
    assert (read.records, read.ignored) == (2, 1)
