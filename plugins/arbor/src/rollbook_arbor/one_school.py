"""One connection is one school: what is asked for under another's name must not get this one's pupils."""

from __future__ import annotations

from collections.abc import Collection

from rollbook.contract import FixSettings, SchoolRef

_ADVICE = "Give each school a connection of its own."


class OneSchool:
    """Knows the school for which a connection was first asked. A process serves a connection for a whole sync."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._urn: int | None = None

    def check(self, school: SchoolRef) -> None:
        """Before anything is read. Raises FixSettings for a `key` that is another's, and for a second school.

        A school whose configuration has no `key` is asked for by its URN.
        """
        if school.key not in (self._host, str(school.urn)):
            raise FixSettings(
                f'The Arbor at {self._host} is one school, and knows none by the key "{school.key}": '
                f"take the school's `key` out of the configuration, or correct its connection. {_ADVICE}"
            )
        if self._urn is not None and school.urn is not None and school.urn != self._urn:
            raise FixSettings(
                f"The Arbor at {self._host} is one school: it was asked for {self._urn}, and now for {school.urn}. "
                f"{_ADVICE}"
            )
        self._urn = school.urn if self._urn is None else self._urn

    def compare(self, school: SchoolRef, known: Collection[int]) -> None:
        """Raises FixSettings where this Arbor knows schools by their URN, and not this one."""
        if school.urn is not None and known and school.urn not in known:
            self._urn = None  # it is not the one that this Arbor serves
            raise FixSettings(
                f"The Arbor at {self._host} does not know the school {school.urn}: is it another school's? {_ADVICE}"
            )
