"""The module that the invented vendor's entry point names."""

from __future__ import annotations

from rollbook.contract import Source, hookimpl
from support.kit_source import Plain

CONTRACT_VERSION = "1.0"


@hookimpl
def rollbook_sources() -> list[type[Source]]:
    """The invented vendor's."""
    return [Plain]
