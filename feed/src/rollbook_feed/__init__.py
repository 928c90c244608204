"""The open feed: what schools' systems and local authorities tell each other. Documented in docs/feed/.

Both ends use it: `problems`, `news_problems` and `regular_problems` say all that is wrong with what came, `digest`
names a content without repeating it, `example` gives one made-up message of each kind.
"""

from __future__ import annotations

from rollbook_feed.digest import canonical, digest
from rollbook_feed.examples import example
from rollbook_feed.from_authority import NEWS_KINDS
from rollbook_feed.from_school import KINDS
from rollbook_feed.judging import ACTIONS
from rollbook_feed.message import FEED_VERSION, problems, required_fields
from rollbook_feed.news import known_news, news_problems
from rollbook_feed.regular import REGULAR_KINDS, regular_problems

__all__ = [
    "ACTIONS",
    "FEED_VERSION",
    "KINDS",
    "NEWS_KINDS",
    "REGULAR_KINDS",
    "canonical",
    "digest",
    "example",
    "known_news",
    "news_problems",
    "problems",
    "regular_problems",
    "required_fields",
]
