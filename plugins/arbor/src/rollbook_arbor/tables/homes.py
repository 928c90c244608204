"""Where somebody lives now: by person, student or guardian, whichever an address was entered for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeAlias

from rollbook_arbor.tables.loading import Reading, Row
from rollbook_arbor.tables.shaped import ADDRESS, OCCUPANCY
from rollbook_arbor.tables.spells import Spell, spell_of

Owners: TypeAlias = Sequence[tuple[str, str]]
"""The names by which Arbor knows one human being: `("Student", "341"), ("Person", "77")`."""


class Homes:
    """The addresses of some people on a day."""

    def __init__(self, told: Reading, people: Iterable[Owners], day: date) -> None:
        wanted = {owner for owners in people for owner in owners}
        self._told = told
        self._day = day
        self._occupancies = told.grouped(OCCUPANCY, "occupant", wanted)

    def ids(self, owners: Owners) -> list[str]:
        """Ids of the addresses where somebody lives, the one moved to last first."""
        rows = [row for owner in owners for row in self._occupancies.get(owner, ()) if _spell(row).holds(self._day)]
        rows.sort(key=lambda row: (_spell(row).first, row["id"]), reverse=True)
        return [row["postalAddress"] for row in rows]

    def address(self, owners: Owners) -> tuple[str | None, str | None]:
        """Address in one line, and postcode; None for what is not known."""
        found = next((row for known in self.ids(owners) if (row := self._told.one(ADDRESS, known))), None)
        if found is None:
            return None, None
        parts = (found[name] for name in ("address1", "address2", "address3", "postalTown"))
        return ", ".join(" ".join(part.split()) for part in parts if part) or None, found["postalCode"]


def _spell(row: Row) -> Spell:
    return spell_of(row, "effectiveDate")
