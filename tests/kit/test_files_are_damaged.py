"""The kit damages files as networks, disks and vendors do, and leaves them as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rollbook.testing.kit import damage
from rollbook.testing.kit.check import DoesNotApply
from rollbook.testing.kit.source_stage import SourceStage
from rollbook.testing.kit.trial import positions
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


def test_a_source_of_a_server_has_no_files(tmp_path: Path) -> None:
    with SourceStage(Plain, PlainSimulator, tmp_path) as stage, pytest.raises(DoesNotApply, match="file that it reads"):
        damage.files_of(stage)


def test_columns_of_a_file_that_is_no_table_are_not_known(tmp_path: Path) -> None:
    with pytest.raises(DoesNotApply, match=r"\.csv"):
        damage.tables_among([tmp_path / "marks.xml"])


@pytest.mark.parametrize(
    ("number", "most", "tried"), [(1, 3, [0]), (2, 3, [0, 1]), (9, 3, [0, 4, 8]), (9, 1, [8]), (2, 2, [0, 1])]
)
def test_faults_are_tried_at_requests_all_over_a_pull(number: int, most: int, tried: list[int]) -> None:
    assert positions(number, most) == tried
