"""A flag of a pupil that the school needs so as to tell the right people of an absence.

DfE, Working together to improve school attendance: a school knows which of its pupils are looked after or have a social
worker, and tells the social worker and the virtual school head. The flag is told, and never the story behind it.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Choice, Day, Part, Pattern, one
from rollbook_feed.from_authority.about import REASON, Known
from rollbook_feed.parts import AUTHORITY, AUTHORITY_WORDS, Contact


class Flagged(Part):
    """The flag and its days."""

    flag = Choice("what holds", ("looked_after", "social_worker", "youth_justice"), required=True)
    authority = Pattern(
        "the authority that looks after the child, or whose worker it is", AUTHORITY, AUTHORITY_WORDS, required=True
    )
    first_day = Day("first day on which it holds", required=True)
    last_day = Day("last day on which it holds", when="where it has ended, or its end is known")

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The dates are in order."""
        if data.get("last_day", data["first_day"]) < data["first_day"]:
            raise ValidationError("before first_day", "last_day")


class PupilFlags(Part):
    """The content of `send` and `amend`: one flag of one pupil."""

    pupil = one(Known, "whom it is about", required=True)
    held = one(Flagged, "the flag", required=True)
    worker = one(Contact, "whom to tell", when="where the authority names one")
    reason = REASON
