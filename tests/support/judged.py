"""How many made-up registers two judges are compared on: a few each time, and many among the slow tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

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
