"""The deletion return: a name is deleted from the admission register, with the ground.

SI 2024/208, regulation 13(4) and (5), and regulation 9(1) for the grounds: no later than the deletion.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Choice, Day, Part, Text, many, one
from rollbook_feed.parts import DUE_BY, Content, OtherSchool, Parent, Pupil

GROUNDS = tuple("abcdefghijklmno")
PLACES = ("school", "home", "abroad", "other", "unknown")


class GoesTo(Part):
    """Where the pupil goes."""

    place = Choice("a school, education at home, abroad, another known place, or not known", PLACES, required=True)
    school = one(OtherSchool, "the next school (regulation 8)", when="where `place` is `school`")
    starts_on = Day("first day at the next school (regulation 8)", when="where it is known")

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """A school is named where the place is one, and only then."""
        if (data["place"] == "school") != ("school" in data):
            raise ValidationError("there where place is school, and only then", "school")


class NewAddress(Part):
    """Where the pupil will live (regulation 8)."""

    address = Text("regulation 13(4) asks for a future address", longest=500, required=True)
    postcode = Text("finds the address", longest=20, when="where it is known", ctf="PostCode")
    parent = Text("with whom the pupil will live", when="where it is known")
    first_day = Day("from when", when="where it is known")


class Deletion(Part):
    """The deletion."""

    last_day = Day("last day on the roll", required=True, ctf="LeavingDate")
    ground = Choice("the ground: its letter in regulation 9(1)", GROUNDS, required=True)
    goes_to = one(GoesTo, "where the pupil goes", when="where the school knows it, or knows that it is not known")
    new_address = one(NewAddress, "where the pupil will live", when="where the admission register holds it")


class DeletionReturn(Content):
    """The content of `send` and `amend`."""

    pupil = one(Pupil, "whom it is about", required=True)
    parents = many(
        Parent,
        "regulation 13(4): those the pupil normally lives with, their addresses and an emergency number of each",
        most=20,
        when="where the pupil lives with a parent",
    )
    deletion = one(Deletion, "what is returned", required=True)
    due_by = DUE_BY
