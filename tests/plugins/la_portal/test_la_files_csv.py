"""CSV that no spreadsheet takes for a formula, and from which every letter can be had back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.testing.kit.messages import message
from rollbook_la_portal.files import sheet

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        '=HYPERLINK("http://x","y")',
        "+44 1632 960001",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
    ],
)
def test_what_might_be_a_formula_gets_a_mark_before_it(typed: str) -> None:
    [[cell]] = csv.reader(io.StringIO(sheet.written([[typed]], mark=False).decode(), newline=""))
    assert cell == f"'{typed}"


@pytest.mark.parametrize("typed", ["Quillfeather", "D'Arcy", "-1", "12.5", "01632 960001", "a=b", ""])
def test_what_is_none_stays_as_it_is(typed: str) -> None:
    assert sheet.neutral(typed) == typed


@settings(max_examples=200)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=3), st.booleans())
def test_every_letter_comes_back(rows: list[list[str]], mark: bool) -> None:
    assert sheet.read(sheet.written(rows, mark=mark)) == rows


def test_the_byte_order_mark_is_there_where_it_is_wanted() -> None:
    assert sheet.written([["é"]], mark=True) == b"\xef\xbb\xbf\xc3\xa9\r\n"
    assert sheet.written([["é"]], mark=False) == b"\xc3\xa9\r\n"


def test_a_content_is_flat_with_its_sessions_in_one_cell() -> None:
    flat = dict(sheet.flat(message(0).content))
    assert flat["parents.0.lives_with"] == "true"
    assert flat["settings.0.value"] == "10"
    assert flat["absence.sessions"].startswith("2026-10-05 AM O; 2026-10-05 PM O; ")
