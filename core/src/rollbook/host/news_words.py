"""A piece of news in plain words, for who looks at it. They name persons: for a terminal alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rollbook.host.news_form import NAMED_CONTACTS, NOTICE_OUTCOME, PUPIL_FLAGS

_FLAGS = {
    "looked_after": "The child is looked after by the authority {authority}",
    "social_worker": "The child has a social worker of the authority {authority}",
    "youth_justice": "The child has a worker of the youth justice service of the authority {authority}",
}
_TO_DO = {
    NOTICE_OUTCOME: "Enter it in the MIS: how many notices there were in three years is counted from there.",
    PUPIL_FLAGS: "Enter it in the MIS, with its days and its authority: Rollbook writes into no MIS, and tells a "
    "worker of an absence by the flags that the MIS has.",
}


def in_words(kind: str, action: str, content: Mapping[str, Any]) -> list[str]:
    """What it says, a line each, and what to do now; of a kind that is not known, each of its fields."""
    if action == "withdraw":
        return [f"It is taken back: {content.get('reason', 'no reason is given')}"]
    told = list(_SAID.get(kind, _fields)(content))
    told += [f"Why it is another than before: {content['reason']}"] if "reason" in content and kind in _SAID else []
    return told + ([_TO_DO[kind]] if kind in _TO_DO else [])


def of_notice(content: Mapping[str, Any]) -> str:
    """What became of a notice, without a name."""
    notice = content.get("notice", {})
    what = {"improve": "notice to improve"}.get(notice.get("kind"), "penalty notice")
    outcome = notice.get("outcome")
    then = f", {outcome} on {_day(notice.get('outcome_on'))}" if outcome not in (None, "issued") else ""
    ends = f", with time to improve until {_day(notice['ends'])}" if "ends" in notice else ""
    return f"{what} issued on {_day(notice.get('issued'))}{then}{ends}"


def _outcome(content: Mapping[str, Any]) -> Iterator[str]:
    yield _pupil(content)
    parent = content.get("notice", {}).get("parent", "a parent who is not named")
    told = of_notice(content)
    yield f"{told[0].upper()}{told[1:]}, to {parent}."


def _flag(content: Mapping[str, Any]) -> Iterator[str]:
    yield _pupil(content)
    held = content.get("held", {})
    said = _FLAGS.get(
        held.get("flag"), f"{held.get('flag', 'a flag that is not named')} at the authority {{authority}}"
    )
    last = f" to {_day(held['last_day'])}" if "last_day" in held else ""
    yield f"{said.format(authority=held.get('authority', '?'))}, from {_day(held.get('first_day'))}{last}."
    if "worker" in content:
        yield f"The worker: {_person(content['worker'])}."


def _contacts(content: Mapping[str, Any]) -> Iterator[str]:
    yield "Whom to ask at the authority; whoever is not here any more is no longer to be asked:"
    for one in content.get("contacts", []):
        yield f"- {str(one.get('what_for', '?')).replace('_', ' ')}: {_person(one)}"


def _fields(content: Mapping[str, Any]) -> Iterator[str]:
    yield "Rollbook does not know this kind of news: this is all that came."
    yield from _each(content, "")


def _each(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _each(inner, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _each(inner, f"{place}[{number}]")
    else:
        yield f"{place}: {value}"


def _pupil(content: Mapping[str, Any]) -> str:
    pupil = content.get("pupil", {})
    name = f"{pupil.get('forename', '?')} {pupil.get('surname', '?')}"
    upn = f", UPN {pupil['upn']}" if "upn" in pupil else ""
    number = f", Rollbook's number {pupil['number']}" if "number" in pupil else ""
    return f"Of {name}, born {_day(pupil.get('dob'))}{upn}{number}."


def _person(one: Mapping[str, Any]) -> str:
    return ", ".join(str(one[name]) for name in ("name", "role", "telephone", "email") if name in one)


def _day(written: Any) -> str:
    try:
        day = date.fromisoformat(written)
    except (TypeError, ValueError):
        return "a day that is not given"
    return f"{day.day} {day:%B %Y}"


_SAID = {NOTICE_OUTCOME: _outcome, PUPIL_FLAGS: _flag, NAMED_CONTACTS: _contacts}
