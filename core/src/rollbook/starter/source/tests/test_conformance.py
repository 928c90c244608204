"""Every check of Rollbook's conformance kit, against the simulator: one test a check."""

from __future__ import annotations

from typing import Any, ClassVar

from rollbook.testing import SourceConformance

from rollbook_acme.source import Acme


class TestAcme(SourceConformance):
    """A failed check says what was seen, and which clause of docs/contract.md it is about."""

    source = Acme
    small_pages: ClassVar[dict[str, Any]] = {"page_size": 50}  # a small school still takes several pages
