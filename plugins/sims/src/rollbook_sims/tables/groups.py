"""Which rows of the report of the pupils are of one pupil.

Rows that share an admission number, a person's number or a UPN are: but each of the three may be given twice by
mistake, or again to another child, and two children who became one would lose a register. So rows that contradict each
other are never one pupil, whatever they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from rollbook.tables.checks import is_temporary_upn, upn_problem

PERSON = "person "  # goes before a person's number, which could be another pupil's admission number
KINDS = ("upn", "adno", "person")
Link = tuple[str, str]  # one of KINDS, and its value


@dataclass(frozen=True)
class Row:
    """What a row says of who it is. UPNs in capital letters."""

    upn: str | None
    adno: str | None
    person: str | None
    forename: str | None
    dob: str | None
    former_upn: str | None

    def links(self) -> Iterator[Link]:
        """What may join it to another row: a UPN that is none joins nobody."""
        for kind, value in zip(KINDS, (good(self.upn), self.adno, self.person), strict=True):
            if value:
                yield kind, value

    def contradicts(self, other: Row) -> bool:
        """Whether they are not one child, whatever they share: other forenames, as twins have, other days of birth, or
        two UPNs that are both to stay and neither of which is the other's former one. A blank contradicts nothing.
        """
        said = ((self.forename, other.forename), (self.dob, other.dob))
        if any(mine and theirs and mine.casefold() != theirs.casefold() for mine, theirs in said):
            return True
        mine, theirs = self._lasting(), other._lasting()
        followed = self.former_upn == theirs or other.former_upn == mine
        return bool(mine and theirs and mine != theirs and not followed)

    def _lasting(self) -> str | None:
        upn = good(self.upn)
        return upn if upn and not is_temporary_upn(upn) else None


class Groups:
    """The rows of each pupil. `shared`: what rows of several pupils have in common; it joins nobody and is no key."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        places = self._places()
        self.shared = {link for link, those in places.items() if self._contradict(those)}
        self._join(places)
        # A row that leaves much blank may be between two that contradict each other: whose it is, nobody knows.
        for group in self._groups().values():
            if self._contradict(group):
                self.shared |= {link for n in group for link in rows[n].links() if len(places[link]) > 1}
        self._join(places)

    def keys(self) -> list[str | None]:
        """The key of each row's pupil; null where nothing that a row has is its pupil's alone."""
        named = {root: self._key(group) for root, group in self._groups().items()}
        return [named[self._root(n)] for n in range(len(self.rows))]

    def _places(self) -> dict[Link, list[int]]:
        places: dict[Link, list[int]] = {}
        for n, row in enumerate(self.rows):
            for link in row.links():
                places.setdefault(link, []).append(n)
        return places

    def _contradict(self, places: list[int]) -> bool:
        different = {self.rows[n] for n in places}
        return any(one.contradicts(other) for one, other in combinations(different, 2))

    def _join(self, places: dict[Link, list[int]]) -> None:
        self._leader = list(range(len(self.rows)))
        for link, those in places.items():
            if link not in self.shared:
                for n in those:
                    self._leader[self._root(n)] = self._root(those[0])

    def _root(self, n: int) -> int:
        while self._leader[n] != n:
            self._leader[n] = n = self._leader[self._leader[n]]
        return n

    def _groups(self) -> dict[int, list[int]]:
        groups: dict[int, list[int]] = {}
        for n in range(len(self.rows)):
            groups.setdefault(self._root(n), []).append(n)
        return groups

    def _key(self, group: list[int]) -> str | None:
        own: dict[str, set[str]] = {kind: set() for kind in KINDS}
        for kind, value in (link for n in group for link in self.rows[n].links() if link not in self.shared):
            own[kind].add(value)
        persons = [PERSON + number for number in sorted(own["person"], key=_order)]
        return next(iter([*sorted(own["adno"], key=_order), *permanent_first(own["upn"]), *persons]), None)


def good(upn: str | None) -> str | None:
    """A UPN that is well formed; None for any other."""
    return upn if upn and not upn_problem(upn) else None


def permanent_first(upns: Iterable[str]) -> list[str]:
    """UPNs of one pupil: a temporary one after one that will stay."""
    return sorted(upns, key=lambda upn: (is_temporary_upn(upn), upn))


def _order(number: str) -> tuple[bool, int, str]:
    return not number.isdecimal(), int(number) if number.isdecimal() else 0, number
