"""An attendance return of a pupil who fails to attend regularly, where the authority has set a number.

SI 2024/208, regulation 13 (attendance returns). The law names no number; the authority's own is among the settings.
"""

from __future__ import annotations

from typing import Any

from marshmallow import validates_schema

from rollbook_feed.fields import Day, Part, Whole, one
from rollbook_feed.from_school.attendance_return import in_order
from rollbook_feed.parts import CAUSE, DUE_BY, LAST_ATTENDED, PARENTS, Content, Pupil, Session, sessions_of


class Irregular(Part):
    """Unauthorised sessions of the school year to date."""

    first_day = Day("day of the first session that counts, in the school year", required=True)
    reached_on = Day("school day on which the authority's number was reached", required=True)
    unauthorised = Whole(
        "how many sessions of the school year to date are unauthorised",
        1,
        800,
        required=True,
        ctf="SessionsUnauthorised",
    )
    sessions = sessions_of(Session, "the sessions that count, up to `reached_on`", required=True)
    last_attended = LAST_ATTENDED

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The dates are in order, and no session is told twice."""
        in_order(data)


class IrregularAttendanceReturn(Content):
    """The content of `send` and `amend`."""

    pupil = one(Pupil, "whom it is about", required=True)
    parents = PARENTS
    absence = one(Irregular, "what is returned", required=True)
    cause = CAUSE
    due_by = DUE_BY
