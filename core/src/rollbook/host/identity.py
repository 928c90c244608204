"""Who is who: from a vendor's key of a pupil to Rollbook's own number, the same at every school and after every change.

A number is a digest, keyed by this installation, of where the child was first seen: a rerun or a restored backup gives
the same one. Dated links lead to it: from a connection's key, and from each UPN. Name with date of birth is proposed
to a person and never assumed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from rollbook.host.known_pupils import KnownPupils, plain, usable
from rollbook.host.store.people import links
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
        if self.perhaps_known:
            who = "1 pupil" if self.perhaps_known == 1 else f"{self.perhaps_known} pupils"
            said.append(
                f"{who} may be known already under another number (same UPN, or same name and date of birth): nothing "
                f"was joined, and each number is judged alone. `rollbook pupils list` marks them (PERHAPS ALSO). Where "
                f"two share a UPN, correct it in the MIS that has it wrong; where a child has moved, see that the MIS "
                f"of the earlier school has the leaving date."
            )
        return said

    @property
    def perhaps_known(self) -> int:
        """How many pupils there are proposals of: of one there may be several."""
        return len({proposal.pupil for proposal in self.proposals})


def identify(conn: sa.Connection, school: int, connection: str, rows: pl.DataFrame) -> Identified:
    """Number the pupils of a page table (`PAGES[pupils]`). Reads the links; writes nothing. A row without a key gets
    no number; of two rows with one key the first is looked at.

    Raises nothing of its own: what is doubtful is in `proposals` and `shared_upns`.
    """
    records = rows.filter(pl.col("pupil").is_not_null()).unique("pupil", keep="first", maintain_order=True).to_dicts()
    upns = Counter(usable(record.get("upn")) for record in records)
    shared = frozenset(upn for upn, times in upns.items() if upn and times > 1)
    known = KnownPupils(conn, school, connection, records)
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


def _number(record: dict[str, Any], known: KnownPupils, found: Identified) -> None:
    """Give one pupil a number: by key, by UPN, by former UPN, else a new one."""
    key = record["pupil"]
    upn = usable(record.get("upn"))
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


def _by_upn(record: dict[str, Any], upn: str | None, known: KnownPupils) -> int | None:
    """The number that a UPN, or else the former one, leads to; None where that would join two different children."""
    for value in (upn, usable(record.get("former_upn"))):
        number = known.upns.get(value) if value else None
        if number is None or (number in known.numbers_here and known.keys.get(record["pupil"]) != number):
            continue  # unknown, or it is another pupil of this same export
        if all(_same_child(record, row.surname, row.dob) for row in known.details(number)):
            return number
    return None


def _same_child(record: dict[str, Any], surname: str | None, dob: date | None) -> bool:
    """Whether a UPN may be trusted: a name changes and a date is mistyped, but hardly both at once."""
    return dob == record.get("dob") or plain(surname) == plain(record.get("surname"))
