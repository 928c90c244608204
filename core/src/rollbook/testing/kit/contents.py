"""The content of each kind of message about a pupil of a number, in the fields of the open feed. Nobody exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from rollbook.contract.destination import Kind
from rollbook.tables.checks import upn_check_letter

SCHOOL = 900001
_FIRST_DAY = date(2026, 10, 5)
_DAYS = tuple(_FIRST_DAY + timedelta(days=7 * week + day) for week in range(2) for day in range(5))
_SESSIONS = [{"date": day.isoformat(), "session": half, "code": "O"} for day in _DAYS for half in ("AM", "PM")]
_REACHED = {"first_day": _DAYS[0].isoformat(), "reached_on": _DAYS[-1].isoformat()}
_PEOPLE = (
    ("Siân", "Llŷr-O’Sullivan", "14 Marrowbone Crescent,\nNorthwick", "ZZ99 3WZ"),
    ("Zebulon", "Quillfeather", '"The Old Forge" & Barn, Ødegård Lane', "ZZ99 3VZ"),
    ("Łucja", "Żółcińska D'Arcy", "Flat 3 <rear>, 9 Mühlbach Rise", "ZZ99 3GZ"),
    ("Thị Ánh", "Nguyễn", "The 雨 House \\ Pontcanna", "ZZ99 2WZ"),
)


DAYS: Mapping[Kind, str] = {
    Kind.ATTENDANCE_RETURN: "due_by",
    Kind.ATTENDANCE_FOLLOWUP: "due_by",
    Kind.IRREGULAR_ATTENDANCE_RETURN: "due_by",
    Kind.SICKNESS_RETURN: "sickness.last_attended",
    Kind.NEW_PUPIL_RETURN: "due_by",
    Kind.DELETION_RETURN: "due_by",
    Kind.MISSING_PUPIL_REPORT: "missing.last_attended",
    Kind.SUPPORT_REFERRAL: "referral.reached_on",
    Kind.PENALTY_NOTICE_REQUEST: "declaration.date",
    Kind.WORKER_NOTICE: "notice.first_day",
    Kind.WORKER_NOTICE_DELETION: "notice.last_day",
    Kind.TRANSFER_FILE: "first_day_off_roll",
}
"""For each kind, a field of its content that is a day and rests on no other field, as a dotted path."""


def attendance_return(number: int) -> dict[str, Any]:
    """The content of an attendance return: ten school days of O."""
    forename, surname, address, postcode = _PEOPLE[number % len(_PEOPLE)]
    rest = f"801200005{number % 1000:03d}"
    return {
        "school": {"urn": SCHOOL, "laestab": "801/2000", "name": "Northwick Primary School", "la": "801"},
        "contact": {"name": "Ada Officer", "role": "Attendance officer", "telephone": "01632 960001"},
        "pupil": {
            "upn": upn_check_letter(rest) + rest,
            "surname": surname,
            "forename": forename,
            "dob": (date(2016, 9, 27) + timedelta(days=number)).isoformat(),
            "sex": "F",
            "year_group": 4,
            "address": address,
            "postcode": postcode,
        },
        "parents": [
            {"name": f"Hesper {surname}", "relationship": "mother", "lives_with": True, "telephone": "01632 960123"}
        ],
        "absence": {
            **_REACHED,
            "school_days": len(_DAYS),
            "sessions": _SESSIONS,
            "last_attended": "2026-10-02",
        },
        "due_by": "2026-10-30",
        "law": ["SI 2024/208 reg 13"],
        "rule": {"id": "attendance_return", "version": "1"},
        "settings": [{"name": "school_days", "value": 10, "set_by": "law"}],
    }


def transfer_file(number: int) -> dict[str, Any]:
    """The content of a transfer file: a week at school, of which a day was illness."""
    marks = [*("/", "\\") * 3, "I", "I", "-", "#"]
    counts = {"possible": 8, "attended": 6, "authorised": 2, "unauthorised": 0}
    attendance = {"year": 2026, "start": _FIRST_DAY.isoformat(), **counts, "marks": ",".join(marks)}
    said = _rest(number, "transfer_file", attendance=attendance, left="2026-10-09", first_day_off_roll="2026-10-12")
    names = ("upn", "surname", "forename", "dob", "sex")
    pupil = {name: value for name, value in said["pupil"].items() if name in names}
    return {name: value for name, value in said.items() if name not in ("contact", "parents")} | {"pupil": pupil}


def attendance_followup(number: int) -> dict[str, Any]:
    """The content of the same absence's return in a later month."""
    absence = {"first_day": "2026-11-02", "school_days": 3, "last_attended": "2026-10-02"}
    sessions = [{"date": "2026-11-02", "session": half, "code": "O"} for half in ("AM", "PM")]
    return _rest(number, "attendance_followup", absence=absence | {"sessions": sessions}, due_by="2026-11-30")


def irregular_attendance_return(number: int) -> dict[str, Any]:
    """The content of a return of twenty unauthorised sessions."""
    absence = {**_REACHED, "unauthorised": len(_SESSIONS), "sessions": _SESSIONS}
    return _rest(number, "irregular", absence=absence, due_by="2026-10-31")


def sickness_return(number: int) -> dict[str, Any]:
    """The content of a sickness return: fifteen days, and ten more to come."""
    sickness = {**_REACHED, "school_days": 15.0, "expected_days": 25, "last_attended": "2026-10-02"}
    return _rest(number, "sickness_return", sickness=sickness)


