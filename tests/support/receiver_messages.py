"""Made-up messages of the open feed. Nobody in them exists."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

SCHOOL = 100001
OTHER_SCHOOL = 100002
PUPIL = 4611686018427387905  # more than a JSON number carries safely
FORENAME, SURNAME, UPN, ADDRESS = "Zebulon", "Quillfeather", "B801200005001", "14 Marrowbone Crescent, Northwick"


def content(**changes: Any) -> dict[str, Any]:
    """The content of an attendance return: ten school days of O from 5 October 2026. `changes` replace top fields."""
    days = [date(2026, 10, 5) + timedelta(days=week * 7 + day) for week in (0, 1) for day in range(5)]
    sessions = [{"date": day.isoformat(), "session": half, "code": "O"} for day in days for half in ("AM", "PM")]
    whole = {
        "school": {"urn": SCHOOL, "laestab": "801/2000", "name": "Northwick Primary School", "la": "801"},
        "contact": {"name": "A. Officer", "role": "Attendance officer", "telephone": "01632 960001"},
        "pupil": {
            "upn": UPN,
            "surname": SURNAME,
            "forename": FORENAME,
            "dob": "2017-03-09",
            "sex": "M",
            "year_group": 4,
            "address": ADDRESS,
            "postcode": "ZZ99 3WZ",
        },
        "parents": [{"name": "Hesper Quillfeather", "relationship": "mother", "telephone": "01632 960123"}],
        "absence": {
            "first_day": "2026-10-05",
            "reached_on": "2026-10-16",
            "school_days": 10,
            "sessions": sessions,
            "last_attended": "2026-10-02",
        },
        "due_by": "2026-10-31",
        "law": ["SI 2024/208 reg 13"],
        "rule": {"id": "attendance_return", "version": "1"},
        "settings": [{"name": "school_days", "value": 10, "set_by": "law"}],
    }
    return copy.deepcopy(whole | changes)


def envelope(
    action: str = "send",
    revision: int = 1,
    *,
    school: int = SCHOOL,
    pupil: int = PUPIL,
    episode: int = 1,
    said: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A whole message. Without `said`, the content that the action wants."""
    if said is None:
        said = {"reason": "the marks were corrected to I"} if action == "withdraw" else content()
        if action == "amend":
            said["reason"] = "the first day was corrected"
        if action != "withdraw":
            said["school"]["urn"] = school
    key = {"kind": "attendance_return", "school": school, "pupil": str(pupil), "episode": episode}
    return {"feed_version": "1.0", "key": key, "revision": revision, "action": action, "content": said}
