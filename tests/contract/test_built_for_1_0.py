"""A plugin that was written for contract 1.0, with nothing but what that asked for, is taken as it stands.

The snapshot sees names, arguments and defaults; this sees what a base class checks when a plugin defines its own.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import Action, Client, Done, Key, Kind, Message, Page, SchoolRef, Window
from rollbook.host import plugins
from rollbook.host.page_checks import whole_pull
from rollbook.tables.schemas import Table
from support.built_for_1_0 import Hall, Town
from support.plugins import installer

DAY = Window(date(2026, 9, 3), date(2026, 9, 3))


def test_it_loads_with_all_that_it_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installer(tmp_path, monkeypatch)("town", module="support.built_for_1_0")
    record = plugins.load("town")
    assert (record.status, record.reason, record.contract_version) == ("ok", "", "1.0")
    assert (record.sources, record.destinations, record.rules) == (("town",), ("hall",), ("seldom",))


def test_its_pages_are_taken() -> None:
    pulled = Town({}, Client()).pull(Table.MARKS, SchoolRef("a"), DAY, None)
    page, done = whole_pull(pulled, Table.MARKS, DAY)
    assert isinstance(page, Page)
    assert isinstance(done, Done)
    assert page.rows.height == 1


def test_its_receipts_name_the_key() -> None:
    message = Message(Key(Kind.ATTENDANCE_RETURN, 900001, 7, 1), 1, Action.SEND, {}, "once")
    (receipt,) = Hall({}, Client()).deliver([message])
    assert receipt.reference == "attendance_return/900001/7/1"
