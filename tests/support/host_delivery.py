"""One return to deliver, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import Message
from rollbook.contract.errors import Problem
from rollbook.host import report
from support.host_world import OAKS, World, build

FIRST, TENTH = date(2026, 9, 21), date(2026, 10, 2)
NEXT = date(2026, 10, 5)
BY: Any = {"by": "A. Officer", "reason": "looked at the council's list"}


def one_return(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **how: Any) -> World:
    world = build(tmp_path, monkeypatch, **how)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    return world


def raising(problem: Problem) -> Callable[[Message], None]:
    def fail(message: Message) -> None:
        raise problem

    return fail


def well(message: Message) -> None:
    """Nothing goes wrong."""


def states(world: World) -> list[str]:
    return [row.state for row in report.outbox(world.config)]


def revisions(world: World) -> list[int]:
    return [revision for _, revision in world.portal.order]
