"""A case of every kind of which somebody is told, with the child it is about. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from rollbook.cases.case import Case
from rollbook.outbox.drafts import Subject
from support.outbox import case, subject

LEAVING = {"from": date(2024, 9, 3), "to": date(2026, 9, 25), "boarder": False, "destination": "100002", "ground": "a"}
LOG = [
    {"date": date(2026, 9, 14), "type": "call", "by": "A. Clerk", "to": "mother", "outcome": "no_answer"},
    {"date": date(2026, 9, 18), "type": None, "by": None, "to": "mother", "outcome": None},
    {"date": date(2026, 9, 11), "type": "call", "by": "A. Clerk", "to": "mother", "outcome": "reached"},  # before it
]
FLAGS = [{"flag": "looked_after", "authority": "802"}, {"flag": "fsm"}, {"flag": "the chess club"}]
NOTICES = [
    {"parent": "Ngozi Okoro", "issued": date(2025, 3, 3), "outcome": "paid", "kind": "penalty"},
    {"parent": "Ngozi Okoro", "issued": date(2026, 9, 1), "ends": date(2026, 9, 30), "kind": "improve"},
]
_ABSENT = {"attempts": 2, "last_attempt": "2026-09-18", "outstanding": ["home visit"], "last_attended": "2026-09-11"}
_MISSING = {"case_type": "missing_registered_pupil", "called": "Child of unknown whereabouts", "school_days": 10}
_WORKERS = {"workers": ["social worker", "virtual school head"], "authorities": ["802", "802"]}
FIGURES: Mapping[str, Mapping[str, Any]] = {
    "attendance_return": {"last_attended": "2026-09-11"},
    "attendance_followup": {"school_days": 10},
    "irregular": {"sessions": 20, "number": 20},
    "sickness_return": {"days": 15.0, "year_reached_on": "2026-09-25"},
    "new_pupil_return": {"entered_on": "2026-09-14", "year_group": 7},
    "deletion_return": {"on_roll_from": "2024-09-03"},
    "missing": _MISSING | _ABSENT | {"taken": True, "ground": None},
    "support_referral": {
        "type": "persistent",
        "first_day": "2026-09-03",
        "last_day": "2026-09-25",
        "possible": 34,
        "attended": 14,
        "authorised": 0,
        "unauthorised": 20,
    },
    "penalty_notice": {"status": "met", "sessions": 20, "last_notice": "2025-03-03", "covered_sessions": 0},
    "worker_notice": _WORKERS | {"sessions": 20},
    "worker_notice_deletion": _WORKERS | {"last_day": "2026-09-25"},
    "transfer_file": {"left": "2026-09-11", "marks": None},
}
"""Every kind of case that makes a message, and the figures of its rule."""


def case_of(kind: str, **figures: Any) -> Case:
    """An absence of two weeks from Monday 14 September 2026, as this kind has it."""
    return replace(_dated(kind), kind=kind, figures={**FIGURES[kind], **figures})


def _dated(kind: str) -> Case:
    whole = case()
    if kind == "attendance_followup":  # its evidence is the first day's sessions
        return replace(whole, evidence=whole.evidence[:2])
    if kind in ("new_pupil_return", "deletion_return", "worker_notice_deletion"):
        return replace(whole, evidence=[])
    return whole


def about(**changes: Any) -> Subject:
    """The child, with a roll, a log, flags and notices, as it is told to the authority of the child's workers."""
    given = {"authority": "802", "spell": LEAVING, "flags": FLAGS, "contact_log": LOG, "notices": NOTICES}
    whole = {**subject().pupil, "home_la": "802"}
    return subject(**{"pupil": whole, "last_attended": date(2026, 9, 11), **given, **changes})
