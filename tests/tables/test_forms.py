"""The canonical tables' forms: what a page is turned into, and what is refused."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from rollbook.tables import schemas
from rollbook.tables.schemas import PAGES, Table


@pytest.mark.parametrize("table", list(PAGES))
def test_a_canonical_table_names_the_school_and_has_every_column_of_its_page(table: Table) -> None:
    canonical = {
        Table.SESSIONS: schemas.SESSIONS,
        Table.PUPILS: schemas.PUPILS,
        Table.ROLL: schemas.ROLL | {"first_mark": pl.Date},
        Table.CONTACTS: schemas.CONTACTS,
        Table.LEAVE: schemas.LEAVE,
        Table.NOTICES: schemas.NOTICES,
        Table.FLAGS: schemas.FLAGS,
        Table.CONTACT_LOG: schemas.CONTACT_LOG,
        Table.ELSEWHERE: schemas.ELSEWHERE,
        Table.MARKS: schemas.MARKS | {"school": schemas.SCHOOL, "line": pl.Int32},
    }[table]
    assert "school" in canonical
    assert set(PAGES[table]) <= set(canonical)


def test_a_missing_column_is_filled_and_the_order_is_the_forms() -> None:
    rows = pl.DataFrame({"pupil": [1], "from": [date(2026, 9, 3)], "school": [100001]})
    table = schemas.conform(rows, schemas.ROLL)
    assert table.schema == pl.Schema(schemas.ROLL)
    assert table["boarder"].to_list() == [None]


def test_a_value_that_does_not_fit_is_refused() -> None:
    rows = pl.DataFrame({"pupil": ["not a number"]})
    with pytest.raises(pl.exceptions.InvalidOperationError):
        schemas.conform(rows, schemas.ROLL)


def test_what_is_personal_is_said_of_every_column_that_names_a_pupil() -> None:
    assert all(columns["pupil"].personal for columns in PAGES.values() if "pupil" in columns)
    assert {name for name, column in PAGES[Table.PUPILS].items() if not column.personal} == set()
