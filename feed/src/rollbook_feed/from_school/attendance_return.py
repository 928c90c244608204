"""The attendance return: a pupil absent without authority for ten school days in a row.

SI 2024/208, regulation 13 (attendance returns).
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Day, Part, Whole, once, one
from rollbook_feed.parts import CAUSE, DUE_BY, LAST_ATTENDED, PARENTS, Content, Pupil, Session, sessions_of


class Absence(Part):
    """The ten school days."""

    first_day = Day("first school day of the absence", required=True)
    reached_on = Day("school day on which it reached the number", required=True)
    school_days = Whole("how many school days in a row", 1, 366, required=True)
    sessions = sessions_of(Session, "the sessions that count, up to `reached_on`", required=True)
    last_attended = LAST_ATTENDED

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The dates are in order, and no session is told twice."""
        in_order(data)


def in_order(data: dict[str, Any]) -> None:
    """Raises ValidationError unless first_day, reached_on and the sessions between them agree."""
    if data["reached_on"] < data["first_day"]:
        raise ValidationError("before first_day", "reached_on")
    told = [(item["date"], item["session"]) for item in data["sessions"]]
    once(told, "sessions", "the same session is told twice")
    if any(not data["first_day"] <= day <= data["reached_on"] for day, _ in told):
        raise ValidationError("a session is not from first_day to reached_on", "sessions")


class AttendanceReturn(Content):
    """The content of `send` and `amend`."""

    pupil = one(Pupil, "whom it is about", required=True)
    parents = PARENTS
    absence = one(Absence, "what is returned", required=True)
    cause = CAUSE
    due_by = DUE_BY
