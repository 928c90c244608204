"""A plain file is split in one go: to the same records as by the way that takes any file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.contract import FixSettings
from rollbook_csv.records import Layout, split, split_any, split_plain

PARTS = st.lists(
    st.sampled_from(
        [",", ",", "\n", "\n", "/", "\\", "#", "-", " ", "\t", "001", "é", '"', "02/11/2026", "AM", "\x85", "="]
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["a,b\n", "a,b,c\n", "a\n", "", "\n"]), PARTS)
def test_both_ways_give_the_same_records(headings: str, parts: list[str]) -> None:
    text = headings + "".join(parts)
    try:
        quick = split_plain(text, ",", "marks.csv") if text else None
    except FixSettings:
        return
    if quick is None:
        return
    slow = split_any(text, ",", "marks.csv", True, Layout())
    assert quick.headings == slow.headings
    assert quick.fields.select(slow.fields.columns).equals(slow.fields)
    assert slow.bad.is_empty()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a,b\n1,2\n", True),
        ("a,b\n1,\n", True),
        ("a,b\n,2\n", True),
        ("a,b\n1\n", False),
        ("a,b\n1,2,3\n", False),
        ("a,b\n1,2\n\n", False),
        ("a,b\n1,2\n,\n", False),
        ('a,b\n"1",2\n', False),
        ("a,b\n1,2", False),
        ("\na,b\n1,2\n", False),
    ],
)
def test_which_files_are_plain(text: str, plain: bool) -> None:
    assert (split_plain(text, ",", "marks.csv") is not None) is plain
    assert split(text, ",", "marks.csv").headings == ["a", "b"]
