"""Signing in is slow on purpose: here it is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rollbook_receiver import clients


@pytest.fixture(autouse=True, scope="session")
def quick_secrets() -> Iterator[None]:
    """The cheapest hash there is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "_COST", 2)
        yield
