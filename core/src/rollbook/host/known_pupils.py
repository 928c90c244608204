"""What the links already say of some pupils: read at once for all of them, not one after another."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa

from rollbook.host.store.people import links, pupils
from rollbook.host.store.runs import installation
from rollbook.tables.checks import upn_problem
from rollbook.tables.schemas import PUPIL

# Fifteen digits: short enough to be read out, and whole in programs that hold numbers as fractions (below 2 to the 53).
LEAST, NUMBERS = 10**14, 9 * 10**14
AT_ONCE = 500  # values in one question to the database


def known_numbers(conn: sa.Connection, school: int, connection: str) -> pl.DataFrame:
    """Every key that this connection ever used at the school, with our number: `key`, `pupil`."""
    query = sa.select(links.c.value, links.c.pupil).where(
        links.c.kind == "key", links.c.school == school, links.c.connection == connection, links.c.known_to.is_(None)
    )
    rows = [tuple(row) for row in conn.execute(query)]
    return pl.DataFrame(rows, schema={"key": pl.String, "pupil": PUPIL}, orient="row")


def digest_number(key: bytes, school: int, connection: str, vendor_key: str, attempt: int = 0) -> int:
    """A number of fifteen digits. `attempt` counts the digests that were taken by another child."""
    seen = "\x1f".join((str(school), connection, vendor_key, *(["again", str(attempt)] if attempt else [])))
    digest = hmac.new(key, seen.encode(), hashlib.sha256).digest()
    return LEAST + int.from_bytes(digest[:16], "big") % NUMBERS


class KnownPupils:
    """Keys and UPNs to numbers, and the details kept of those numbers, for the pupils of one export.

    keys: this connection's keys at the school -> number. upns: UPN -> number. numbers_here: the numbers that pupils of
    this export have already.
    """

    def __init__(self, conn: sa.Connection, school: int, connection: str, records: Sequence[dict[str, Any]]) -> None:
        self.conn, self.school, self.connection = conn, school, connection
        self.installation: bytes = conn.execute(sa.select(installation.c.key)).scalar_one()
        self.keys = dict(known_numbers(conn, school, connection).iter_rows())
        self.numbers_here = {self.keys[r["pupil"]] for r in records if r["pupil"] in self.keys}
        wanted = {usable(r.get(name)) for r in records for name in ("upn", "former_upn")}
        self.upns = _upn_numbers(conn, {upn for upn in wanted if upn})
        self._details = _details(conn, set(self.upns.values()))
        new = [record for record in records if record["pupil"] not in self.keys]
        self._taken = _taken(conn, {self._digest(record["pupil"], 0) for record in new})
        self._born = _born_on(conn, {record["dob"] for record in new if record.get("dob")})

    def new_number(self, vendor_key: str) -> int:
        """A number that no other child has."""
        attempt = 0
        while (number := self._digest(vendor_key, attempt)) in self._taken or number in self.numbers_here:
            attempt += 1
            self._taken |= _taken(self.conn, {self._digest(vendor_key, attempt)})
        return number

    def details(self, number: int) -> list[sa.Row[Any]]:
        """Surname and date of birth of a number that a UPN leads to, as each of its schools has them."""
        return self._details.get(number, [])

    def namesakes(self, record: dict[str, Any]) -> list[int]:
        """The numbers of those born on the same day with the same name."""
        if not (record.get("dob") and record.get("surname") and record.get("forename")):
            return []
        wanted = (plain(record["surname"]), plain(record["forename"]))
        born = self._born.get(record["dob"], [])
        return sorted({row.pupil for row in born if (plain(row.surname), plain(row.forename)) == wanted})

    def _digest(self, vendor_key: str, attempt: int) -> int:
        return digest_number(self.installation, self.school, self.connection, vendor_key, attempt)


def usable(upn: str | None) -> str | None:
    """The UPN as it can be recognised again, or None where there is none that is well formed."""
    written = (upn or "").strip().upper()
    return written if written and upn_problem(written) is None else None


def plain(name: str | None) -> str:
    """A name without regard to letter case and spaces."""
    return " ".join((name or "").casefold().split())


def _upn_numbers(conn: sa.Connection, upns: set[str]) -> dict[str, int]:
    query = sa.select(links.c.value, links.c.pupil).where(links.c.kind == "upn", links.c.known_to.is_(None))
    return {row.value: row.pupil for row in _rows(conn, query, links.c.value, upns)}


def _details(conn: sa.Connection, numbers: set[int]) -> dict[int, list[sa.Row[Any]]]:
    query = sa.select(pupils.c.pupil, pupils.c.surname, pupils.c.dob).where(pupils.c.known_to.is_(None))
    found: dict[int, list[sa.Row[Any]]] = {}
    for row in _rows(conn, query, pupils.c.pupil, numbers):
        found.setdefault(row.pupil, []).append(row)
    return found


def _born_on(conn: sa.Connection, days: set[Any]) -> dict[Any, list[sa.Row[Any]]]:
    query = sa.select(pupils.c.pupil, pupils.c.surname, pupils.c.forename, pupils.c.dob)
    found: dict[Any, list[sa.Row[Any]]] = {}
    for row in _rows(conn, query.where(pupils.c.known_to.is_(None)), pupils.c.dob, days):
        found.setdefault(row.dob, []).append(row)
    return found


def _taken(conn: sa.Connection, numbers: set[int]) -> set[int]:
    return {row.pupil for row in _rows(conn, sa.select(links.c.pupil), links.c.pupil, numbers)}


def _rows(conn: sa.Connection, query: sa.Select[Any], column: Any, values: Iterable[Any]) -> Iterator[sa.Row[Any]]:
    """The rows whose `column` is one of `values`, asked for some hundreds at a time."""
    wanted = sorted(values)
    for start in range(0, len(wanted), AT_ONCE):
        yield from conn.execute(query.where(column.in_(wanted[start : start + AT_ONCE])))
