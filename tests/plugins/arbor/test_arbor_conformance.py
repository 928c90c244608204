"""The Arbor source keeps the contract."""

from __future__ import annotations

from rollbook.testing import SourceConformance
from rollbook_arbor.source import ArborSource


class TestArbor(SourceConformance):
    source = ArborSource
    settings = {"flags": ["looked_after", "child_protection", "sen", "fsm"]}
    small_pages = {"page_size": 200}
