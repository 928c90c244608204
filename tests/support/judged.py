"""How many made-up registers two judges are compared on: a few each time, and many among the slow tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

_MOST = 120
many = settings(deadline=None, suppress_health_check=list(HealthCheck))


def judged_on(made_up: SearchStrategy[Any], *, few: int, full: int) -> Callable[[Callable[[Any], None]], Any]:
    """Give a test that many registers of `made_up`."""

    def decorate(test: Callable[[Any], None]) -> Any:
        @pytest.mark.parametrize("examples", [few, pytest.param(full, marks=pytest.mark.slow)])
        def compare(examples: int) -> None:
            settings(many, max_examples=examples)(given(made_up)(test))()

        compare.__name__ = test.__name__
        return compare

    return decorate


def look_until(enough: Callable[[], bool], made_up: SearchStrategy[Any], look: Callable[[Any], None]) -> None:
    """Show made-up registers to `look` until it has seen enough, or many.

    How many that takes depends on what else was imported: Hypothesis draws on the constants of the code around it.
    """

    @settings(many, max_examples=_MOST, database=None, derandomize=True)
    @given(made_up)
    def one(register: Any) -> None:
        if not enough():
            look(register)

    one()
