"""News of authorities, as it is kept. Its contents are personal: they are shown on a terminal, and logged nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rollbook.contract.news import News
from rollbook.host.news_form import NOTICE_OUTCOME, held_to_form
from rollbook.host.store.authority import news


def newest_number(conn: sa.Connection, destination: str, school: int) -> int:
    """The number to ask after: that of the last piece that is kept; 0 at first."""
    query = sa.select(sa.func.max(news.c.number)).where(news.c.destination == destination, news.c.school == school)
    return int(conn.execute(query).scalar() or 0)


def keep(conn: sa.Connection, destination: str, items: Sequence[News], moment: datetime) -> None:
    """Keep what came, of each the fields that the open feed has: what it has not is passed over.

    The highest revision of a thing holds. Of the others nothing is kept but that they came, in whatever order they do.
    """
    for item in items:
        c = news.c
        thing = [c.destination == destination, c.school == item.school, c.kind == item.kind, c.name == item.id]
        later = conn.execute(sa.select(c.id).where(*thing, c.revision >= item.revision)).first()
        content, wrong = held_to_form(item) if later is None else ({}, [])
        if later is None:
            conn.execute(news.update().where(*thing).values(holds=False, content={}, wrong=[]))
        row = {
            "destination": destination,
            "school": item.school,
            "number": item.number,
            "kind": item.kind,
            "name": item.id,
            "revision": item.revision,
            "action": item.action.value,
            "at": item.at,
            "holds": later is None,
            "content": content,
            "wrong": wrong,
            "came": moment,
        }
        conn.execute(news.insert(), row)


def select(conn: sa.Connection, *where: sa.ColumnElement[bool]) -> list[sa.Row[Any]]:
    """Those of which the condition holds, in the order in which they came."""
    return list(conn.execute(sa.select(news).where(*where).order_by(news.c.id)))


def see(conn: sa.Connection, number: int, by: str, moment: datetime) -> None:
    """Note who looked at a piece of news. Who looked first stands."""
    unseen = [news.c.id == number, news.c.seen.is_(None)]
    conn.execute(news.update().where(*unseen).values(seen_by=by, seen=moment))


def unseen(conn: sa.Connection, school: int, destination: str | None = None) -> int:
    """How many pieces of news of a school hold and were looked at by nobody."""
    where = [news.c.school == school, news.c.seen.is_(None), news.c.holds]
    where += [news.c.destination == destination] if destination else []
    return int(conn.execute(sa.select(sa.func.count()).select_from(news).where(*where)).scalar_one())


def of_case(conn: sa.Connection, school: int, pupil: int, episode: int) -> list[sa.Row[Any]]:
    """The outcomes of notices that answer the penalty notice request of this key, and hold."""
    found = select(conn, news.c.school == school, news.c.kind == NOTICE_OUTCOME, news.c.holds)
    key = {"pupil": str(pupil), "episode": episode}
    return [row for row in found if row.content.get("request") == key]
