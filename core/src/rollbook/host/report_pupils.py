"""Pupils, for people who were asked for a UPN or a name at a prompt. All of it is personal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from rollbook.contract.errors import FixSettings
from rollbook.host.config import Config
from rollbook.host.perhaps_also import same_child
from rollbook.host.report_cases import case_row
from rollbook.host.report_messages import school_names
from rollbook.host.rows import LinkRow, PupilDetail, PupilRow
from rollbook.host.state import opened
from rollbook.host.store.followup import cases
from rollbook.host.store.people import links, pupils, roll


def find_pupils(
    config: Config,
    *,
    upn: str | None = None,
    name: str | None = None,
    key: str | None = None,
    school: int | None = None,
) -> list[PupilRow]:
    """Pupils by UPN (the present or a former one), by a part of a name, by the source's key or Rollbook's number, or
    all of a school; by school and name.
    """
    where = [pupils.c.school == school] if school is not None else []
    with opened(config) as database, database.read() as conn:
        if upn is not None:
            known = sa.select(links.c.pupil).where(links.c.kind == "upn", links.c.value == upn.strip().upper())
            where.append(pupils.c.pupil.in_(known))
        if key is not None:
            where.append(_of_key(key.strip()))
        rows = [row for row in _rows(conn, config, where) if name is None or _named(row, name)]
    return sorted(rows, key=lambda row: (row.school, row.surname or "", row.forename or "", row.pupil))


def pupil(config: Config, number: int) -> PupilDetail:
    """A pupil at every school, with what leads there and the cases. Raises FixSettings when there is none."""
    with opened(config) as database, database.read() as conn:
        rows = _rows(conn, config, [pupils.c.pupil == number])
        if not rows:
            raise FixSettings(f"There is no pupil {number}: `rollbook pupils find` finds one.")
        found = conn.execute(sa.select(links).where(links.c.pupil == number).order_by(links.c.id))
        leads = [LinkRow(row.kind, row.connection, row.school, row.known_from, row.known_to) for row in found]
        numbers = conn.execute(sa.select(cases.c.id).where(cases.c.pupil == number).order_by(cases.c.id)).scalars()
        return PupilDetail(tuple(rows), tuple(leads), tuple(case_row(conn, config, one) for one in numbers.all()))


def _rows(conn: sa.Connection, config: Config, where: list[sa.ColumnElement[bool]]) -> list[PupilRow]:
    names, also, keys = school_names(config), same_child(conn), _keys(conn)
    spells = {}
    for spell in conn.execute(sa.select(roll).where(roll.c.known_to.is_(None)).order_by(roll.c["from"])).mappings():
        spells[spell["school"], spell["pupil"]] = spell  # the latest stays
    query = sa.select(pupils).where(pupils.c.known_to.is_(None), *where).order_by(pupils.c.id)
    found = []
    for row in conn.execute(query).mappings():
        latest = spells.get((row["school"], row["pupil"]))
        one = _row(row, latest, names.get(row["school"], str(row["school"])))
        leads = tuple(keys.get((one.school, one.pupil), ()))
        found.append(replace(one, keys=leads, perhaps=tuple(sorted(also.get(one.pupil, ())))))
    return found


def _of_key(asked: str) -> sa.ColumnElement[bool]:
    """Of the pupils to whom the source's key leads at the row's school, or who have Rollbook's number."""
    key = sa.select(links.c.pupil).where(
        links.c.kind == "key", links.c.value == asked, links.c.school == pupils.c.school, links.c.known_to.is_(None)
    )
    number = pupils.c.pupil == int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 15 else sa.false()
    return sa.or_(pupils.c.pupil.in_(key), number)


def _keys(conn: sa.Connection) -> dict[tuple[int, int], list[str]]:
    """The sources' own keys of each pupil at each school."""
    query = sa.select(links).where(links.c.kind == "key", links.c.known_to.is_(None)).order_by(links.c.id)
    found: dict[tuple[int, int], list[str]] = {}
    for row in conn.execute(query):
        found.setdefault((row.school, row.pupil), []).append(row.value)
    return found


def _row(row: sa.RowMapping, spell: Any, school_name: str) -> PupilRow:
    return PupilRow(
        **{name: row[name] for name in ("pupil", "school", "upn", "surname", "forename", "dob", "in_source")},
        school_name=school_name,
        year_group=spell["year_group"] if spell else None,
        class_name=spell["class_name"] if spell else None,
        on_roll_from=spell["from"] if spell else None,
        on_roll_to=spell["to"] if spell else None,
    )


def _named(row: PupilRow, name: str) -> bool:
    """Whether every word of `name` begins some word of the pupil's names."""
    words = f"{row.forename or ''} {row.surname or ''}".casefold().replace("-", " ").split()
    wanted = name.casefold().replace("-", " ").split()
    return bool(wanted) and all(any(word.startswith(part) for word in words) for part in wanted)
