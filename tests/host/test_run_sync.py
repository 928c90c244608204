"""A sync from end to end, with a school and an authority in this process."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from support.host_world import OAKS, World, build

DAY = date(2026, 10, 9)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return build(tmp_path, monkeypatch)


def test_ten_days_of_unauthorised_absence_make_one_return(world: World) -> None:
    world.mis[OAKS].mark("p1", date(2026, 9, 21), DAY, "O")
    result = world.sync(date(2026, 10, 2))
    assert (result.exit_status, result.sentence) == (0, "1 school: 1 ok. Messages: 1 delivered.")
    [[message]] = world.portal.held.values()
    assert message.content["absence"]["reached_on"] == "2026-10-02"
