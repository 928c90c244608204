"""What the statutory returns say (SI 2024/208, reg 13), without a reason. What is not known is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rollbook.outbox.content import about, grounds, known, pick, sessions_of
from rollbook.outbox.drafts import CaseLike, Subject

_PLACES: Final = ("home", "abroad", "other", "unknown")  # where a leaver went, when it is no school with a URN
_SESSIONS_A_DAY: Final = 2


def attendance_return(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """Ten school days of unauthorised absence."""
    absence = _reached(case) | {"school_days": _days(case)}
    return _return(case, subject, absence=absence | _last_attended(subject), cause=subject.cause)


def attendance_followup(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The absence in a later month: the sessions are those of its first day there."""
    absence = {"first_day": case.first.isoformat(), "sessions": sessions_of(case)}
    days = {"school_days": case.figures.get("school_days") or _days(case)}
    return _return(case, subject, absence=absence | days | _last_attended(subject), cause=subject.cause)


def irregular_attendance_return(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The unauthorised sessions that made the authority's number."""
    absence = _reached(case)
    counted = {"unauthorised": len(absence["sessions"])}
    return _return(case, subject, absence=absence | counted | _last_attended(subject), cause=subject.cause)


def sickness_return(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The days of illness in the school year, up to the day on which the rule asked a person. No session by itself."""
    sickness = {
        "first_day": case.first.isoformat(),
        "school_days": len(sessions_of(case)) / _SESSIONS_A_DAY,
        "reached_on": case.figures.get("year_reached_on") or case.reached.isoformat(),
    }
    return known(about(subject) | {"sickness": sickness | _last_attended(subject)}) | grounds(case, subject)


def new_pupil_return(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The entry in the admission register."""
    entry = {"entered_on": case.reached.isoformat()} | pick(subject.spell or {}, ("boarder",))
    return _return(case, subject, entry=entry)


def deletion_return(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The deletion, with the ground and where the pupil goes, as far as the roll says them. Of the parents, those with
    whom the pupil may live (reg 13(4)).
    """
    spell = subject.spell or {}
    goes_to = _goes_to(spell.get("destination"))
    deletion = {"last_day": case.reached.isoformat()} | pick(spell, ("ground",)) | known({"goes_to": goes_to})
    said = _return(case, subject, deletion=deletion)
    parents = [parent for parent in said.pop("parents", ()) if parent.get("lives_with") is not False]
    return said | known({"parents": parents})


def _return(case: CaseLike, subject: Subject, **own: Any) -> dict[str, Any]:
    return known(about(subject) | own | {"due_by": subject.due_by.isoformat()}) | grounds(case, subject)


def _reached(case: CaseLike) -> dict[str, Any]:
    return {
        "first_day": case.first.isoformat(),
        "reached_on": case.reached.isoformat(),
        "sessions": sessions_of(case),
    }


def _days(case: CaseLike) -> int:
    return len({row["date"] for row in sessions_of(case)})


def _last_attended(subject: Subject) -> dict[str, Any]:
    return {} if subject.last_attended is None else {"last_attended": subject.last_attended.isoformat()}


def _goes_to(destination: object) -> Mapping[str, Any]:
    said = str(destination or "").strip().lower()
    if said.isdecimal():
        return {"place": "school", "school": {"urn": int(said)}}
    return {"place": said} if said in _PLACES else {}


def tidy_deletion(content: dict[str, Any]) -> dict[str, Any]:
    """A content to which a person added: who names a school says that the pupil goes to one."""
    goes_to = dict(content["deletion"].get("goes_to", {}))
    if not goes_to:
        return content
    goes_to.setdefault("place", "school" if "school" in goes_to else "")
    if goes_to["place"] != "school":
        goes_to.pop("school", None)
    return content | {"deletion": content["deletion"] | {"goes_to": known(goes_to)}}


def half_said(content: dict[str, Any]) -> tuple[str, ...]:
    """What keeps a deletion return back: a place, or a new address, of which only a part is said."""
    deletion = content["deletion"]
    goes_to, address = deletion.get("goes_to"), deletion.get("new_address")
    lacks = []
    if goes_to is not None and "place" not in goes_to:
        lacks.append("deletion.goes_to.place")
    elif goes_to is not None and goes_to["place"] == "school" and "school" not in goes_to:
        lacks.append("deletion.goes_to.school.name")
    if address is not None and "address" not in address:
        lacks.append("deletion.new_address.address")
    return tuple(lacks)
