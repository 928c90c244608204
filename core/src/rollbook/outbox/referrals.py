"""What is asked of an authority for one pupil: support, and that a penalty notice be considered. Without a reason."""

from __future__ import annotations

from typing import Any, Final

from rollbook.outbox.content import about, flags_of, grounds, known, pick, sessions_of
from rollbook.outbox.drafts import CaseLike, Subject
from rollbook.outbox.filling import UNRESOLVED

_ATTENDANCE: Final = ("first_day", "last_day", "possible", "attended", "authorised", "unauthorised")
_NOT_YET: Final = "N"


def support_referral(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """Persistent or severe absence, with the counts on the day on which it was reached."""
    referral = {"type": case.figures.get("type"), "reached_on": case.reached.isoformat()}
    said = {
        "referral": known(referral),
        "attendance": pick(case.figures, _ATTENDANCE),
        "cause": subject.cause,
        "flags": flags_of(subject),
    }
    return known(about(subject) | said) | grounds(case, subject)


def penalty_notice_request(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The sessions that reached the threshold, and the notices that went before. Who asks for it, a person states."""
    sessions = sessions_of(case)
    absence = {
        "first_day": case.first.isoformat(),
        "reached_on": case.reached.isoformat(),
        "unauthorised": len(sessions),
        "sessions": sessions,
    }
    if case.figures.get("last_notice"):
        absence["covered_sessions"] = case.figures.get("covered_sessions") or 0
    issued = sorted(subject.notices, key=lambda row: str(row.get("issued")))
    penalties = [pick(row, ("parent", "issued", "outcome")) for row in issued if row.get("kind") != "improve"]
    improve = [row for row in issued if row.get("kind") == "improve" and row.get("outcome") != "withdrawn"]
    said = {
        "absence": absence,
        "notices": penalties,
        "improve": pick(improve[-1], ("parent", "issued", "ends")) if improve else None,
        "cause": subject.cause,
        "flags": flags_of(subject),
    }
    return known(about(subject) | said) | grounds(case, subject)


def unresolved(content: dict[str, Any]) -> tuple[str, ...]:
    """What keeps a request back: a session whose reason is not yet established."""
    sessions = content["absence"]["sessions"]
    return (UNRESOLVED,) if any(row["code"] == _NOT_YET for row in sessions) else ()
