"""The pages of docs/feed/ that are written from the schemas, the clauses and the problems."""

from __future__ import annotations

import inspect
import sys
from importlib.resources import files
from itertools import groupby

from rollbook_feed.clauses import clauses
from rollbook_feed.fields import Part
from rollbook_feed.from_authority import NEWS_CONTENTS
from rollbook_feed.from_school import CONTENTS
from rollbook_feed.from_school.withdrawal import Withdrawal
from rollbook_feed.message import FEED_VERSION, Envelope
from rollbook_feed.news import News
from rollbook_feed.publish.tables import SHARED, rules, table
from rollbook_feed.refusals import PROBLEMS
from rollbook_feed.regular import REGULAR
from rollbook_feed.regular.week import COUNTED, FIGURES


def pages() -> dict[str, str]:
    """File name -> text."""
    return {
        "messages.md": _filled(
            "messages.md",
            envelope=table(Envelope),
            withdrawal=table(Withdrawal),
            shared="\n".join(f"### {part.__name__}\n\n{inspect.getdoc(part)}\n\n{table(part)}" for part in SHARED),
            contents="\n".join(_kind(kind, part) for kind, part in CONTENTS.items()),
            news=table(News),
            news_contents="\n".join(_kind(kind, part) for kind, part in NEWS_CONTENTS.items()),
            counted=_counted(),
            regular="\n".join(_kind(kind, part) for kind, part in REGULAR.items()),
        ),
        "http.md": _filled("http.md", problems=_problems()),
        "clauses.md": _filled("clauses.md", clauses=_clauses()),
    }


def _filled(name: str, **parts: str) -> str:
    text = files(__package__).joinpath("pages", name).read_text("utf-8")
    for part, said in {**parts, "version": FEED_VERSION}.items():
        text = text.replace(f"<<{part}>>", said.rstrip("\n"))
    return text


def _kind(kind: str, part: type[Part]) -> str:
    """A section: what it is and its law, its fields, its rules, where its example and its JSON Schema are."""
    said = (sys.modules[part.__module__].__doc__ or "").strip()
    held = "".join(f"- {rule}\n" for rule in rules(part))
    beyond = f"\nBeyond the form of fields:\n\n{held}" if held else ""
    links = f"[Example](examples/{kind}.json) · [JSON Schema](schemas/{kind}.json)"
    return f"### {kind}\n\n{said}\n\n{links}\n\n{table(part)}{beyond}"


def _problems() -> str:
    head = "| status | type | what happened | what to do |\n|---|---|---|---|\n"
    return head + "".join(f"| {one.status} | `{one.type}` | {one.happened} | {one.do} |\n" for one in PROBLEMS)


def _counted() -> str:
    rows = ((f"`{name}`" if name in FIGURES else name, codes) for name, codes in COUNTED.items())
    said = "".join(f"| {name} | {', '.join(f'`{code}`' for code in codes)} | yes |\n" for name, codes in rows)
    return f"| counts in a week as | code | `recorded` in the report of a day |\n|---|---|---|\n{said}"


def _clauses() -> str:
    made = []
    for about, each in groupby(clauses(), key=lambda one: one.about):
        rows = "".join(f"| {one.id} | {one.binds} | {one.text} | {one.checked} |\n" for one in each)
        made.append(
            f"## {about}\n\n| clause | binds the | what it does | how it is checked |\n|---|---|---|---|\n{rows}"
        )
    return "\n".join(made)
