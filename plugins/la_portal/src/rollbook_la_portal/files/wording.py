"""The feed's names in the words of those who read forms. A name that is not here is said without its underscores."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rollbook.tables.words import GROUNDS

TITLES: Final[Mapping[str, str]] = {
    "attendance_followup": "Attendance return: absence that goes on",
    "irregular_attendance_return": "Attendance return: irregular attendance",
    "support_referral": "Referral for support",
    "penalty_notice_request": "Request for a penalty notice",
    "worker_notice": "Notice to workers: unexplained absence",
    "worker_notice_deletion": "Notice to workers: coming deletion",
}
"""What a kind of message is called, where it is not its name."""

_OF_THE_FEED: Final = re.compile(r"[a-z]+(_[a-z]+)+")
_CALLED: Final = {
    "attempts": "attempts to reach the family",
    "attended": "sessions attended",
    "authorised": "sessions of authorised absence",
    "called": "the authority's name for it",
    "contact": "whom to ask at the school",
    "covered_sessions": "of these, up to the newest notice",
    "declaration": "who asks for it",
    "dob": "date of birth",
    "former_upn": "former UPN",
    "home_la": "home authority's number",
    "la": "authority's number",
    "laestab": "LAESTAB",
    "lives_with": "lives with the pupil",
    "log": "each attempt",
    "looked_after_by": "looked after by the authority",
    "missing": "the missing pupil",
    "notices": "earlier penalty notices",
    "outstanding": "not tried yet",
    "parents": "parents and carers",
    "possible": "sessions possible",
    "reached_on": "rule met on",
    "sessions": "each session, with its code",
    "unauthorised": "sessions of unauthorised absence",
    "unexplained": "how many sessions without a known reason",
    "upn": "UPN",
    "urn": "URN",
    "workers": "who is to be told",
}
_CALLED_IN: Final = {("notice", "sessions"): "the first of these sessions, with their codes"}
_SAID: Final = {
    "cme_not_on_roll": "child on no school's roll",
    "ehcp": "education, health and care plan",
    "failed_to_start": "registered pupil who never came",
    "leaver_destination_unknown": "left, and it is not known where to",
    "missing_registered_pupil": "registered pupil, and it is not known where",
    "persistent": "persistent: absent for 10% of possible sessions or more",
    "sen_support": "SEN support",
    "severe": "severe: absent for 50% of possible sessions or more",
}


def named(place: str, part: str = "") -> str:
    """A place as words: `pupil.former_upn` as `Pupil: former UPN`. part: of the content, where it is in one."""
    words = _CALLED_IN.get((part, place)) or ": ".join(
        _CALLED.get(name, name.replace("_", " ")) for name in place.split(".")
    )
    return words[:1].upper() + words[1:]


def title(kind: str) -> str:
    """What a kind of message is called."""
    return TITLES.get(kind) or named(kind)


def said(text: str) -> str:
    """A word of the feed, as `no_answer`, as it is written in English. What is none stays as it is."""
    return _SAID.get(text) or (text.replace("_", " ") if _OF_THE_FEED.fullmatch(text) else text)


def ground(letter: str) -> str:
    """A ground of deletion with what it means."""
    return f"{letter}: {GROUNDS[letter]} (regulation 9(1))" if letter in GROUNDS else letter
