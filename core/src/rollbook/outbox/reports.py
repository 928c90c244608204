"""What a report of a missing child says (Education Act 1996, s436A), without a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rollbook.outbox.content import about, flags_of, grounds, known, pick, sessions_of, written
from rollbook.outbox.drafts import CaseLike, Subject

_ON_ROLL: Final = ("missing_registered_pupil", "failed_to_start")
_ATTEMPT: Final = ("date", "type", "by", "to", "outcome")


def missing_pupil_report(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The type of report, since when, and what was done to find the child. What is not known is left out."""
    figures = case.figures
    missing = {
        "type": figures.get("case_type"),
        "called": figures.get("called"),
        "first_day": case.first.isoformat(),
        "reached_on": case.reached.isoformat(),
        "last_attended": None if subject.last_attended is None else subject.last_attended.isoformat(),
        "ground": figures.get("ground"),
        "enquiries": _enquiries(case, subject),
    }
    if figures.get("case_type") in _ON_ROLL:
        sessions = sessions_of(case)
        missing |= {"school_days": len({row["date"] for row in sessions}), "sessions": sessions}
    said = about(subject) | {"missing": known(missing), "flags": flags_of(subject)}
    return known(said) | grounds(case, subject)


def _enquiries(case: CaseLike, subject: Subject) -> Mapping[str, Any] | None:
    """None without a log of contacts, and of a child who is off the roll."""
    figures = case.figures
    if figures.get("attempts") is None:
        return None
    ways = [str(way).replace(" ", "_") for way in figures.get("outstanding") or ()]
    told = known({"last_attempt": figures.get("last_attempt"), "log": list(_log(case, subject))})
    return {"attempts": figures["attempts"], "outstanding": ways} | told


def _log(case: CaseLike, subject: Subject) -> Iterator[dict[str, Any]]:
    """Each attempt since it began."""
    since = case.first.isoformat()
    rows = [row for row in subject.contact_log if str(written(row.get("date")) or "") >= since]
    for row in sorted(rows, key=lambda row: str(written(row["date"]))):
        words = {name: _word(row.get(name)) for name in ("type", "outcome")}
        yield pick({**row, **words, "type": words["type"] or "other"}, _ATTEMPT)


def _word(value: object) -> str | None:
    return str(value).strip().lower() or None if value is not None else None
