"""Every mark of a day, pupil by pupil: only where the authority and the school have both agreed to it."""

from __future__ import annotations

from typing import Any

from marshmallow import validates_schema

from rollbook_feed.fields import Choice, Day, Part, Pattern, many, once
from rollbook_feed.message import PupilNumber
from rollbook_feed.parts import UPN, UPN_WORDS
from rollbook_feed.regular.common import Regular

CODES = (
    *("/", "\\", "L", "B", "K", "P", "V", "W"),
    *("C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T"),
    *("G", "N", "O", "U"),
    *("D", "Q", "X", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#"),
)
"""The national codes from 19 August 2024: present or at an activity, authorised, unauthorised, not counted."""


class PupilMark(Part):
    """One mark. A session without one is left out: it is no absence."""

    pupil = PupilNumber("the sender's own number of the pupil", required=True)
    upn = Pattern(
        "matches the pupil to the authority's records", UPN, UPN_WORDS, when="where the pupil has one", ctf="UPN"
    )
    session = Choice("morning or afternoon", ("AM", "PM"), required=True)
    code = Choice("the national code (regulation 10)", CODES, required=True)


class SessionMarks(Regular):
    """The body of `sessions`: all the marks of the day, each time."""

    date = Day("the day", required=True)
    marks = many(PupilMark, "the marks", most=40_000, required=True)

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """No session of a pupil is told twice."""
        once([(row["pupil"], row["session"]) for row in data["marks"]], "marks", "the same session is told twice")
