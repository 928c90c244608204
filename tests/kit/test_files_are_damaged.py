"""The kit damages files as networks, disks and vendors do, and leaves them as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rollbook.testing.kit import damage
from rollbook.testing.kit.check import DoesNotApply
from rollbook.testing.kit.source_stage import SourceStage
from rollbook.testing.kit.trial import positions
from rollbook.testing.schools import MadeSchool
from rollbook_csv.simulator import CsvSimulator
from rollbook_csv.source import CsvSource
from support.kit_source import Plain, PlainSimulator

MARKS = b"Adno,Date,Mark\r\n001003,02/11/2026,/\r\n001010,02/11/2026,C2\r\n"


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (damage.cut_in_the_last_row, b"Adno,Date,Mark\r\n001003,02/11/2026,/\r\n001010,02/"),
        (damage.cut_in_the_last_value, b"Adno,Date,Mark\r\n001003,02/11/2026,/\r\n001010,02/11/2026,C"),
        (damage.half, b"Adno,Date,Mark\r\n001003,02/11/"),
        (damage.without_column(1), b"Adno,Mark\r\n001003,/\r\n001010,C2\r\n"),
        (damage.without_column(9), MARKS),
        (
            damage.with_a_column,
            b"Adno,AnotherColumn,Date,Mark\r\n001003,new,02/11/2026,/\r\n001010,new,02/11/2026,C2\r\n",
        ),
    ],
)
def test_what_is_left_of_a_file(change: Callable[[bytes], bytes], left: bytes) -> None:
    assert change(MARKS) == left


REPORT = b"""<?xml version='1.0' encoding='iso-8859-1'?>
<Report>
<Version>1</Version>
<List>
<Record><id>1</id><Name>Zo\xeb</Name><Mark>/</Mark></Record>
<Record><id>2</id><Mark nil="no">&lt;</Mark></Record>
<Record><id>3</id><Name>&#321;</Name><Mark>C2</Mark></Record>
</List>
</Report>
"""


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (
            damage.with_a_column,
            [
                b"<Record><id>1</id><AnotherColumn>new</AnotherColumn><Name>Zo\xeb</Name><Mark>/</Mark></Record>",
                b'<Record><id>2</id><AnotherColumn>new</AnotherColumn><Mark nil="no">&lt;</Mark></Record>',
                b"<Record><id>3</id><AnotherColumn>new</AnotherColumn><Name>&#321;</Name><Mark>C2</Mark></Record>",
            ],
        ),
        (
            damage.without_column(1),
            [
                b"<Record><id>1</id><Mark>/</Mark></Record>",
                b'<Record><id>2</id><Mark nil="no">&lt;</Mark></Record>',
                b"<Record><id>3</id><Mark>C2</Mark></Record>",
            ],
        ),
        (
            damage.with_shifted_rows,
            [
                b"<Record><id>1</id><Name>Zo\xeb</Name><Mark>/</Mark></Record>",
                b'<Record><id>2</id><Mark nil="no">&lt;</Mark></Record>',
                b"<Record><id>&#321;</id><Name>C2</Name><Mark>3</Mark></Record>",
            ],
        ),
    ],
)
def test_what_is_left_of_an_xml_file_of_records(change: Callable[[bytes], bytes], left: list[bytes]) -> None:
    before, after = REPORT.splitlines(), change(REPORT).splitlines()
    assert after == [*before[:4], *left, *before[7:]]


def test_columns_of_an_xml_file_are_the_elements_that_any_record_has(tmp_path: Path) -> None:
    file = tmp_path / "marks.xml"
    file.write_bytes(REPORT)
    assert damage.columns(file) == 3


@pytest.mark.parametrize("data", [b"<Report><Record><id>1</id>", b"<Report />", b""])
def test_what_is_no_table_stays_as_it_is(data: bytes) -> None:
    assert damage.with_a_column(data) == damage.without_column(0)(data) == damage.with_shifted_rows(data) == data


def test_a_file_that_ends_half_way_does_not_end_with_its_row() -> None:
    assert damage.half(b"ab\ncd\n") == b"ab\nc"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_column_is_added_in_the_files_own_form(encoding: str, delimiter: str) -> None:
    rows = [["Name", "Mark"], ["Zoë", "/"]]
    written = "".join(f"{delimiter.join(row)}\n" for row in rows).encode(encoding)
    read = damage.with_a_column(written).decode(encoding).splitlines()
    assert [line.split(delimiter) for line in read] == [["Name", "AnotherColumn", "Mark"], ["Zoë", "new", "/"]]


def test_files_are_as_they_were_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "marks.csv"
    file.write_bytes(MARKS)
    with damage.damaged([file], damage.half):
        assert file.read_bytes() != MARKS
    assert file.read_bytes() == MARKS


def test_the_files_are_those_that_the_settings_lead_to(tmp_path: Path) -> None:
    with SourceStage(CsvSource, CsvSimulator, tmp_path) as stage:
        assert {"marks.csv", "pupils.csv", "roll.csv"} <= {file.name for file in damage.files_of(stage)}


class RunsAProgram(CsvSimulator):
    """Its settings name no folder of files, but a program that gives them out."""

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        super().__init__(folder / "exports", school)
        program = folder / "program" / "give_out.cmd"
        program.parent.mkdir(parents=True)
        for file in (program, program.with_name("places.json")):
            file.write_text("", encoding="utf-8")
        self.settings["folder"] = str(program)


def test_a_program_and_what_lies_beside_it_is_not_among_them(tmp_path: Path) -> None:
    with SourceStage(CsvSource, RunsAProgram, tmp_path) as stage:
        found = damage.files_of(stage)
    assert {file.parent.name for file in found} == {"exports"}


def test_a_source_of_a_server_has_no_files(tmp_path: Path) -> None:
    with SourceStage(Plain, PlainSimulator, tmp_path) as stage, pytest.raises(DoesNotApply, match="file that it reads"):
        damage.files_of(stage)


def test_columns_of_a_file_that_is_no_table_are_not_known(tmp_path: Path) -> None:
    with pytest.raises(DoesNotApply, match=r"\.csv, \.xml"):
        damage.tables_among([tmp_path / "marks.xlsx"])


@pytest.mark.parametrize(
    ("number", "most", "tried"), [(1, 3, [0]), (2, 3, [0, 1]), (9, 3, [0, 4, 8]), (9, 1, [8]), (2, 2, [0, 1])]
)
def test_faults_are_tried_at_requests_all_over_a_pull(number: int, most: int, tried: list[int]) -> None:
    assert positions(number, most) == tried
