"""What an answer says of a message. Its words are another's: they are shown only where they name nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import httpx

from rollbook.contract import Message, Outcome, Receipt
from rollbook_la_portal.portal import json_object

REFUSALS = {
    400: "the message could not be read",
    403: "this client does not speak for the school: the authority has to let it",
    409: "the authority holds something else under this key",
    413: "the message is too large",
    415: "the message's form is not taken",
    422: "the message is not in the form that the authority takes",
}
_POINTER = re.compile(r"(/[a-z0-9_]{1,40}){0,8}")
_OUTCOMES = {"accepted": Outcome.ACCEPTED, "pending": Outcome.PENDING, "refused": Outcome.REFUSED}


def receipt(answer: httpx.Response) -> Receipt | None:
    """The receipt of a taken message or of a look-up; None when the answer is not one."""
    said = json_object(answer)
    reference, revision, digest = said.get("reference"), said.get("revision"), said.get("digest")
    stated = _OUTCOMES.get(str(said.get("outcome", "accepted")))
    outcome = Outcome.PENDING if answer.status_code == 202 else stated
    at = _moment(said.get("received_at"))
    if outcome is None or at is None or not isinstance(reference, str) or not _plain(reference):
        return None
    return Receipt(
        outcome,
        reference,
        at,
        revision=revision if isinstance(revision, int) else None,
        digest=digest if isinstance(digest, str) else None,
    )


def kind_of(answer: httpx.Response) -> str:
    """The last part of the problem's type, as `in-flight`; empty when there is none."""
    return str(json_object(answer).get("type", "")).rpartition(":")[2]


def reasons(answer: httpx.Response, message: Message) -> list[str]:
    """Why a message was refused, in our words and then in theirs, without anybody in them."""
    told = json_object(answer)
    people = names_in(message.content)
    found = [f"{REFUSALS[answer.status_code]} (HTTP {answer.status_code})"]
    if isinstance(told.get("title"), str):
        found.append(shown(told["title"], people))
    errors = told.get("errors")
    for error in errors[:50] if isinstance(errors, list) else []:
        if isinstance(error, dict):
            pointer, words = str(error.get("pointer", "")), str(error.get("problem", ""))
            place = pointer if _POINTER.fullmatch(pointer) else "(a field)"
            found.append(f"{place}: {shown(words, people)}")
    return found


def shown(text: str, people: frozenset[str]) -> str:
    """`text`, cut and on one line, unless it holds one of `people`."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
    lower = text.casefold()
    if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", lower) for name in people):
        return "(their words are left out: they name a person)"
    return words


def names_in(content: Mapping[str, Any]) -> frozenset[str]:
    """What names, finds or describes a person in a content: whole values, and each word of a name; in small letters."""
    people = [content.get("pupil"), content.get("contact"), *(content.get("parents") or [])]
    found: set[str] = set()
    for person in people:
        if isinstance(person, Mapping):
            found.update(*(_forms(field, value) for field, value in person.items()))
    return frozenset(form for form in found if len(form) > 1)


def _forms(field: str, value: Any) -> Iterator[str]:
    if not isinstance(value, str) or field in ("sex", "relationship", "role"):
        return
    yield value.casefold()
    if "name" in field:
        yield from re.findall(r"\w{3,}", value.casefold())
    if field == "dob" and (day := _day(value)):
        yield from (f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%Y%m%d}", f"{day:%d-%m-%Y}")


def _plain(text: str) -> bool:
    return 1 <= len(text) <= 200 and text.isprintable()


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None
