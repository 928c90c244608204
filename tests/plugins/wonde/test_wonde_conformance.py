"""Wonde keeps the contract: every check of the kit, against the simulator."""

from __future__ import annotations

from typing import Any, ClassVar

from rollbook.testing import SourceConformance
from rollbook_wonde.source import Wonde


class TestWonde(SourceConformance):
    source = Wonde
    small_pages: ClassVar[dict[str, Any]] = {"page_size": 50}
