"""Wonde keeps the contract: every check of the kit, against the simulator."""

from __future__ import annotations

from typing import Any, ClassVar

from rollbook.testing import SourceConformance, never, not_yet
from rollbook_wonde.source import Wonde


class TestWonde(SourceConformance):
    source = Wonde
    gaps = {
        "S40": never("Wonde gives pages by cursor neither a number nor a total."),
        "S55": not_yet("Addresses are not read: each return is filled in by hand."),
    }
    small_pages: ClassVar[dict[str, Any]] = {"page_size": 50}
    pupils = 17
