"""News of authorities, for people: what came, what it says, and who looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rollbook.contract.destination import Kind
from rollbook.contract.errors import FixSettings
from rollbook.host import kept_cases, kept_news
from rollbook.host.config import Config
from rollbook.host.news_words import in_words
from rollbook.host.report_messages import school_names
from rollbook.host.state import opened
from rollbook.host.store.authority import news as table
from rollbook.host.store.followup import cases
from rollbook.host.store.people import links, pupils
from rollbook.outbox.kinds import OF_CASES


@dataclass(frozen=True)
class NewsRow:
    """A piece of an authority's news, without what it says. `news` is its number here, `number` that at the authority
    for the school; `name` the authority's own name of the thing. `holds`: no later revision of it came. `wrong`: what
    of it is not of the open feed's form, by its place.
    """

    news: int
    destination: str
    school: int
    school_name: str
    number: int
    kind: str
    name: str
    revision: int
    action: str
    at: datetime
    came: datetime
    holds: bool
    wrong: tuple[str, ...]
    seen_by: str | None
    seen: datetime | None


@dataclass(frozen=True)
class NewsDetail:
    """A piece of news whole. `content` and `text`, which is the same in plain English, are personal. `case`: the case
    that it is about, where it says so.
    """

    row: NewsRow
    content: Mapping[str, Any]
    text: tuple[str, ...]
    case: int | None


def listed(config: Config, *, school: int | None = None, waiting: bool = False) -> list[NewsRow]:
    """News in the order in which it came, without what it says. waiting: what nobody looked at, and still holds."""
    where = [table.c.school == school] if school is not None else []
    where += [table.c.seen.is_(None), table.c.holds] if waiting else []
    names = school_names(config)
    with opened(config) as database, database.read() as conn:
        return [news_row(names, row) for row in kept_news.select(conn, *where)]


def one(config: Config, number: int) -> NewsDetail:
    """A piece of news whole, which is personal. Raises FixSettings when there is none of that number."""
    with opened(config) as database, database.read() as conn:
        found = found_news(conn, number)
        words = in_words(found.kind, found.action, found.content) if found.holds else [_OVERTAKEN]
        words[1:1] = _known_here(conn, found)  # after who it is of
        return NewsDetail(news_row(school_names(config), found), found.content, tuple(words), _case(conn, found))


_OVERTAKEN = "A later revision of the same thing overtook it: what this one said is kept no longer."


def found_news(conn: sa.Connection, number: int) -> sa.Row[Any]:
    """The news of that number here. Raises FixSettings when there is none."""
    found = kept_news.select(conn, table.c.id == number)
    if not found:
        raise FixSettings(f"There is no news {number}: `rollbook news list --all` lists what there is.")
    return found[0]


def _case(conn: sa.Connection, found: sa.Row[Any]) -> int | None:
    """The case of which it speaks: that of the penalty notice request that it answers."""
    request = found.content.get("request") or {}
    kinds = [rule for rule, of in OF_CASES.items() if of.kind == Kind.PENALTY_NOTICE_REQUEST.value]
    if not {"pupil", "episode"} <= request.keys():
        return None
    c = cases.c
    where = [c.kind.in_(kinds), c.school == found.school, c.pupil == int(request["pupil"])]
    kept = kept_cases.select(conn, *where, c.episode == request["episode"])
    return kept[0].number if kept else None


def _known_here(conn: sa.Connection, found: sa.Row[Any]) -> list[str]:
    """Our number of the pupil with the UPN that it gives, for who looks the child up; or that the school has none."""
    upn = (found.content.get("pupil") or {}).get("upn")
    if not upn:
        return []
    ours = sa.select(links.c.pupil).where(links.c.kind == "upn", links.c.value == upn.strip().upper())
    here = [pupils.c.school == found.school, pupils.c.known_to.is_(None), pupils.c.pupil.in_(ours)]
    numbers = conn.execute(sa.select(pupils.c.pupil).where(*here).distinct()).scalars().all()
    if not numbers:
        return ["No pupil here has this UPN: ask the authority."]
    return [f"The pupil here with this UPN: `rollbook pupils show {number}`." for number in numbers]


def news_row(names: dict[int, str], row: sa.Row[Any]) -> NewsRow:
    """One in a list."""
    return NewsRow(
        news=row.id,
        destination=row.destination,
        school=row.school,
        school_name=names.get(row.school, str(row.school)),
        number=row.number,
        kind=row.kind,
        name=row.name,
        revision=row.revision,
        action=row.action,
        at=row.at,
        came=row.came,
        holds=row.holds,
        wrong=tuple(row.wrong),
        seen_by=row.seen_by,
        seen=row.seen,
    )
