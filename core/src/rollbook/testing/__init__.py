"""What plugins are tested with: the conformance kit, simulators' server, recordings, and made-up schools.

    from rollbook.testing import SourceConformance, not_yet

Needs the extra `rollbook[testing]`. `rollbook.testing.schools` makes schools up.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rollbook.testing.kit.conformance import DestinationConformance, SourceConformance
    from rollbook.testing.kit.connected import connected
    from rollbook.testing.kit.gaps import never, not_yet
    from rollbook.testing.kit.records import Record

_HOMES = {
    "SourceConformance": "kit.conformance",
    "DestinationConformance": "kit.conformance",
    "not_yet": "kit.gaps",
    "never": "kit.gaps",
    "Record": "kit.records",
    "connected": "kit.connected",
}

__all__ = ["DestinationConformance", "Record", "SourceConformance", "connected", "never", "not_yet"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
