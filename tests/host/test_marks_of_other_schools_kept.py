"""What a source told of other schools is kept until it is told otherwise: what could not be read takes nothing back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from rollbook.contract import Reject
from rollbook.contract.source import Window
from rollbook.host.config import SchoolConfig
from rollbook.host.elsewhere import bring_elsewhere, marks_elsewhere
from rollbook.host.pull import Staged
from rollbook.host.store.database import Database, open_database
from rollbook.tables.codes import letter
from rollbook.tables.schemas import Table, page_schema
from support.host_world import OAKS, new_state

SCHOOL = SchoolConfig(OAKS, "Oaks", "801", "academy", "c", laestab="801/3000")
NUMBERS = pl.DataFrame({"key": ["a", "b"], "pupil": [1, 2]})
KNOWN = ("a 8012000 07 AM O", "a 8012000 08 AM O", "a 8012001 07 AM G", "b 8012000 07 AM O")
UNREAD, STRANGER = "malformed", "unknown_pupil"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    new_state(tmp_path / "state")
    found = open_database(tmp_path / "state")
    yield found
    found.close()


def told(state: Database, *rows: str, rejected: str | None = None) -> list[str]:
    """What is known after a pull of rows `key school day session code`, all of September 2026."""
    parts = [row.split() for row in rows]
    page = [(key, int(at), date(2026, 9, int(day)), half, code) for key, at, day, half, code in parts]
    form = page_schema(Table.ELSEWHERE)
    columns = pl.DataFrame(page, schema=["pupil", "where", "date", "session", "code"], orient="row").select(*form)
    staged = Staged(Window(date(2026, 9, 1), date(2026, 9, 30)), {Table.ELSEWHERE: columns.cast(form)})  # type: ignore[arg-type]
    staged.rejects += [(Table.ELSEWHERE, Reject("file", "file", "It is cut off.", rejected))] if rejected else []
    moment = datetime(2026, 9, 30, 19, tzinfo=UTC)
    with state.write() as conn:
        bring_elsewhere(conn, SCHOOL, staged, NUMBERS, code_map={}, moment=moment)
        known = marks_elsewhere(conn, OAKS, date(2026, 8, 1), None)
    return [f"{'ab'[who - 1]} {at} {day:%d} {'AP'[half]}M {letter(code)}" for at, who, day, half, code in known.rows()]


@pytest.mark.parametrize("rejected", [None, STRANGER])
def test_what_is_no_longer_told_is_taken_back(state: Database, rejected: str | None) -> None:
    told(state, *KNOWN)
    assert told(state, "a 8012000 08 AM I", rejected=rejected) == ["a 8012000 08 AM I"]


@pytest.mark.parametrize(
    ("rows", "known"),
    [
        ((), KNOWN),
        (("a 8012000 08 AM I",), ("a 8012000 07 AM O", "a 8012000 08 AM I", *KNOWN[2:])),
        (("a 8012000 08 PM I",), (*KNOWN[:2], "a 8012000 08 PM I", *KNOWN[2:])),
        (("a 8012002 08 AM I",), (*KNOWN, "a 8012002 08 AM I")),
    ],
    ids=["nothing", "another mark", "another session", "another school"],
)
def test_beside_a_file_that_was_not_read_only_a_mark_takes_the_place_of_a_mark(
    state: Database, rows: tuple[str, ...], known: tuple[str, ...]
) -> None:
    told(state, *KNOWN)
    assert sorted(told(state, *rows, rejected=UNREAD)) == sorted(known)


@pytest.mark.parametrize("aside", [("a 8012000 07 AM ?",), ("a 8012000 07 AM I", "a 8012000 07 AM G")])
def test_a_mark_that_is_set_aside_takes_nothing_back_of_its_pupil(state: Database, aside: tuple[str, ...]) -> None:
    told(state, *KNOWN)
    assert sorted(told(state, *aside)) == sorted(KNOWN[:3])


def test_what_stood_beside_a_damaged_file_goes_once_a_whole_reading_lacks_it(state: Database) -> None:
    told(state, *KNOWN)
    told(state, *KNOWN[1:], rejected=UNREAD)
    assert sorted(told(state, *KNOWN[1:])) == sorted(KNOWN[1:])
