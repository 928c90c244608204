"""Wonde keeps the contract: every check of the kit, against the simulator."""

from __future__ import annotations

from typing import Any, ClassVar

from rollbook.testing import SourceConformance, never
from rollbook_wonde.source import Wonde


class TestWonde(SourceConformance):
    source = Wonde
    gaps = {
        "S40": never("Wonde gives pages by cursor neither a number nor a total."),
        "S55": never("Wonde's students have no address: it must be written into each return."),
    }
    small_pages: ClassVar[dict[str, Any]] = {"page_size": 50}
