"""What the other requests say: the regular feed (F-28, F-29, F-32), news (F-34), statuses (F-24), addresses (F-36)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from rollbook_feed import regular_problems
from rollbook_feed.parts import UPN
from rollbook_receiver.conformance.of_sender.exchange import Asked, Given
from rollbook_receiver.conformance.of_sender.journal import Note
from rollbook_receiver.conformance.of_sender.judge_messages import people_in
from rollbook_receiver.conformance.of_sender.memory import Memory

BETWEEN = timedelta(minutes=5)  # F-24: two questions for one message that is pending
SKEW = timedelta(minutes=5)  # by which the sender's clock may be before ours
_PUT = re.compile(r"/v1/schools/[0-9]{6}/(days|weeks|sessions)/[0-9-]{10}")
_KINDS = {"days": "day", "weeks": "week", "sessions": "sessions"}
_SMALL = ("suppressed", "too few", "smaller than least")


def addresses(memory: Memory, asked: Asked) -> Iterator[Note]:
    """No pupil and no secret in an address."""
    if isinstance(asked.said, Mapping) and isinstance(asked.said.get("content"), Mapping):
        memory.people |= people_in(asked.said["content"])
    address = asked.address.casefold()
    named = re.search(rf"(?<![a-z0-9])({UPN})(?![a-z0-9])", asked.address) or any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", address) for word in memory.people
    )
    secret = "secret=" in address or "token=" in address or (asked.token and asked.token in asked.address)
    about = asked.called
    if named or secret:
        words = "a pupil is named in an address" if named else "a secret is in an address"
        yield Note("F-36", "addresses", kept=False, words=words, about=about)
        yield Note("F-2", "redirected", kept=False, words=words, about=about)
    elif asked.path.startswith("/v1/messages/"):
        yield Note("F-36", "addresses", kept=True)


def regular(memory: Memory, asked: Asked, given: Given) -> Iterator[Note]:
    """A body of the regular feed."""
    found = _PUT.fullmatch(asked.path)
    if not found or asked.method != "PUT":
        return
    kind, about = _KINDS[found[1]], f"{asked.called}, {found[1]}"
    if given.problem == "not-wanted":
        words = f"a body of {found[1]}, which whoami does not ask for"
        yield Note("F-28", "day", kept=False, words=words, about=about)
        return
    if given.status == 422:
        memory.waiting["F-28", kind] = f"{asked.called}, was refused: F-9 or F-29 says why"
    wrong = regular_problems(kind, asked.said)
    small = [row for row in wrong if _is_of_small_numbers(row)]
    if small:
        said = "; ".join(f"{row['pointer']}: {row['problem']}" for row in small[:5])
        yield Note("F-29", "suppressed", kept=False, words=said, about=about)
    elif wrong or given.status == 422:
        told = wrong or given.said.get("errors") or [{"pointer": "", "problem": "refused"}]
        said = "; ".join(f"{row['pointer']}: {row['problem']}" for row in told[:5])
        yield Note("F-9", "in form", kept=False, words=said, about=about)
    elif given.status == 200:
        yield from _taken(memory, kind, asked, about)


def _is_of_small_numbers(row: Mapping[str, str]) -> bool:
    return any(word in row["problem"] for word in _SMALL) or row["pointer"].endswith(("/pupils", "/least"))


def _taken(memory: Memory, kind: str, asked: Asked, about: str) -> Iterator[Note]:
    memory.waiting.pop(("F-28", kind), None)
    yield Note("F-28", kind, kept=True)
    if kind == "week" and any(row["suppressed"] for row in asked.said["rows"]):
        yield Note("F-29", "suppressed", kept=True)
    revision, as_of = asked.said["revision"], asked.said["as_of"]
    before = memory.as_of.get(asked.path)
    words = ""
    if before and revision > before[0] and as_of < before[1]:
        words = "a later revision is of an earlier moment of the register (as_of)"
    for name in ("as_of", "last_sync_ok"):
        if name in asked.said and datetime.fromisoformat(asked.said[name]) > asked.at + SKEW:
            words = f"{name} is in the future"
    if words or (kind == "day" and "last_sync_ok" in asked.said):
        yield Note("F-32", "fresh", not words, words, about)
    if not before or revision > before[0]:
        memory.as_of[asked.path] = (revision, as_of)


def is_told_an_outcome(asked: Asked, given: Given) -> bool:
    """Whether it asked what became of a message, by its reference or by its key, and was told."""
    by = asked.path.startswith(("/v1/status/", "/v1/messages/"))
    return asked.method == "GET" and by and given.status == 200 and "outcome" in given.said


def outcome(memory: Memory, asked: Asked, given: Given) -> Iterator[Note]:
    """A question for what became of a message."""
    if not is_told_an_outcome(asked, given):
        return
    last = memory.pending.get(asked.path)
    if last is not None and asked.at - last < BETWEEN:
        seconds = (asked.at - last).total_seconds()
        words = f"what was pending was asked for again after {seconds:.0f} seconds, and not five minutes"
        yield Note("F-24", "asked", kept=False, words=words, about=given.said["reference"])
    if given.said["outcome"] == "pending":
        memory.pending[asked.path] = asked.at
    else:
        memory.pending.pop(asked.path, None)
    if given.said["outcome"] == "refused":
        memory.waiting.pop(("F-24", "asked"), None)
        yield Note("F-24", "asked", kept=True)


def news(memory: Memory, asked: Asked, given: Given) -> Iterator[Note]:
    """A question for news, and what was given."""
    of = of_news(asked)
    if of is None or given.status != 200:
        return
    memory.waiting.pop(("F-34", "lost news"), None)
    school, after = of
    upto, lost = memory.news.get(school, (after, False))  # before the mode was started it may have been given some
    if after > upto:
        words = f"news was asked for after {after}, and {upto} is the last that was given"
        yield Note("F-34", "lost news" if lost else "all news", kept=False, words=words, about=asked.called)
    elif lost:
        yield Note("F-34", "lost news", kept=True)
    if upto and after == upto and not given.said.get("items"):
        yield Note("F-34", "all news", kept=True)


def of_news(asked: Asked) -> tuple[int, int] | None:
    """School and number of a question for news."""
    found = re.fullmatch(r"/v1/schools/([0-9]{6})/news", asked.path)
    text = parse_qs(asked.query).get("after", ["0"])[0]
    if not found or asked.method != "GET" or not (text.isascii() and text.isdecimal() and len(text) < 17):
        return None
    return int(found[1]), int(text)
