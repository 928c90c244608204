"""The module that the invented authority's entry point names."""

from __future__ import annotations

from rollbook.contract import Destination, hookimpl
from support.kit_destination import Letterbox

CONTRACT_VERSION = "1.0"


@hookimpl
def rollbook_destinations() -> list[type[Destination]]:
    """The invented authority's."""
    return [Letterbox]
