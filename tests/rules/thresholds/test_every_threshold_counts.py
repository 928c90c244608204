"""Every threshold and every code moved by one is caught: a check that passes as things are fails with the change."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache

import pytest

from support import fast_checks
from support.mutations import CODES, NO_EFFECT, Change, changed, every_change

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("change", every_change(), ids=str)
def test_a_value_moved_by_one_is_caught(change: Change, record_property: Callable[[str, object], None]) -> None:
    caught = f"no effect: {NO_EFFECT[str(change)]}" if str(change) in NO_EFFECT else caught_by(change)
    record_property("change", str(change))
    record_property("caught", caught or "NOTHING")
    assert caught is not None, f"no check sees {change}"


def test_what_is_said_to_have_no_effect_is_still_one_of_the_changes() -> None:
    assert set(NO_EFFECT) <= set(map(str, every_change()))


def caught_by(change: Change) -> str | None:
    """The first check that fails with the change and passes without."""
    fast_checks.made_up_registers()
    about, seen = _about(change), set[str]()
    while True:
        with changed(change):
            if not _can_be_imported():
                return "the import of the rules"
            name = _first_failing(*about, seen)
        if name is None or _passes_unchanged(name):
            return name
        seen.add(name)


def _can_be_imported() -> bool:
    """Whether there are rules at all: without the code of presence there are none to ask."""
    try:
        importlib.import_module("rollbook.rules.catalogue")
    except IndexError:
        return False
    return True


def _about(change: Change) -> tuple[str, frozenset[str]]:
    """The name of the value, and the rules that go by it."""
    from rollbook.rules.catalogue import RULES

    if change.file == CODES:
        return "test_codes", frozenset()
    name = "first_day" if change.key == "from" else change.name
    return name, frozenset(rule.id for rule in RULES.values() if change.name in rule.settings)


def _first_failing(name: str, rules: frozenset[str], but: set[str]) -> str | None:
    checks = fast_checks.every_check(name, rules)
    return next((check.name for check in checks if check.name not in but and _fails(check)), None)


@cache
def _passes_unchanged(name: str) -> bool:
    file = name.partition("::")[0].removeprefix("worked/")
    with changed(None):
        found = next(check for check in fast_checks.every_check(file, frozenset()) if check.name == name)
        return not _fails(found)


def _fails(check: fast_checks.Check) -> bool:
    try:
        check.make()
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - whatever it raises, it fails
        return True
    return False
