"""What the authority tells a school: asked for page by page, and held to the form of the feed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rollbook.contract import Action, FixSettings, News, NewsPage, VendorMustAct
from rollbook_feed import NEWS_KINDS, known_news, news_problems
from rollbook_la_portal.portal import Portal, json_object, unexpected
from rollbook_la_portal.takes import takes

_KIND = re.compile(r"[a-z][a-z0-9_]{0,63}")


def news_page(portal: Portal, school: int, after: int) -> NewsPage:
    """The news after a number, up to a piece that is not in the feed's form. Raises as `Portal.get`; FixSettings where
    the school is not this client's, VendorMustAct where the very first piece is not in form.
    """
    known = takes(portal)
    if not known.tells:
        return NewsPage((), after)
    if not known.speaks_for(school):  # not asked: there may be many
        raise FixSettings(_NOT_OURS.format(portal.host, school))
    answer = portal.get(f"v1/schools/{school}/news", label="news", after=after)
    if answer.status_code == 403:
        raise FixSettings(_NOT_OURS.format(portal.host, school))
    if answer.status_code != 200:
        raise unexpected(portal.host, "v1/schools/news", answer)
    items = json_object(answer).get("items")
    if not isinstance(items, list):
        raise VendorMustAct(f"{portal.host} answered the question for news with none, nor with an empty list.")
    found: list[News] = []
    for item in items:
        told = known_news(item) if isinstance(item, Mapping) else {}
        wrong = _wrong(told)
        if wrong and not found:
            raise VendorMustAct(_NOT_IN_FORM.format(portal.host, after, school, wrong))
        if wrong:
            break  # what came before it is kept, and it is asked for again
        found.append(_piece(told))
    return NewsPage(tuple(found), found[-1].number if found else after)


_NOT_OURS = "{} does not let this client speak for school {}: ask the authority."
_NOT_IN_FORM = (
    "{} gives, after number {}, news for school {} that is not in the form of the feed ({}): ask the authority to mend "
    "it; what comes after it is read then."
)


def _wrong(told: Mapping[str, Any]) -> str:
    """What is wrong with a piece of news, without its values; a kind that we do not know is none of it."""
    kind = told.get("kind")
    unknown = isinstance(kind, str) and kind not in NEWS_KINDS and _KIND.fullmatch(kind)
    wrong = [row for row in news_problems(told) if not (unknown and row["pointer"] == "/kind")]
    return "; ".join(f"{row['pointer']}: {row['problem']}" for row in wrong[:5])


def _piece(told: Mapping[str, Any]) -> News:
    return News(
        number=int(told["number"]),
        kind=told["kind"],
        school=int(told["school"]),
        id=told["id"],
        revision=int(told["revision"]),
        action=Action(told["action"]),
        at=datetime.fromisoformat(told["at"]),
        content=told["content"],
    )
