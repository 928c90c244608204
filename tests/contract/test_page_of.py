from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
import pytest

from rollbook.contract import Page, Reject
from rollbook.tables.schemas import Table, page_schema


@dataclass
class Mark:
    pupil: str
    date: date | str | None
    session: str
    code: str | None = None
    forename: str = "Pat"


@dataclass
class NoSession:
    pupil: str
    date: date


@dataclass
class Stay:
    pupil: str
    from_: str


def test_a_page_has_the_tables_columns_in_their_types_and_no_others() -> None:
    page = Page.of(Table.MARKS, [Mark("p1", date(2026, 9, 3), "AM", "/"), Mark("p2", date(2026, 9, 3), "PM")])
    assert page.rows.schema == {"pupil": pl.String, "date": pl.Date, "session": pl.String, "code": pl.String}
    assert page.rows["code"].to_list() == ["/", None]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([date(2026, 9, 3)], [date(2026, 9, 3)]),
        (["2026-09-03"], [date(2026, 9, 3)]),
        (["2026-02-31", "03/09/2026", ""], [None, None, None]),
        ([date(2026, 9, 3), "2026-09-04", None], [date(2026, 9, 3), date(2026, 9, 4), None]),
    ],
)
def test_days_may_be_days_or_text_and_text_that_is_no_day_is_empty(
    written: list[date | str | None], read: list[date | None]
) -> None:
    page = Page.of(Table.MARKS, [Mark("p1", day, "AM") for day in written])
    assert page.rows["date"].to_list() == read


def test_records_without_a_needed_column_are_refused() -> None:
    with pytest.raises(TypeError, match="the records have no 'session', which the table marks requires"):
        Page.of(Table.MARKS, [NoSession("p1", date(2026, 9, 3))])


def test_the_column_from_may_be_from_with_a_stroke() -> None:
    page = Page.of(Table.ROLL, [Stay("p1", "2026-09-03")])
    assert page.rows["from"].to_list() == [date(2026, 9, 3)]


def test_marks_that_were_removed_are_records_of_which_the_key_is_read() -> None:
    gone = [Mark("p1", date(2026, 9, 3), "AM", "/")]
    page = Page.of(Table.MARKS, [], removed=gone)
    assert page.removed is not None
    assert page.removed.rows() == [("p1", date(2026, 9, 3), "AM")]
    assert page.removed.columns == ["pupil", "date", "session"]


def test_no_record_that_was_removed_is_said_so() -> None:
    assert Page.of(Table.MARKS, []).removed is None
    removed = Page.of(Table.MARKS, [], removed=[]).removed
    assert removed is not None
    assert removed.schema == {"pupil": pl.String, "date": pl.Date, "session": pl.String}


def test_only_marks_are_named_as_removed() -> None:
    with pytest.raises(TypeError, match="roll are given whole"):
        Page.of(Table.ROLL, [], removed=[])


def test_a_page_without_records_has_every_column() -> None:
    page = Page.of(Table.ROLL, [], rejects=[Reject("line 2", "from", "cut off")], origin="roll.csv")
    assert page.rows.schema == page_schema(Table.ROLL)
    assert (len(page.rejects), page.origin) == (1, "roll.csv")
