"""An absence that goes on after its attendance return, in each later calendar month, where the authority asks for it.

SI 2024/208, regulation 13 (attendance returns): not less often than once a calendar month.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Day, Part, Whole, once, one
from rollbook_feed.parts import CAUSE, DUE_BY, LAST_ATTENDED, PARENTS, Content, Pupil, Session, sessions_of


class GoingOn(Part):
    """The absence in the month."""

    first_day = Day("first school day of the absence in the month that is returned", required=True)
    school_days = Whole("school days of the absence in that month, so far", 1, 31, required=True)
    sessions = sessions_of(
        Session, "those of `first_day` alone, as the register has them, and of no later day", required=True
    )
    last_attended = LAST_ATTENDED

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The sessions are those of the first day, each once."""
        once(
            [(item["date"], item["session"]) for item in data["sessions"]], "sessions", "the same session is told twice"
        )
        if any(item["date"] != data["first_day"] for item in data["sessions"]):
            raise ValidationError("a session is not of first_day", "sessions")


class AttendanceFollowup(Content):
    """The content of `send` and `amend`."""

    pupil = one(Pupil, "whom it is about", required=True)
    parents = PARENTS
    absence = one(GoingOn, "what goes on", required=True)
    cause = CAUSE
    due_by = DUE_BY
