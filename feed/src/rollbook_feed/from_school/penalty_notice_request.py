"""A request to consider a penalty notice. Whether one is issued, and to whom, the authority's officer decides.

Education Act 1996, ss444 to 444B; SI 2007/1867 as amended by SI 2024/210; DfE, Working together to improve school
attendance, chapter 6. It is made when every N mark is resolved: a session of N has no place in it.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Choice, Day, Part, Text, Whole, many, one
from rollbook_feed.from_school.attendance_return import in_order
from rollbook_feed.parts import CAUSE, FLAGS_FIELD, Content, Parent, Pupil, Session, sessions_of

OUTCOMES = ("issued", "paid", "unpaid", "withdrawn", "prosecuted")


class Resolved(Session):
    """A session of unauthorised absence whose reason is settled."""

    code = Choice("the national code (regulation 10); N is settled first", ("G", "O", "U"), required=True)


class Threshold(Part):
    """The sessions that reached the national threshold."""

    first_day = Day("first day of the ten school weeks that are counted", required=True)
    reached_on = Day("school day on which the threshold was reached", required=True)
    unauthorised = Whole("how many sessions count", 1, 800, required=True, ctf="SessionsUnauthorised")
    sessions = sessions_of(Resolved, "the sessions that count", required=True)
    covered_sessions = Whole(
        "of these, those up to the newest notice to any parent", 0, 800, when="where there was one"
    )

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The dates are in order, no session is told twice, and they are as many as is said."""
        in_order(data)
        if len(data["sessions"]) != data["unauthorised"]:
            raise ValidationError("not as many as there are sessions", "unauthorised")


class Earlier(Part):
    """A penalty notice that was issued before."""

    parent = Text("to whom: two in three years to one parent for one child bar a third", required=True)
    issued = Day("day of issue", required=True)
    outcome = Choice("what became of it; one that was withdrawn does not count", OUTCOMES, when="where it is known")


class Improve(Part):
    """A notice to improve that went before."""

    parent = Text("to whom", when="where it is recorded")
    issued = Day("day of issue", required=True)
    ends = Day("last day of the time to improve in", when="where the notice says one")


class Declaration(Part):
    """Who at the school asks for it, and stands for the register."""

    name = Text("the person who asks", required=True)
    role = Text("their position", required=True)
    date = Day("the day on which they did", required=True)


class PenaltyNoticeRequest(Content):
    """The content of `send` and `amend`."""

    pupil = one(Pupil, "whom it is about", required=True)
    parents = many(
        Parent,
        "a notice is to a parent: each who may be asked to answer, with an address",
        least=1,
        most=20,
        required=True,
    )
    parents_missing = Text("why a parent is not listed", longest=500, when="where one is not")
    absence = one(Threshold, "what it rests on", required=True)
    notices = many(Earlier, "penalty notices before this", most=50, when="where the school knows of one")
    improve = one(Improve, "the notice to improve", when="where one was issued")
    cause = CAUSE
    flags = FLAGS_FIELD
    declaration = one(Declaration, "who asks for it", required=True)
