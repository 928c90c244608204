"""A destination for Rollbook: Acme."""

from __future__ import annotations

from rollbook.contract import Destination, hookimpl

CONTRACT_VERSION = "1.0"
"""The contract that this was built for."""


@hookimpl
def rollbook_destinations() -> list[type[Destination]]:
    """The destination."""
    from rollbook_acme.destination import Acme

    return [Acme]
