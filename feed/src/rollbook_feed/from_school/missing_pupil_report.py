"""A child who is missing from education, or from the school that has the child on its roll: four types of report.

Education Act 1996, s436A; DfE, Children missing education (September 2025). A child on a roll is not one missing
education by that guidance; which types an authority takes is its own to say.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Choice, Day, Part, Text, Whole, many, once, one
from rollbook_feed.from_school.deletion_return import GROUNDS
from rollbook_feed.parts import FLAGS_FIELD, LAST_ATTENDED, PARENTS, Content, Pupil, Session, sessions_of

ON_ROLL = ("missing_registered_pupil", "failed_to_start")
OFF_ROLL = ("leaver_destination_unknown", "cme_not_on_roll")
WAYS = ("telephone_call", "letter_or_message", "home_visit")
TRIED = ("call", "text", "email", "letter", "visit", "other")
CAME_OF_IT = ("seen", "reached", "message_left", "no_answer", "not_known_there")


class Unexplained(Session):
    """A session without a known reason."""

    code = Choice("the national code (regulation 10)", ("N", "O"), required=True)


class Attempt(Part):
    """One attempt to reach the family."""

    date = Day("day of the attempt", required=True)
    type = Choice("how the family was tried", TRIED, required=True)
    by = Text("who tried")
    to = Text("who was tried")
    outcome = Choice("what came of it", CAME_OF_IT, when="where it is recorded")


class Enquiries(Part):
    """What the school has done to find the child: reasonable enquiries are made together with the authority."""

    attempts = Whole("attempts since the absence began", 0, 10_000, required=True)
    last_attempt = Day("day of the newest", when="where there was one")
    outstanding = many(Choice("a way", WAYS), "ways in which the family has not been tried yet", most=3, required=True)
    log = many(Attempt, "each attempt", most=500, when="where the school's log has them")


class Missing(Part):
    """What is reported."""

    type = Choice("which of the four types it is", ON_ROLL + OFF_ROLL, required=True)
    called = Text("what the authority calls the type", when="where the authority has said it")
    first_day = Day("first school day of it; of a leaver, the first day off the roll or later", required=True)
    reached_on = Day("day on which the authority's number of days was reached", required=True)
    school_days = Whole("school days without being seen or heard of", 0, 366, when="of a pupil on the roll")
    sessions = sessions_of(
        Unexplained, "the sessions without a known reason, up to `reached_on`", when="of a pupil on the roll"
    )
    last_attended = LAST_ATTENDED
    ground = Choice(
        "the ground of deletion: its letter in regulation 9(1)", GROUNDS, when="of a leaver, where it was stated"
    )
    enquiries = one(Enquiries, "what was done to find the child", when="where the school keeps a log of contacts")
    circumstances = Text("what else a person at the school has to say", longest=2000, when="where there is something")

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The dates are in order, no session is told twice, and a pupil on the roll has sessions."""
        if data["reached_on"] < data["first_day"]:
            raise ValidationError("before first_day", "reached_on")
        on_roll = data["type"] in ON_ROLL
        for name in ("school_days", "sessions"):
            if (name in data) != on_roll:
                raise ValidationError("there of a pupil on the roll, and only then", name)
        told = [(item["date"], item["session"]) for item in data.get("sessions", [])]
        once(told, "sessions", "the same session is told twice")
        if any(not data["first_day"] <= day <= data["reached_on"] for day, _ in told):
            raise ValidationError("a session is not from first_day to reached_on", "sessions")


class MissingPupilReport(Content):
    """The content of `send` and `amend`."""

    pupil = one(Pupil, "whom it is about, and the last address that is known", required=True)
    parents = PARENTS
    missing = one(Missing, "what is reported", required=True)
    flags = FLAGS_FIELD
