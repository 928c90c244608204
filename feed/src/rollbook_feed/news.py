"""News: what an authority tells a school. The school asks for it, from the number after the last that it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rollbook_feed.fields import Choice, Moment, Part, Pattern, Whole
from rollbook_feed.from_authority import NEWS_CONTENTS, NEWS_KINDS
from rollbook_feed.from_school.withdrawal import Withdrawal
from rollbook_feed.judging import ACTIONS, errors_of, known, listed, of_content
from rollbook_feed.message import ContentOf
from rollbook_feed.quick import form


class News(Part):
    """One piece of news. `id` names the thing for ever; the highest revision of it counts."""

    feed_version = Pattern(
        "the version that it is written in: a sender reads every 1.x, and passes over what it does not know",
        r"1\.(0|[1-9][0-9]{0,3})",
        "a version 1.x of the feed",
        required=True,
    )
    number = Whole("counts the news for this school, from 1; never used again", 1, 2**53 - 1, required=True)
    kind = Choice("which form the content has", NEWS_KINDS, required=True)
    school = Whole("the URN of the school that is told", 100_000, 999_999, required=True, ctf="URN")
    id = Pattern(
        "the authority's own name of the thing, for ever; no pupil's name",
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
        "1 to 64 letters, digits, dots, dashes and underscores",
        required=True,
    )
    revision = Whole("1 and up; the highest counts", 1, 2**53 - 1, required=True)
    action = Choice("what the revision does", ACTIONS, required=True)
    at = Moment("when the authority said it", required=True)
    content = ContentOf("what is said", required=True)


def known_news(news: Mapping[str, Any]) -> dict[str, Any]:
    """A piece of news without what this version of the feed does not know (F-39). The content of a kind that it does
    not know is left as it is.
    """
    whole = form(News).fields
    told = {name: value for name, value in news.items() if name in whole}
    part = Withdrawal if told.get("action") == "withdraw" else NEWS_CONTENTS.get(str(told.get("kind")))
    return told | ({"content": known(form(part), told["content"])} if part and "content" in told else {})


def news_problems(news: Any) -> list[dict[str, str]]:
    """All that is wrong with a piece of news, in the form of `problems`."""
    if not isinstance(news, Mapping):
        return [{"pointer": "", "problem": "not an object"}]
    errors = errors_of(News, news)
    kind = news.get("kind")
    part = NEWS_CONTENTS.get(kind) if isinstance(kind, str) else None
    inside = of_content(news.get("content"), news.get("action"), part, Withdrawal)
    if inside:
        errors["content"] = inside
    return listed(errors)
