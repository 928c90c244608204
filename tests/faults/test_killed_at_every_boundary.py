"""P1: a sync that is killed at any fsync, commit or request leaves a state from which the next reaches the same end.

The boundaries are counted in a run that is left alone; then, for each of them, a run is killed there, and another one
follows. The ledger and what the authority holds must be those of the run that was left alone. Some boundaries of each
kind each time, and all of them among the slow tests.
"""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.host.store.database import Database
from support import host_plugins
from support.host_world import OAKS, World, build

FIRST, TENTH, NEXT = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)


class Killed(KeyboardInterrupt):
    """As `kill -9`: nothing of ours may catch it."""


@contextmanager
def boundaries(world: World, kill_at: int | None) -> Iterator[list[str]]:
    """Count every boundary that a run passes, and end it at the one of that number."""
    passed: list[str] = []

    def reach(what: str) -> None:
        passed.append(what)
        if len(passed) - 1 == kill_at:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", around(os.fsync, "fsync", reach))
        patch.setattr(Path, "replace", around(Path.replace, "rename", reach))
        patch.setattr(Database, "write", committing(Database.write, reach))
        world.portal.before = lambda message: reach("before a request")
        world.portal.after = lambda message: reach("before its reply")
        yield passed
        world.portal.before = world.portal.after = lambda message: None


def around(real: Callable[..., Any], name: str, reach: Callable[[str], None]) -> Callable[..., Any]:
    def replaced(*args: Any) -> Any:
        reach(f"before {name}")
        done = real(*args)
        reach(f"after {name}")
        return done

    return replaced


def committing(real: Callable[..., Any], reach: Callable[[str], None]) -> Callable[..., Any]:
    @contextmanager
    def write(self: Database) -> Iterator[Any]:
        with real(self) as conn:
            yield conn
            reach("before commit")
        reach("after commit")

    return write


def prepared(folder: Path, patch: pytest.MonkeyPatch, story: str) -> tuple[World, date]:
    """A first night on which p1's return is due; or the second night, which takes it back and makes p2's."""
    world = build(folder, patch)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "O")
    if story == "the first night":
        return world, TENTH
    world.sync(TENTH)
    world.mis[OAKS].mark("p1", FIRST, TENTH, "I")
    world.mis[OAKS].mark("p2", FIRST, TENTH, "O")
    return world, NEXT


def another(world: World, folder: Path) -> World:
    """The same installation once more, with an authority of its own."""
    state = world.config.installation.state
    if state.exists():
        shutil.copytree(state, folder)
    installation = replace(world.config.installation, state=folder)
    portal = copy.deepcopy(world.portal)
    host_plugins.PORTALS["portal"] = portal
    return World(replace(world.config, installation=installation), world.mis, portal)


@pytest.fixture(autouse=True)
def one_key_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_bytes", lambda length: b"k" * length)  # so that pupils have the same numbers


def some_of_each(passed: list[str]) -> list[int]:
    """The first and the last boundary of each kind, and every twelfth of all."""
    first = {boundary: number for number, boundary in reversed([*enumerate(passed)])}
    last = {boundary: number for number, boundary in enumerate(passed)}
    return sorted({*first.values(), *last.values(), *range(0, len(passed), 12)})


@pytest.mark.parametrize(
    ("story", "whole"),
    [
        ("the first night", False),
        pytest.param("the first night", True, marks=pytest.mark.slow),
        pytest.param("a night of corrections", True, marks=pytest.mark.slow),
    ],
)
def test_killed_anywhere_the_next_sync_reaches_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story: str, whole: bool
) -> None:
    begun, day = prepared(tmp_path / "begun", monkeypatch, story)
    clean = another(begun, tmp_path / "clean")
    with boundaries(clean, None) as passed:
        clean.sync(day)
    assert {"before fsync", "after commit", "before a request", "before its reply"} <= set(passed)
    for number in range(len(passed)) if whole else some_of_each(passed):
        world = another(begun, tmp_path / str(number))
        with boundaries(world, number), pytest.raises(Killed):
            world.sync(day)
        world.sync(day)
        assert world.ledger() == clean.ledger(), f"killed {passed[number]}, at {number} of {len(passed)}"
        assert world.portal.contents() == clean.portal.contents()
        assert world.portal.order == clean.portal.order
