"""A school's Arbor on loopback: a stand-in with REST, GraphQL, the changelog and Live Feeds. Needs
`rollbook-arbor[simulator]`.

It has the form of every source's simulator (`ArborSimulator(folder, school)`, `settings`, `publish`, `close`), and
misbehaves on demand: see `faults`.
"""

from __future__ import annotations

from rollbook_arbor.simulator.faults import Fault, Faults
from rollbook_arbor.simulator.office import ArborSimulator

__all__ = ["ArborSimulator", "Fault", "Faults"]
