"""la_portal keeps the contract, with the real receiver at the other end."""

from __future__ import annotations

from rollbook.testing import DestinationConformance
from rollbook_la_portal.destination import LaPortal
from support.receiver_simulator import ReceiverSimulator


class TestLaPortal(DestinationConformance):
    destination = LaPortal
    simulator = ReceiverSimulator
