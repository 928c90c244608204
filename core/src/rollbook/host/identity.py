"""Who is who: from a vendor's key of a pupil to Rollbook's own number, the same at every school and after every change.

A number is a digest, keyed by this installation, of where the child was first seen: a rerun or a restored backup gives
the same one. Dated links lead to it: from a connection's key, and from each UPN. Name with date of birth is proposed
to a person and never assumed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from rollbook.host.store.people import links, pupils
from rollbook.host.store.runs import installation
from rollbook.tables.checks import upn_problem
from rollbook.tables.schemas import PUPIL


@dataclass(frozen=True)
class Proposal:
    """Two numbers that may be one child. A person decides; nothing was joined."""

    pupil: int
    perhaps: int
    why: str


@dataclass
class Identified:
    """What became of a school's pupils. `numbers`: the vendor's key (`key`) and our number (`pupil`) of each."""

    numbers: pl.DataFrame
    new_links: list[dict[str, Any]] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    shared_upns: frozenset[str] = frozenset()

    @property
    def sentences(self) -> list[str]:
        """What a person should look at, without naming anybody."""
        said = []
        if self.shared_upns:
            said.append(
                f"{len(self.shared_upns)} UPNs are each given to more than one pupil of this export: they were not "
                f"used to recognise anybody. Correct them in the MIS."
            )
        if self.proposals:
            said.append(f"{len(self.proposals)} pupils may be known already under another number: see `pupils`.")
        return said


def identify(conn: sa.Connection, school: int, connection: str, rows: pl.DataFrame) -> Identified:
    """Number the pupils of a page table (`PAGES[pupils]`). Reads the links; writes nothing. A row without a key gets
    no number; of two rows with one key the first is looked at.

    Raises nothing of its own: what is doubtful is in `proposals` and `shared_upns`.
    """
    records = rows.filter(pl.col("pupil").is_not_null()).unique("pupil", keep="first", maintain_order=True).to_dicts()
    upns = Counter(_usable(record.get("upn")) for record in records)
    shared = frozenset(upn for upn, times in upns.items() if upn and times > 1)
    known = _Known(conn, school, connection, records)
    found = Identified(pl.DataFrame(), shared_upns=shared)
    # Those with a key we know come first: a UPN that wandered must not take another pupil's number.
    for record in sorted(records, key=lambda r: (r["pupil"] not in known.keys, r["pupil"])):
        _number(record, known, found)
    numbers = [(record["pupil"], known.keys[record["pupil"]]) for record in records]
    found.numbers = pl.DataFrame(numbers, schema={"key": pl.String, "pupil": PUPIL}, orient="row")
    return found


def keep_links(conn: sa.Connection, found: Identified, moment: datetime) -> None:
    """Write the links that `identify` found to be new."""
    if found.new_links:
        conn.execute(links.insert(), [link | {"known_from": moment} for link in found.new_links])


def known_numbers(conn: sa.Connection, school: int, connection: str) -> pl.DataFrame:
    """Every key that this connection ever used at the school, with our number: `key`, `pupil`."""
    query = sa.select(links.c.value, links.c.pupil).where(
        links.c.kind == "key", links.c.school == school, links.c.connection == connection, links.c.known_to.is_(None)
    )
    rows = [tuple(row) for row in conn.execute(query)]
    return pl.DataFrame(rows, schema={"key": pl.String, "pupil": PUPIL}, orient="row")


def digest_number(key: bytes, school: int, connection: str, vendor_key: str, attempt: int = 0) -> int:
    """A positive number of 63 bits. `attempt` counts the digests that were taken by another child."""
    seen = "\x1f".join((str(school), connection, vendor_key, *(["again", str(attempt)] if attempt else [])))
    digest = hmac.new(key, seen.encode(), hashlib.sha256).digest()
    return (int.from_bytes(digest[:8], "big") >> 1) or 1


class _Known:
    """What the links say of the pupils at hand: keys and UPNs to numbers, and the details kept of those numbers."""

    def __init__(self, conn: sa.Connection, school: int, connection: str, records: Sequence[dict[str, Any]]) -> None:
        self.conn, self.school, self.connection = conn, school, connection
        self.installation: bytes = conn.execute(sa.select(installation.c.key)).scalar_one()
        self.keys = dict(known_numbers(conn, school, connection).iter_rows())
        self.numbers_here = {self.keys[r["pupil"]] for r in records if r["pupil"] in self.keys}
        wanted = {_usable(r.get(name)) for r in records for name in ("upn", "former_upn")}
        self.upns = _upn_links(conn, sorted(upn for upn in wanted if upn))

    def new_number(self, vendor_key: str) -> int:
        attempt = 0
        while True:
            number = digest_number(self.installation, self.school, self.connection, vendor_key, attempt)
            if number not in self.keys.values() and not self._taken(number):
                return number
            attempt += 1

    def details(self, number: int) -> list[sa.Row[Any]]:
        query = sa.select(pupils.c.surname, pupils.c.forename, pupils.c.dob).where(pupils.c.pupil == number)
        return list(self.conn.execute(query.where(pupils.c.known_to.is_(None))))

    def namesakes(self, record: dict[str, Any]) -> list[int]:
        if not (record.get("dob") and record.get("surname") and record.get("forename")):
            return []
        query = sa.select(pupils.c.pupil, pupils.c.surname, pupils.c.forename).where(
            pupils.c.dob == record["dob"], pupils.c.known_to.is_(None)
        )
        wanted = (_plain(record["surname"]), _plain(record["forename"]))
        return sorted({row.pupil for row in self.conn.execute(query) if (_plain(row[1]), _plain(row[2])) == wanted})

    def _taken(self, number: int) -> bool:
        return self.conn.execute(sa.select(links.c.id).where(links.c.pupil == number).limit(1)).first() is not None


def _number(record: dict[str, Any], known: _Known, found: Identified) -> None:
    """Give one pupil a number: by key, by UPN, by former UPN, else a new one."""
    key = record["pupil"]
    upn = _usable(record.get("upn"))
    if upn in found.shared_upns:
        upn = None
    by_upn = _by_upn(record, upn, known)
    if key not in known.keys:
        number = by_upn if by_upn is not None else known.new_number(key)
        known.keys[key] = number
        known.numbers_here.add(number)
        link = {"kind": "key", "connection": known.connection, "school": known.school, "value": key, "pupil": number}
        found.new_links.append(link)
        if by_upn is None:
            others = [n for n in known.namesakes(record) if n not in known.numbers_here]
            found.proposals += [Proposal(number, other, "same name and date of birth") for other in others]
    number = known.keys[key]
    if upn and upn not in known.upns:
        known.upns[upn] = number
        found.new_links.append({"kind": "upn", "connection": None, "school": None, "value": upn, "pupil": number})
    elif upn and known.upns[upn] != number:
        found.proposals.append(Proposal(number, known.upns[upn], "same UPN"))


def _by_upn(record: dict[str, Any], upn: str | None, known: _Known) -> int | None:
    """The number that a UPN, or else the former one, leads to; None where that would join two different children."""
    for value in (upn, _usable(record.get("former_upn"))):
        number = known.upns.get(value) if value else None
        if number is None or (number in known.numbers_here and known.keys.get(record["pupil"]) != number):
            continue  # unknown, or it is another pupil of this same export
        if all(_same_child(record, row.surname, row.dob) for row in known.details(number)):
            return number
    return None


def _same_child(record: dict[str, Any], surname: str | None, dob: date | None) -> bool:
    """Whether a UPN may be trusted: a name changes and a date is mistyped, but hardly both at once."""
    return dob == record.get("dob") or _plain(surname) == _plain(record.get("surname"))


def _upn_links(conn: sa.Connection, upns: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(upns), 500):
        query = sa.select(links.c.value, links.c.pupil).where(
            links.c.kind == "upn", links.c.known_to.is_(None), links.c.value.in_(upns[start : start + 500])
        )
        found.update((row.value, row.pupil) for row in conn.execute(query))
    return found


def _usable(upn: str | None) -> str | None:
    written = (upn or "").strip().upper()
    return written if written and upn_problem(written) is None else None


def _plain(name: str | None) -> str:
    return " ".join((name or "").casefold().split())
