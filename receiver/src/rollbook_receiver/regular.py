"""The regular feed: bodies of a day or a week, by revision; the highest counts, in whatever order they come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from rollbook_feed import canonical, digest, regular_problems
from rollbook_receiver import clients, settings
from rollbook_receiver.clients import Client
from rollbook_receiver.moments import as_text
from rollbook_receiver.problem import Refused, unauthorised
from rollbook_receiver.tables import regular

DAY_OF = {"day": "date", "week": "week", "sessions": "date"}  # the body's own name of its day


def wanted(connection: Connection, client: Client) -> dict[str, Any]:
    """What this client is asked for, as whoami says it: `kinds` of message; `regular`, what the authority chose, and
    sessions where one of its schools agreed to them; `sessions`, those schools; `least`, below which a row of a week
    shows nothing.
    """
    agreed = [school for school in settings.value(connection, "sessions") if client.may_speak_for(school)]
    asked = [*settings.value(connection, "regular"), *(["sessions"] if agreed else [])]
    kinds = settings.value(connection, "kinds")
    return {"kinds": kinds, "regular": asked, "sessions": agreed, "least": settings.value(connection, "smallest_group")}


def problems(kind: str, school: int, day: str, body: Any, today: date) -> list[dict[str, str]]:
    """All that is wrong with a body, in the form of the feed, and where it is not the one that its address names, or of
    a day after today.
    """
    found = regular_problems(kind, body)
    if isinstance(body, Mapping):
        for name, told in (("school", school), (DAY_OF[kind], day)):
            if name in body and body[name] != told:
                found.append({"pointer": f"/{name}", "problem": "not that of the address"})
    if day > today.isoformat():
        found.append({"pointer": f"/{DAY_OF[kind]}", "problem": "a day that has not come"})
    return found


def take(
    connection: Connection, client: Client, kind: str, school: int, day: str, body: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """Keep a body that has no problems, and say which revision is the newest that is held.

    Raises Refused: 401 when the client was revoked meanwhile, 403 when it is not asked for, 422 when its groups may be
    too small, 409 when the revision is held with another body.
    """
    if not clients.holds(connection, client.client):
        raise unauthorised("The client was revoked.")
    _may(connection, kind, school, body)
    revision = int(body["revision"])
    text = canonical(body)
    held = connection.execute(select(regular.c.body).where(_of(kind, school, day), regular.c.revision == revision))
    same = held.scalar()
    if same is None:
        row = {"kind": kind, "school": school, "day": day, "revision": revision, "client": client.client, "body": text}
        connection.execute(insert(regular).values(**row, digest=digest(body), received_at=as_text(at)))
    elif same != text:
        title = "This revision is held already with another body; nothing was changed."
        raise Refused(409, "revision-held", title)
    kept = newest(connection, kind, school, day)
    if kept is None:
        raise LookupError("a body that was just kept")
    return kept


def newest(connection: Connection, kind: str, school: int, day: str) -> dict[str, Any] | None:
    """Which revision counts: `revision`, `digest`, `received_at`."""
    rows = select(regular.c.revision, regular.c.digest, regular.c.received_at).where(_of(kind, school, day))
    row = connection.execute(rows.order_by(regular.c.revision.desc()).limit(1)).first()
    return dict(row._mapping) if row else None


def last_days(connection: Connection) -> dict[int, dict[str, Any]]:
    """The newest body of each school's last day that was reported, with `received_at`."""
    c = regular.c
    last = select(c.school, func.max(c.day).label("day")).where(c.kind == "day").group_by(c.school).subquery()
    rows = connection.execute(
        select(c.school, c.body, c.received_at)
        .join(last, (c.school == last.c.school) & (c.day == last.c.day))
        .where(c.kind == "day")
        .order_by(c.school, c.revision)
    )
    return {row.school: json.loads(row.body) | {"received_at": row.received_at} for row in rows}


def weeks(connection: Connection, school: int) -> list[dict[str, Any]]:
    """The newest body of each week of a school, the first week first."""
    c = regular.c
    rows = select(c.day, c.body).where(c.kind == "week", c.school == school).order_by(c.day, c.revision)
    return [json.loads(body) for body in {row.day: row.body for row in connection.execute(rows)}.values()]


def _may(connection: Connection, kind: str, school: int, body: Mapping[str, Any]) -> None:
    asked = settings.value(connection, "sessions" if kind == "sessions" else "regular")
    if (school if kind == "sessions" else kind) not in asked:
        raise Refused(403, "not-wanted", "The authority does not ask for this of the school: whoami says for what.")
    least = settings.value(connection, "smallest_group")
    if kind == "week" and body["least"] < least:
        wrong = {"pointer": "/least", "problem": f"below the authority's number, which is {least}"}
        raise Refused(
            422, "not-well-formed", "Groups may be too small to be told of; nothing was kept.", errors=[wrong]
        )


def _of(kind: str, school: int, day: str) -> Any:
    return (regular.c.kind == kind) & (regular.c.school == school) & (regular.c.day == day)
