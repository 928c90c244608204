"""A referral for support: a pupil who is persistently or severely absent.

DfE, Working together to improve school attendance: support first; for severe absence a joint approach with the
authority. Persistent and severe are those of DfE's statistics: 10% and 50% or more of the pupil's possible sessions.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Choice, Day, Part, Text, Whole, one
from rollbook_feed.parts import CAUSE, FLAGS_FIELD, PARENTS, Content, Pupil


class Attendance(Part):
    """The pupil's sessions at this school, in the school year to date."""

    first_day = Day("first day of the school year, or of the pupil on the roll", required=True)
    last_day = Day("day up to which it is counted", required=True)
    possible = Whole("sessions possible", 1, 800, required=True, ctf="SessionsPossible")
    attended = Whole("sessions attended", 0, 800, required=True, ctf="SessionsAttended")
    authorised = Whole("sessions of authorised absence", 0, 800, required=True, ctf="SessionsAuthorised")
    unauthorised = Whole("sessions of unauthorised absence", 0, 800, required=True, ctf="SessionsUnauthorised")

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Every possible session was attended or absent."""
        if data["last_day"] < data["first_day"]:
            raise ValidationError("before first_day", "last_day")
        if data["attended"] + data["authorised"] + data["unauthorised"] != data["possible"]:
            raise ValidationError("not the sum of attended, authorised and unauthorised", "possible")


class Referral(Part):
    """What the school asks for."""

    type = Choice(
        "persistent is 10% or more of the possible sessions, severe 50% or more",
        ("persistent", "severe"),
        required=True,
    )
    reached_on = Day("day on which that was first so", required=True)
    support_given = Text("what the school has done so far", longest=2000, when="where a person has said it")


class SupportReferral(Content):
    """The content of `send` and `amend`."""

    pupil = one(Pupil, "whom it is about", required=True)
    parents = PARENTS
    referral = one(Referral, "what is asked", required=True)
    attendance = one(Attendance, "the figures that it rests on", required=True)
    cause = CAUSE
    flags = FLAGS_FIELD

    @validates_schema(skip_on_field_errors=True)
    def borne_out(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The figures are those of the type (DfE, Pupil absence statistics: methodology, 3.2), before rounding."""
        counted = data["attendance"]
        absent = counted["authorised"] + counted["unauthorised"]
        times = {"persistent": 10, "severe": 2}[data["referral"]["type"]]
        if times * absent < counted["possible"]:
            raise ValidationError("the figures do not bear it out", "attendance")
