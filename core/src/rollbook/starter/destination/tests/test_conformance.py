"""Every check of Rollbook's conformance kit, against the simulator: one test a check."""

from __future__ import annotations

from rollbook.testing import DestinationConformance

from rollbook_acme.destination import Acme


class TestAcme(DestinationConformance):
    """A failed check says what was seen, and which clause of docs/contract.md it is about."""

    destination = Acme