def new_pupil_return(number: int) -> dict[str, Any]:
    """The content of the return of an entry in the admission register."""
    entry = {"entered_on": _FIRST_DAY.isoformat(), "boarder": False, "previous_school": {"name": "Southwick School"}}
    return _rest(number, "new_pupil_return", entry=entry, due_by="2026-10-10")


def deletion_return(number: int) -> dict[str, Any]:
    """The content of the return of a deletion: the pupil moved away."""
    goes_to = {"place": "school", "school": {"urn": 900002, "name": "Southwick School"}, "starts_on": "2026-10-19"}
    address = {"address": "7 Łęg Lane, Southwick", "postcode": "ZZ99 3VZ", "first_day": "2026-10-17"}
    deletion = {"last_day": "2026-10-16", "ground": "g", "goes_to": goes_to, "new_address": address}
    return _rest(number, "deletion_return", deletion=deletion, due_by="2026-10-16")


def missing_pupil_report(number: int) -> dict[str, Any]:
    """The content of a report of a pupil on the roll who cannot be found."""
    attempt = {"date": "2026-10-05", "type": "call", "by": "Ada Officer", "to": "mother", "outcome": "no_answer"}
    enquiries = {"attempts": 1, "last_attempt": "2026-10-05", "outstanding": ["home_visit"], "log": [attempt]}
    missing = {"type": "missing_registered_pupil", **_REACHED, "school_days": len(_DAYS), "sessions": _SESSIONS}
    missing |= {"last_attended": "2026-10-02", "enquiries": enquiries, "circumstances": "A neighbour saw a van."}
    said = _rest(number, "missing", missing=missing, flags=["social_worker"])
    return said | {"pupil": said["pupil"] | {"home_la": "802"}}


def support_referral(number: int) -> dict[str, Any]:
    """The content of a referral for severe absence."""
    counts = {"possible": 40, "attended": 20, "authorised": 0, "unauthorised": 20}
    attendance = {"first_day": "2026-09-14", "last_day": _DAYS[-1].isoformat(), **counts}
    referral = {"type": "severe", "reached_on": _DAYS[-1].isoformat(), "support_given": "Two meetings, a plan."}
    return _rest(number, "support_referral", attendance=attendance, referral=referral, cause="not known")


def penalty_notice_request(number: int) -> dict[str, Any]:
    """The content of a request for a penalty notice, after one of three years before and a notice to improve."""
    absence = {**_REACHED, "unauthorised": len(_SESSIONS), "sessions": _SESSIONS, "covered_sessions": 0}
    said = _rest(number, "penalty_notice", absence=absence)
    [parent] = said["parents"]
    notices = [{"parent": parent["name"], "issued": "2025-03-03", "outcome": "paid"}]
    improve = {"parent": parent["name"], "issued": "2026-09-01", "ends": "2026-09-29"}
    declared = {"name": "Ada Officer", "role": "Attendance officer", "date": "2026-10-19"}
    return said | {"notices": notices, "improve": improve, "declaration": declared}


def worker_notice(number: int) -> dict[str, Any]:
    """The content of a notice of unexplained absence."""
    told = {"workers": ["social_worker", "virtual_school_head"], "looked_after_by": "802"}
    notice = {**told, "first_day": _DAYS[0].isoformat(), "unexplained": 2, "sessions": _SESSIONS[:2]}
    return _by_name(_rest(number, "worker_notice", notice=notice))


def worker_notice_deletion(number: int) -> dict[str, Any]:
    """The content of a notice of a coming deletion."""
    notice = {"workers": ["social_worker"], "last_day": "2026-10-16"}
    return _by_name(_rest(number, "worker_notice_deletion", notice=notice))


def _rest(number: int, rule: str, **own: Any) -> dict[str, Any]:
    """A content: what all kinds say, and its own."""
    whole = attendance_return(number)
    shared = ("school", "contact", "pupil", "parents", "law", "settings")
    return {name: whole[name] for name in shared} | {"rule": {"id": rule, "version": "1"}} | own


def _by_name(content: dict[str, Any]) -> dict[str, Any]:
    pupil = {name: value for name, value in content["pupil"].items() if name not in ("address", "postcode")}
    return {name: value for name, value in content.items() if name != "parents"} | {"pupil": pupil}


CONTENTS: Mapping[Kind, Callable[[int], dict[str, Any]]] = {
    Kind.ATTENDANCE_RETURN: attendance_return,
    Kind.ATTENDANCE_FOLLOWUP: attendance_followup,
    Kind.IRREGULAR_ATTENDANCE_RETURN: irregular_attendance_return,
    Kind.SICKNESS_RETURN: sickness_return,
    Kind.NEW_PUPIL_RETURN: new_pupil_return,
    Kind.DELETION_RETURN: deletion_return,
    Kind.MISSING_PUPIL_REPORT: missing_pupil_report,
    Kind.SUPPORT_REFERRAL: support_referral,
    Kind.PENALTY_NOTICE_REQUEST: penalty_notice_request,
    Kind.WORKER_NOTICE: worker_notice,
    Kind.WORKER_NOTICE_DELETION: worker_notice_deletion,
    Kind.TRANSFER_FILE: transfer_file,
}
"""The content of each kind's first revision, about the pupil of a number."""
