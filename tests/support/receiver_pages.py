"""Reading the receiver's pages as a program can: their tags, and their words."""

from __future__ import annotations

import itertools
from html.parser import HTMLParser

from support.receiver_app import Door


class Reader(HTMLParser):
    """Collects the tags with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


def read(opened: Door, path: str = "/") -> Reader:
    """A page that is there."""
    answer = opened.http.get(path)
    assert answer.status_code == 200
    return Reader(answer.text)


def readable_by_everybody(page: Reader) -> None:
    """Language, title, one main heading, a way past the header, captions, scopes, labels; no script, nothing from
    elsewhere."""
    tags = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert tags.count("h1") == tags.count("title") == tags.count("main") == 1
    assert next(attrs for tag, attrs in page.tags if tag == "a")["href"] == "#main"
    assert tags.count("caption") == tags.count("table")
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in page.tags if tag == "th")
    links = [attrs.get(name) or "" for _, attrs in page.tags for name in ("href", "src") if name in attrs]
    assert all(link.startswith(("/", "#", "?")) and not link.startswith("//") for link in links)
    assert not {"script", "style", "img", "iframe"} & set(tags)
    assert not [1 for _, attrs in page.tags if "style" in attrs]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    fields = {attrs.get("id") for tag, attrs in page.tags if tag in ("input", "select")}
    assert fields == {attrs.get("for") for tag, attrs in page.tags if tag == "label"}
    levels = [int(tag[1]) for tag in tags if tag in ("h1", "h2", "h3", "h4", "h5")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
