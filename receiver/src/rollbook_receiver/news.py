"""What the authority tells its schools: numbered from 1 for each school, without a gap, in the order of telling."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from rollbook_feed import FEED_VERSION, canonical, news_problems
from rollbook_receiver.moments import as_text
from rollbook_receiver.tables import news

MOST = 100  # of an answer


class CannotTell(Exception):
    """This is no news of the feed. `problems` says what is wrong, naming no value."""

    def __init__(self, problems: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{row['pointer']}: {row['problem']}" for row in problems))
        self.problems = problems


def after(connection: Connection, school: int, number: int) -> dict[str, Any]:
    """`items`, and `next`: the number to ask after the next time."""
    c = news.c
    rows = select(c.number, c.body).where(c.school == school, c.number > number).order_by(c.number).limit(MOST)
    items = [json.loads(row.body) for row in connection.execute(rows)]
    return {"items": items, "next": items[-1]["number"] if items else number}


def tell(
    connection: Connection, kind: str, school: int, name: str, content: Mapping[str, Any], who: str, at: datetime
) -> dict[str, Any]:
    """Tell a school something, or something else under a name that it knows: then the content has a `reason`. A
    content of `reason` alone takes it back. Gives the news. Raises CannotTell.
    """
    c = news.c
    of_it = select(func.max(c.revision)).where(c.school == school, c.kind == kind, c.name == name)
    revision = (connection.execute(of_it).scalar() or 0) + 1
    number = (connection.execute(select(func.max(c.number)).where(c.school == school)).scalar() or 0) + 1
    action = "send" if revision == 1 else "withdraw" if set(content) == {"reason"} else "amend"
    envelope = {"feed_version": FEED_VERSION, "number": number, "kind": kind, "school": school, "id": name}
    said = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = {**envelope, "revision": revision, "action": action, "at": said, "content": dict(content)}
    if wrong := news_problems(made):
        raise CannotTell(wrong)
    row = {"school": school, "number": number, "kind": kind, "name": name, "revision": revision}
    connection.execute(insert(news).values(**row, body=canonical(made), at=as_text(at), who=who))
    return made
