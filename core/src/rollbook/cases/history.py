"""The ledger of a school: a chain in which every event names the one before it, so that no one alters it unseen.

The chain is over digests. The contents are kept beside it, and a lawful purge of a content breaks no link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from rollbook.cases.case import Change, digest

BEGINNING: Final = "0" * 64


@dataclass(frozen=True)
class Link:
    """An event's place in the chain of its school. number: 1, 2, 3... content: the digest of what happened."""

    school: int
    number: int
    previous: str
    content: str
    digest: str


@dataclass(frozen=True)
class Broken:
    """The first link that does not hold, by its number, and why, in a sentence."""

    number: int
    reason: str


def event(change: Change, *, as_at: date, at: datetime, run: int) -> dict[str, Any]:
    """What happened to a case, as JSON for the ledger: the pupil by number, no name.

    as_at: the day judged. at: when it was decided, with its time zone. run: of the host, that decided it.
    """
    case = change.case
    return {
        "what": change.what.value,
        "kind": case.kind,
        "school": case.school,
        "pupil": case.pupil,
        "episode": case.episode,
        "state": case.state.value,
        "first": case.first.isoformat(),
        "last": case.last.isoformat(),
        "reached": case.reached.isoformat(),
        "rests_on": case.digest,
        "reason": change.reason,
        "amends": change.amends,
        "as_at": as_at.isoformat(),
        "at": at.isoformat(),
        "run": run,
    }


def link(last: Link | None, content: Mapping[str, Any], *, school: int) -> Link:
    """The link for `content`, after `last`: the newest of the school's chain, or None to begin it.

    Raises ValueError when `last` is of another school.
    """
    if last is not None and last.school != school:
        raise ValueError(f"school {school} cannot continue the ledger of school {last.school}")
    number, previous = (last.number + 1, last.digest) if last else (1, BEGINNING)
    what = digest(content)
    return Link(school, number, previous, what, _seal(school, number, previous, what))


def verify(chain: Sequence[Link], contents: Mapping[int, Mapping[str, Any]] | None = None) -> Broken | None:
    """The first broken link of a school's chain, or None when all hold.

    chain: every link of one school, in order. contents: what is still kept, by the link's number; a purged one is
    left out and breaks nothing. That the newest links were cut off shows only against a copy of the last digest.
    """
    school = chain[0].school if chain else 0
    expected, previous = 1, BEGINNING
    for one in chain:
        reason = _fault(one, school, expected, previous)
        content = (contents or {}).get(one.number)
        if reason is None and content is not None and digest(content) != one.content:
            reason = "what is kept of this event is not what was written"
        if reason:
            return Broken(one.number, f"The ledger of school {school} is broken at event {one.number}: {reason}.")
        expected, previous = expected + 1, one.digest
    return None


def _fault(one: Link, school: int, expected: int, previous: str) -> str | None:
    if one.school != school:
        return f"it belongs to school {one.school}"
    if one.number != expected:
        return f"event {expected} is missing"
    if one.previous != previous:
        return "it does not follow the event before it"
    if one.digest != _seal(one.school, one.number, one.previous, one.content):
        return "its digest does not agree with it"
    return None


def _seal(school: int, number: int, previous: str, content: str) -> str:
    return digest([school, number, previous, content])
