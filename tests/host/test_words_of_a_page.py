"""What a page of any plugin may say in a column that has words of its own."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from rollbook.contract.source import Page
from rollbook.host.page_checks import fitted
from rollbook.tables.schemas import Table

DAY = date(2026, 11, 9)
ROLL = {"pupil": "p", "from": DAY}
LOG = {"pupil": "p", "date": DAY}
NOTICE = {"pupil": "p", "parent": "mother", "issued": DAY}
FLAG = {"pupil": "p", "flag": "Breakfast club"}


def shown(table: Table, row: dict[str, object], column: str, value: str | None) -> tuple[list[str | None], list[str]]:
    """The column of the rows that are used, and what was said of those that could not be."""
    page = fitted(
        Page(pl.DataFrame([row | {column: value}], schema_overrides={column: pl.String}), origin="x.csv"), table
    )
    return page.rows[column].to_list(), [f"{one.place}: {one.reason}" for one in page.rejects]


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "used"),
    [
        (Table.ROLL, ROLL, "destination", "900002", "900002"),
        (Table.ROLL, ROLL, "destination", " Abroad ", "abroad"),
        (Table.ROLL, ROLL, "ground", "G", "g"),
        (Table.NOTICES, NOTICE, "kind", "improve", "improve"),
        (Table.NOTICES, NOTICE, "kind", " ", None),
        (Table.NOTICES, NOTICE, "outcome", "Withdrawn", "withdrawn"),
        (Table.CONTACT_LOG, LOG, "type", None, None),
        (Table.CONTACT_LOG, LOG, "outcome", "no_answer", "no_answer"),
        (Table.FLAGS, FLAG, "authority", "308", "308"),
    ],
)
def test_its_words_are_taken_in_small_letters(
    table: Table, row: dict[str, object], column: str, value: str | None, used: str | None
) -> None:
    assert shown(table, row, column, value) == ([used], [])


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        (Table.ROLL, ROLL, "destination"),
        (Table.ROLL, ROLL, "ground"),
        (Table.NOTICES, NOTICE, "outcome"),
        (Table.FLAGS, FLAG, "authority"),
    ],
)
def test_without_another_word_the_row_says_no_less(table: Table, row: dict[str, object], column: str) -> None:
    said = [f"x.csv, row 1: {column} is none of the words that it may be: the row is used without it"]
    assert shown(table, row, column, "Secret") == ([None], said)


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [(Table.NOTICES, NOTICE, "kind"), (Table.CONTACT_LOG, LOG, "type"), (Table.CONTACT_LOG, LOG, "outcome")],
)
def test_where_nothing_would_say_something_else_the_row_is_set_aside(
    table: Table, row: dict[str, object], column: str
) -> None:
    assert shown(table, row, column, "Secret") == ([], [f"x.csv, row 1: {column} is none of the words that it may be"])


def test_a_flag_may_be_any_word() -> None:
    assert shown(Table.FLAGS, FLAG, "flag", "Breakfast club") == (["Breakfast club"], [])
