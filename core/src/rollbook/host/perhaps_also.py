"""Which numbers may be of one child: found in what is kept, for a person to look at. Nothing is joined."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from rollbook.host.known_pupils import plain
from rollbook.host.store.people import links, pupils


def same_child(conn: sa.Connection) -> dict[int, set[int]]:
    """To each number the others that now have its UPN, or its name and date of birth.

    Two whom one school's source names side by side are two children, though they be namesakes.
    """
    shared: defaultdict[tuple[Any, ...], set[int]] = defaultdict(set)
    there: defaultdict[int, set[int]] = defaultdict(set)
    said = [pupils.c[name] for name in ("pupil", "school", "in_source", "upn", "dob", "surname", "forename")]
    for row in conn.execute(sa.select(*said).where(pupils.c.known_to.is_(None))):
        if row.in_source:
            there[row.pupil].add(row.school)
        if row.upn:
            shared["upn", row.upn].add(row.pupil)
        if row.dob and row.surname and row.forename:
            shared["name", row.dob, plain(row.surname), plain(row.forename)].add(row.pupil)
    for link in conn.execute(sa.select(links).where(links.c.kind == "upn", links.c.known_to.is_(None))):
        if ("upn", link.value) in shared:
            shared["upn", link.value].add(link.pupil)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for (why, *_), numbers in shared.items():
        for one in numbers if len(numbers) > 1 else ():
            found[one] |= {n for n in numbers - {one} if why == "upn" or not there[one] & there[n]}
    return found
