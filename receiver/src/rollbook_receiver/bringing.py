"""The authority's own list of people, from a CSV file: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from rollbook_receiver import likeness, lines
from rollbook_receiver.likeness import Told
from rollbook_receiver.moments import as_text
from rollbook_receiver.tables import people, registrations

NEEDED = ("reference", "surname", "forename", "dob")
COLUMNS = (*NEEDED, "upn", "former_upn", "preferred_surname", "preferred_forename", "home_la")
_LONGEST = {"reference": 100, "upn": 13, "former_upn": 13, "home_la": 3}
_LISTED = people.c.reference.is_not(None) | (people.c.origin == "officer")


class CannotBring(Exception):
    """The file is not taken. Its text says which lines are wrong, and names nobody."""


@dataclass(frozen=True)
class Brought:
    """What was done: new and known people, and UPNs that do not stand."""

    new: int
    known: int
    weak_upns: int


def read(path: Path) -> list[dict[str, str]]:
    """The rows, checked, with those of `COLUMNS` that the file has. Raises CannotBring."""
    try:
        head, rows = lines.read(path)
    except lines.CannotRead as error:
        raise CannotBring(str(error)) from None
    if missing := [name for name in NEEDED if name not in head]:
        raise CannotBring(f"{path.name} has no column {', '.join(missing)}. Its columns are {', '.join(COLUMNS)}.")
    made = [(number, {name: cell for name, cell in row.items() if name in COLUMNS}) for number, row in rows]
    wrong = list(_wrong(made))
    if wrong:
        more = f" and {len(wrong) - 20} more" if len(wrong) > 20 else ""
        raise CannotBring(f"{path.name} was not taken: {'; '.join(wrong[:20])}{more}.")
    return [row | {"dob": lines.iso(row["dob"]) or ""} for _, row in made]


def bring(connection: Connection, rows: list[dict[str, str]], at: datetime) -> Brought:
    """Keep the list: a reference that is known is brought up to date in the columns that the rows have, all the same
    ones. Whoever schools' pupils are is to be found anew then, by `matching.again`.
    """
    there = connection.execute(select(people).where(_LISTED)).all()
    listed = {row.reference: row for row in there if row.reference}
    by_officers = {row.upn: row for row in there if not row.reference}  # a reference may look like a UPN
    new, still = [], []
    for row in rows:
        values = {name: value or None for name, value in row.items()} | {"origin": "list"}
        known = listed.get(row["reference"]) or _made_by_officer(by_officers.get(row.get("upn")), row)
        if known is None:
            new.append(values)
        elif any(getattr(known, name) != value for name, value in values.items()):
            connection.execute(update(people).where(people.c.id == known.id).values(**values))
        if known is not None:
            still.append({"one": known.id})
    if new:
        connection.execute(insert(people), [values | {"listed_at": as_text(at)} for values in new])
    if still:
        listed_now = update(people).where(people.c.id == bindparam("one")).values(listed_at=as_text(at))
        connection.execute(listed_now, still)
    _forget_those_from_messages(connection)
    weak = sum(bool(upn) and not likeness.upn_stands(upn) for upn in (row.get("upn") for row in rows))
    return Brought(len(new), len(still), weak)


def _made_by_officer(held: Row[Any] | None, row: dict[str, str]) -> Row[Any] | None:
    """A person with this UPN, name and birth whom an officer made before the list had them."""
    if held is None or not likeness.upn_stands(row.get("upn")):
        return None
    told, known = (Told(one["surname"], one["forename"], one["dob"]) for one in (row, held._mapping))
    return None if likeness.differences(told, known) else held


def _forget_those_from_messages(connection: Connection) -> None:
    """People made from messages were a stand-in for the list. Whom an officer settled on stays."""
    c = registrations.c
    settled = select(c.person).where(c.settled_by.is_not(None), c.person.is_not(None))
    gone = (people.c.origin == "message") & people.c.id.not_in(settled)
    of_them = c.person.in_(select(people.c.id).where(gone))
    connection.execute(update(registrations).where(of_them).values(person=None, state=likeness.UNMATCHED))
    connection.execute(delete(people).where(gone))


def _wrong(rows: list[tuple[int, dict[str, str]]]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, row in rows:
        if empty := [name for name in NEEDED if not row[name]]:
            yield f"line {number} has no {', '.join(empty)}"
        if row["dob"] and lines.iso(row["dob"]) is None:
            yield f"line {number}: dob is not a day as 2017-03-09 or 09/03/2017"
        if long := [name for name, value in row.items() if len(value) > _LONGEST.get(name, 200)]:
            yield f"line {number}: too long: {', '.join(long)}"
        if row["reference"] and row["reference"] in seen:
            yield f"lines {seen[row['reference']]} and {number} have the same reference"
        seen[row["reference"]] = number
