"""What an answer says of a message. Its words are another's: they are shown only where they name nobody."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import httpx

from rollbook.contract import Outcome, Receipt, without_people
from rollbook_la_portal.portal import json_object

REFUSALS = {
    400: "the message could not be read",
    403: "this client does not speak for the school: the authority has to let it",
    409: "the authority holds something else under this key",
    413: "the message is too large",
    415: "the message's form is not taken",
    422: "the message is not in the form that the authority takes",
}
_BY_KIND = {
    "idempotency-key-reused": "the authority has another message under its idempotency key, as after a restored "
    "backup: `rollbook outbox retry` sends this one as its next revision",
    "not-wanted": "the authority does not ask for this kind of message: agree with it how it is told of these",
    "another-pupil": "another system of the school told the authority of another pupil under this number: agree with "
    "it which system tells of the school",
}
"""For a problem's kind, what it says more exactly than its status does."""
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_POINTER = re.compile(r"(/[a-z0-9_]{1,40}){0,8}")
_OUTCOMES = {"accepted": Outcome.ACCEPTED, "pending": Outcome.PENDING, "refused": Outcome.REFUSED}


def receipt(answer: httpx.Response, people: frozenset[str] = frozenset()) -> Receipt | None:
    """The receipt of a taken message or of a look-up, without `people`; None when the answer is not one. The reference
    is left out where it is not in the feed's form, or names one of them.
    """
    said = json_object(answer)
    reference, revision, digest = said.get("reference"), said.get("revision"), said.get("digest")
    stated = _OUTCOMES.get(str(said.get("outcome", "accepted")))
    outcome = Outcome.PENDING if answer.status_code == 202 else stated
    at = moment(said.get("received_at"))
    if outcome is None or at is None or not isinstance(reference, str) or not reference:
        return None
    named = without_people(reference, people) != reference
    return Receipt(
        outcome,
        reference if _REFERENCE.fullmatch(reference) and not named else "",
        at,
        tuple(listed(said.get("reasons"), people)),
        revision=revision if isinstance(revision, int) else None,
        digest=digest if isinstance(digest, str) else None,
    )


def kind_of(answer: httpx.Response) -> str:
    """The last part of the problem's type, as `in-flight`; empty when there is none."""
    return str(json_object(answer).get("type", "")).rpartition(":")[2]


def reasons(answer: httpx.Response, people: frozenset[str] | None) -> list[str]:
    """Why something was refused, in our words and then in theirs without `people`; None: without their words."""
    told = json_object(answer)
    what = _BY_KIND.get(kind_of(answer)) or REFUSALS[answer.status_code]
    found = [f"{what} (HTTP {answer.status_code})"]
    if isinstance(told.get("title"), str) and people is not None:
        found.append(without_people(told["title"], people))
    return found + listed(told.get("errors"), people)


def listed(errors: Any, people: frozenset[str] | None) -> list[str]:
    """A list of `{"pointer", "problem"}`, each in one line."""
    found = []
    for error in errors[:50] if isinstance(errors, list) else []:
        if isinstance(error, dict):
            pointer, words = str(error.get("pointer", "")), str(error.get("problem", ""))
            named = without_people(pointer, people or frozenset()) != pointer
            place = "(a field)" if named or not _POINTER.fullmatch(pointer) else pointer
            said = "" if people is None else without_people(words, people)
            found.append(": ".join(part for part in (place, said) if part))
    return [one for one in found if one]


def moment(value: Any) -> datetime | None:
    """A moment with its time zone; None for what is none."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None
