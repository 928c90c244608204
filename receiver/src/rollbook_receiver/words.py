"""The feed's names in plain words, for pages. A name that is not here is said as it is written, without underscores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = {
    "attendance_return": "Attendance return",
    "attendance_followup": "Attendance return: absence that goes on",
    "irregular_attendance_return": "Attendance return: irregular attendance",
    "sickness_return": "Sickness return",
    "new_pupil_return": "New pupil return",
    "deletion_return": "Deletion return",
    "missing_pupil_report": "Missing pupil report",
    "support_referral": "Referral for support",
    "penalty_notice_request": "Request for a penalty notice",
    "worker_notice": "Notice to workers: unexplained absence",
    "worker_notice_deletion": "Notice to workers: coming deletion",
}
ACTIONS = {"send": "sent", "amend": "amended", "withdraw": "withdrawn"}
STATES = {"send": "Reported", "amend": "Amended", "withdraw": "Withdrawn"}
OUTCOMES = {"accepted": "Accepted", "pending": "Waits for an officer", "refused": "Refused"}
MATCHES = {"matched": "Known", "proposed": "Proposed", "conflict": "Conflict", "unmatched": "Not found"}
CODES = {
    "G": "holiday that the school did not grant",
    "N": "reason not yet established",
    "O": "absent without the school's leave",
    "U": "arrived after registration closed",
    "I": "illness",
}

_LABELS = {
    "upn": "UPN",
    "former_upn": "Former UPN",
    "dob": "Date of birth",
    "urn": "URN",
    "laestab": "LAESTAB",
    "la": "Local authority",
    "home_la": "Lives in the area of authority",
    "lives_with": "Lives with the pupil",
    "pupil": "Pupil",
    "parents": "Parents and carers",
    "contact": "Whom to ask at the school",
    "by": "Who tried",
    "to": "Who was tried",
    "log": "Attempts to reach the family",
    "sessions": "Sessions",
    "school_days": "School days",
    "missing": "The missing pupil",
    "missing.type": "Which report",
    "missing.called": "The authority's name for it",
    "outstanding": "Not tried yet",
    "attempts": "Attempts to reach the family since it began",
    "possible": "Sessions possible",
    "attended": "Sessions attended",
    "authorised": "Sessions of authorised absence",
    "unauthorised": "Sessions of unauthorised absence",
    "improve": "Notice to improve",
    "notices": "Earlier penalty notices",
    "parents_missing": "Why a parent is not listed",
    "flags": "Who else is to be brought in",
    "declaration": "Who asks for it",
    "deletion.ground": "Ground, by its letter in regulation 9(1)",
    "ground": "Ground of deletion, by its letter in regulation 9(1)",
    "goes_to": "Where the pupil goes",
    "covered_sessions": "Of these, up to the newest notice",
    "unexplained": "Sessions without a known reason",
    "workers": "Who is to be told",
}
_VALUES = {
    "F": "female",
    "M": "male",
    "missing_registered_pupil": "on the roll, and it is not known where",
    "failed_to_start": "on the roll, and never started",
    "leaver_destination_unknown": "left, and it is not known where to",
    "cme_not_on_roll": "missing education, on no roll",
    "persistent": "persistent: absent for 10% of possible sessions or more",
    "severe": "severe: absent for 50% of possible sessions or more",
    "ehcp": "education, health and care plan",
    "sen_support": "SEN support",
}


def first_day(content: Mapping[str, Any]) -> str | None:
    """The first day of what a content tells of, where it has one: it tells two cases of one child apart."""
    parts = (part for part in content.values() if isinstance(part, Mapping))
    return next((part["first_day"] for part in parts if "first_day" in part), None)


def label(name: str, inside: str = "") -> str:
    """The words for a field; `inside` is the name of the part that it stands in."""
    return _LABELS.get(f"{inside}.{name}") or _LABELS.get(name) or name.replace("_", " ").capitalize()


def chosen(value: str) -> str:
    """The words for one of a field's choices."""
    return _VALUES.get(value) or value.replace("_", " ")
