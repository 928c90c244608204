"""What became of a notice to a parent: a penalty notice, or a notice to improve that the authority issues.

SI 2007/1867 as amended by SI 2024/210: two penalty notices in three years to one parent for one child bar a third, so a
school must know of each. No amount and no payment is told beyond whether it was paid.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Choice, Day, Part, Text, one
from rollbook_feed.from_authority.about import REASON, Known, Request
from rollbook_feed.from_school.penalty_notice_request import OUTCOMES


class Notice(Part):
    """The notice. A later outcome is an amendment of the same news."""

    kind = Choice("a penalty notice, or a notice to improve", ("penalty", "improve"), required=True)
    parent = Text("to whom it was issued", required=True)
    issued = Day("day of issue", required=True)
    outcome = Choice("what became of it", OUTCOMES, required=True)
    outcome_on = Day("the day of that", when="where `outcome` is another than `issued`")
    ends = Day("last day of the time to improve in", when="of a notice to improve")

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The dates are in order, and there where they belong."""
        if (data["outcome"] == "issued") == ("outcome_on" in data):
            raise ValidationError("there where outcome is another than issued, and only then", "outcome_on")
        if data.get("outcome_on", data["issued"]) < data["issued"]:
            raise ValidationError("before issued", "outcome_on")
        if "ends" in data and data["kind"] != "improve":
            raise ValidationError("only of a notice to improve", "ends")


class NoticeOutcome(Part):
    """The content of `send` and `amend`."""

    pupil = one(Known, "whom it is about", required=True)
    request = one(Request, "the penalty notice request that it answers", when="where there was one")
    notice = one(Notice, "the notice", required=True)
    reason = REASON
