"""Who is who, by the report of the pupils: from what a row says of its pupil to the key that the host knows.

A UPN may be missing, temporary, replaced or mistyped; an admission number stays. So the admission number is the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

import polars as pl

from rollbook.tables.checks import is_temporary_upn, upn_problem
from rollbook_sims.tables import values

NOBODY = "there is neither a UPN nor an admission number nor a person's number: it is not known whose row this is"
_PERSON = "person "  # goes before a person's number, which could be another pupil's admission number


@dataclass(frozen=True)
class People:
    """The pupils of one report. `keys`: the key of each of its rows, null where nothing tells whose it is.

    `by_upn` (former UPNs too), `by_adno`, `by_person` lead to the keys. `shared`: UPNs that two pupils have.
    """

    keys: pl.Series
    by_upn: Mapping[str, str]
    by_adno: Mapping[str, str]
    by_person: Mapping[str, str]
    shared: frozenset[str]

    def with_keys(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows`, which have the fields of WHO, with `pupil`: the key of the pupil whose UPN a row has, else whose
        admission number, else whose person's number. Of a pupil who is not in the report it is what the row has.
        """
        upn = values.upn(pl.col("upn"))
        known = [_found(upn, self.by_upn), _found(pl.col("adno"), self.by_adno)]
        known.append(_found(pl.col("person"), self.by_person))
        return rows.with_columns(pupil=pl.coalesce(*known, "adno", upn, _PERSON + pl.col("person")))


def people(rows: pl.DataFrame) -> People:
    """Who is who in `rows`: upn, former_upn, adno, person, forename, dob, all of them text."""
    who = [_Row(*row) for row in rows.select(**_OF_A_ROW).iter_rows()]
    groups = _Groups(who)
    keys, by_upn, by_adno, by_person = groups.keys(), _Leads(), _Leads(), _Leads()
    for row, key in zip(who, keys, strict=True):
        if key is not None:
            by_upn.lead(_good(row.upn), key)
            by_adno.lead(row.adno, key)
            by_person.lead(row.person, key)
    former = _Leads()
    for row, key in zip(who, keys, strict=True):
        if key is not None:
            former.lead(_good(row.former_upn), key)
    present = {row.upn for row in who if row.upn}
    earlier = {upn: key for upn, key in former.certain().items() if upn not in present}
    series = pl.Series("pupil", keys, dtype=pl.String)
    return People(series, earlier | by_upn.certain(), by_adno.certain(), by_person.certain(), groups.shared)


@dataclass(frozen=True)
class _Row:
    upn: str | None
    adno: str | None
    person: str | None
    forename: str | None
    dob: str | None
    former_upn: str | None

    def contradicts(self, other: _Row) -> bool:
        """Whether they are hardly one child, though they have one UPN: twins, whose forenames differ, for example."""
        return any(
            mine and theirs and mine.casefold() != theirs.casefold()
            for mine, theirs in ((self.forename, other.forename), (self.dob, other.dob))
        )


_OF_A_ROW: Mapping[str, pl.Expr] = {
    "upn": values.upn(pl.col("upn")),
    "adno": pl.col("adno"),
    "person": pl.col("person"),
    "forename": values.text(pl.col("forename")),
    "dob": pl.col("dob"),
    "former_upn": values.upn(pl.col("former_upn")),
}


@dataclass
class _Leads:
    """What leads to whom; what leads to two leads to nobody."""

    _to: dict[str, str | None] = field(default_factory=dict)

    def lead(self, value: str | None, key: str) -> None:
        if value is not None:
            self._to[value] = key if self._to.get(value, key) == key else None

    def certain(self) -> dict[str, str]:
        return {value: key for value, key in self._to.items() if key is not None}


class _Groups:
    """Rows that are of one pupil: those that share an admission number, a person's number or a UPN.

    `shared`: UPNs of rows that contradict each other, and that nothing surer makes one. They join nobody.
    """

    def __init__(self, rows: list[_Row]) -> None:
        self.rows = rows
        self._leader = list(range(len(rows)))
        for kind in ("adno", "person"):
            for places in _alike(getattr(row, kind) for row in rows).values():
                self._join(places)
        upns = _alike(_good(row.upn) for row in rows)
        self.shared = frozenset(upn for upn, places in upns.items() if self._contradict(places))
        for upn, places in upns.items():
            if upn not in self.shared:
                self._join(places)

    def _join(self, places: list[int]) -> None:
        for place in places:
            self._leader[self._root(place)] = self._root(places[0])

    def _contradict(self, places: list[int]) -> bool:
        different = {(self._root(place), self.rows[place].forename, self.rows[place].dob): place for place in places}
        return any(
            self._root(one) != self._root(other) and self.rows[one].contradicts(self.rows[other])
            for one, other in combinations(different.values(), 2)
        )

    def keys(self) -> list[str | None]:
        """The key of each row's pupil."""
        groups: dict[int, list[_Row]] = {}
        for n, row in enumerate(self.rows):
            groups.setdefault(self._root(n), []).append(row)
        named = {root: self._key(rows) for root, rows in groups.items()}
        return [named[self._root(n)] for n in range(len(self.rows))]

    def _key(self, rows: list[_Row]) -> str | None:
        adnos = sorted({row.adno for row in rows if row.adno}, key=_order)
        upns = sorted({upn for row in rows if (upn := _good(row.upn)) and upn not in self.shared}, key=_permanent_first)
        persons = sorted({_PERSON + row.person for row in rows if row.person}, key=_order)
        return next(iter([*adnos, *upns, *persons]), None)

    def _root(self, n: int) -> int:
        while self._leader[n] != n:
            self._leader[n] = n = self._leader[self._leader[n]]
        return n


def _alike(said: Iterable[str | None]) -> dict[str, list[int]]:
    """The places of each value."""
    places: dict[str, list[int]] = {}
    for place, value in enumerate(said):
        if value is not None:
            places.setdefault(value, []).append(place)
    return places


def permanent_first(upns: Iterable[str]) -> list[str]:
    """UPNs of one pupil: a temporary one after one that will stay."""
    return sorted(upns, key=_permanent_first)


def _good(upn: str | None) -> str | None:
    return upn if upn and not upn_problem(upn) else None


def _permanent_first(upn: str) -> tuple[bool, str]:
    return is_temporary_upn(upn), upn


def _order(number: str) -> tuple[bool, int, str]:
    return not number.isdecimal(), int(number) if number.isdecimal() else 0, number


def _found(column: pl.Expr, leads: Mapping[str, str]) -> pl.Expr:
    if not leads:
        return pl.lit(None, dtype=pl.String)
    old, new = pl.Series(list(leads), dtype=pl.String), pl.Series(list(leads.values()), dtype=pl.String)
    return column.replace_strict(old, new, default=None, return_dtype=pl.String)
