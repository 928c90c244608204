"""That a named person looked at an authority's news. It is kept with the news; nothing legal follows from it."""

from __future__ import annotations

from rollbook.host import clock, kept_news
from rollbook.host.clock import Clock
from rollbook.host.config import Config
from rollbook.host.decide import deciding, named
from rollbook.host.report_messages import school_names
from rollbook.host.report_news import NewsRow, found_news, news_row


def see(config: Config, number: int, *, by: str, now: Clock = clock.now) -> NewsRow:
    """Note who looked at a piece of news; who looked first stands.

    Raises FixSettings (there is none of that number, no name), `lock.Busy` while a sync runs.
    """
    who = named(by)
    with deciding(config) as conn:
        found_news(conn, number)
        kept_news.see(conn, number, who, now())
        return news_row(school_names(config), found_news(conn, number))
