"""What the authority tells its schools: numbered from 1 for each school, in the order of telling.

A number is never used again, though a backup was restored that does not know of it: whoever asks for what comes after a
number says that it was used. Of a thing that was told, the newest revision alone says what it says.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select

from rollbook_feed import FEED_VERSION, canonical, news_problems
from rollbook_receiver import audit, tables
from rollbook_receiver.moments import as_text, day_of
from rollbook_receiver.tables import clients, news, news_asked, news_used

MOST = 100  # of an answer
LEAP = 10_000  # of numbers that a client says it has, though nobody here told them

UNKNOWN = "asked after news not known here"  # in the audit log

_of_it = news.alias()
_same = and_(*(_of_it.c[name] == news.c[name] for name in ("school", "kind", "name")))
_LAST = select(func.max(_of_it.c.revision)).where(_same).correlate(news).scalar_subquery()


class CannotTell(Exception):
    """This is no news of the feed. `problems` says what is wrong, naming no value."""

    def __init__(self, problems: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{row['pointer']}: {row['problem']}" for row in problems))
        self.problems = problems


def give(connection: Connection, client: str, school: int, number: int, at: datetime) -> dict[str, Any]:
    """`items` after a number, and `next`: the number to ask after the next time. Keeps what the client has."""
    asked = {row.client: row for row in connection.execute(select(news_asked).where(news_asked.c.school == school))}
    has, given = (asked[client].has, asked[client].given) if client in asked else (0, 0)
    if number > given and (client in asked or not _another_had(connection, school, number, asked.values())):
        _go_on(connection, client, school, number, has, at)
    has = min(number, used(connection, school))
    page = after(connection, school, has)
    connection.execute(delete(news_asked).where(news_asked.c.school == school, news_asked.c.client == client))
    row = {"school": school, "client": client, "has": has, "given": max(given, page["next"]), "at": as_text(at)}
    connection.execute(insert(news_asked).values(**row))
    return page


def after(connection: Connection, school: int, number: int) -> dict[str, Any]:
    """`items` and `next`. What was overtaken keeps its number, and says no more than that."""
    c = news.c
    rows = select(c.body, _LAST.label("last")).where(c.school == school, c.number > number)
    rows = rows.order_by(c.number).limit(MOST)
    items = [_as_it_stands(json.loads(row.body), row.last) for row in connection.execute(rows)]
    return {"items": items, "next": items[-1]["number"] if items else number}


def tell(
    connection: Connection, kind: str, school: int, name: str, content: Mapping[str, Any], who: str, at: datetime
) -> dict[str, Any]:
    """Tell a school something, or something else under a name that it knows: then the content has a `reason`. A
    content of `reason` alone takes it back. Gives the news. Raises CannotTell.
    """
    last = _last_revision(connection, school, kind, name)
    revision = _next_revision(connection, school, last)
    if revision > 1 and set(content) == {"reason"}:
        action = "withdraw"
    else:
        action = "amend" if last or (revision > 1 and "reason" in content) else "send"
    envelope = {"feed_version": FEED_VERSION, "kind": kind, "school": school, "id": name, "action": action}
    said = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = {**envelope, "number": used(connection, school) + 1, "revision": revision, "at": said}
    made["content"] = dict(content)
    if wrong := news_problems(made):
        raise CannotTell(wrong)
    _keep(connection, made, who, as_text(at))
    return made


def was_told(connection: Connection, kind: str, school: int, name: str) -> bool:
    """Whether a school was told of a thing, or may have been: after a restored backup that is not known."""
    return bool(_last_revision(connection, school, kind, name)) or _forgotten(connection, school).number > 0


def listed(connection: Connection, school: int | None = None) -> list[Row[Any]]:
    """What each school was told last of each thing: school, number, kind, name, revision, body, at, who."""
    rows = select(news).where(news.c.revision == _LAST)
    rows = rows if school is None else rows.where(news.c.school == school)
    return list(connection.execute(rows.order_by(news.c.school, news.c.number)))


def fetched(connection: Connection, school: int | None = None) -> list[Row[Any]]:
    """Who asked for news of a school, the last time: school, client, its name, has, given, at."""
    c = news_asked.c
    rows = select(news_asked, clients.c.name).join(clients).order_by(c.school, c.client)
    return list(connection.execute(rows if school is None else rows.where(c.school == school)))


def lost(connection: Connection, school: int | None = None) -> list[Row[Any]]:
    """When a school asked after news that this database does not know: school, detail, at."""
    c = tables.audit.c
    rows = select(c.school, c.detail, c.at).where(c.what == UNKNOWN).order_by(c.id)
    return list(connection.execute(rows if school is None else rows.where(c.school == school)))


def no_longer_holds(connection: Connection, before: datetime, at: datetime) -> list[dict[str, Any]]:
    """What was told before a moment, and is overtaken, taken back or ended: school, number, kind, name. A flag without
    a last day, and contacts, hold until they are taken back.
    """
    c, today = news.c, day_of(at).isoformat()
    rows = select(news, _LAST.label("last")).where(c.at < as_text(before)).order_by(c.school, c.number)
    return [
        {name: getattr(row, name) for name in ("school", "number", "kind", "name")}
        for row in connection.execute(rows)
        if row.revision < row.last or not _holds(json.loads(row.body), today)
    ]


def forget(connection: Connection, school: int, numbers: Collection[int]) -> None:
    """Delete what has these numbers; they are not used again."""
    upto, restored = used(connection, school), _forgotten(connection, school).restored
    _set_used(connection, school, upto, restored=restored)
    each = [{"told": number} for number in numbers]
    connection.execute(delete(news).where(news.c.school == school, news.c.number == bindparam("told")), each)


def _holds(item: Mapping[str, Any], today: str) -> bool:
    if item["action"] == "withdraw" or item["kind"] == "notice_outcome":
        return False
    last: str = item["content"].get("held", {}).get("last_day", today)
    return last >= today


def _another_had(connection: Connection, school: int, number: int, asked: Iterable[Row[Any]]) -> bool:
    """Whether a client that asks for the first time may go on where another one of the school was."""
    return any(one.given >= number for one in asked) and not _forgotten(connection, school).restored


def _go_on(connection: Connection, client: str, school: int, number: int, has: int, at: datetime) -> None:
    """A client has news that nobody here gave it: a backup was restored. What was told since, and may have a number
    that the client has already for something else, is numbered anew, after it.
    """
    c, before = news.c, used(connection, school)
    told = connection.execute(select(func.max(c.number)).where(c.school == school)).scalar() or 0
    upto = max(before, min(number, told + LEAP))
    again = connection.execute(select(news).where(c.school == school, c.number > has).order_by(c.number)).all()
    if upto == before and not again:
        return  # it was told so before: `next` is what it is to ask after
    connection.execute(delete(news).where(c.school == school, c.number > has))
    _set_used(connection, school, upto, restored=True)
    for row in again:
        last = _last_revision(connection, school, row.kind, row.name)
        numbers = {"number": used(connection, school) + 1, "revision": _next_revision(connection, school, last)}
        _keep(connection, json.loads(row.body) | numbers, row.who, row.at)
    words = f"it has {number}, and {told} was told here: numbers go on after {upto}, {len(again)} given again"
    audit.record(connection, client, UNKNOWN, at, school=school, detail=words)


def used(connection: Connection, school: int) -> int:
    """The last number that was used."""
    told = connection.execute(select(func.max(news.c.number)).where(news.c.school == school)).scalar() or 0
    return max(told, _forgotten(connection, school).number)


class Forgotten(NamedTuple):
    """Numbers up to this may have been used for news that is not here; `restored`, for something else than is here."""

    number: int
    restored: bool


def _forgotten(connection: Connection, school: int) -> Forgotten:
    asked = select(news_used.c.number, news_used.c.restored).where(news_used.c.school == school)
    row = connection.execute(asked).first()
    return Forgotten(row.number, row.restored) if row else Forgotten(0, restored=False)


def _set_used(connection: Connection, school: int, number: int, *, restored: bool) -> None:
    connection.execute(delete(news_used).where(news_used.c.school == school))
    connection.execute(insert(news_used).values(school=school, number=number, restored=restored))


def _last_revision(connection: Connection, school: int, kind: str, name: str) -> int:
    c = news.c
    of_it = select(func.max(c.revision)).where(c.school == school, c.kind == kind, c.name == name)
    return connection.execute(of_it).scalar() or 0


def _next_revision(connection: Connection, school: int, last: int) -> int:
    """Above any that may be forgotten: there were never more revisions of a thing than numbers."""
    return max(last, _forgotten(connection, school).number) + 1


def _keep(connection: Connection, made: Mapping[str, Any], who: str, at: str) -> None:
    row = {name: made[name] for name in ("school", "number", "kind", "revision")} | {"name": made["id"]}
    connection.execute(insert(news).values(**row, body=canonical(made), at=at, who=who))


def _as_it_stands(item: dict[str, Any], last: int) -> dict[str, Any]:
    if item["revision"] == last:
        return item
    return item | {"action": "withdraw", "content": {"reason": f"overtaken by revision {last}"}}
