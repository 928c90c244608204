"""How complete and how fresh a school's registers of a day are. It holds no pupil and no absence."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Choice, Day, Moment, Part, Whole, many, once
from rollbook_feed.regular.common import Regular


class Register(Part):
    """One register of the day."""

    session = Choice("morning or afternoon", ("AM", "PM"), required=True)
    expected = Whole("pupils on the roll for whom a mark is due", 0, 20_000, required=True)
    recorded = Whole("of these, those with a mark that is a national code", 0, 20_000, required=True)

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """No more are recorded than expected."""
        if data["recorded"] > data["expected"]:
            raise ValidationError("more than expected", "recorded")


class DayReport(Regular):
    """The body of `day`."""

    date = Day("the day", required=True)
    last_sync_ok = Moment("when the school's register was last read whole", when="where it ever was")
    registers = many(
        Register,
        "the sessions for which the school planned to be open; none where it was closed",
        most=2,
        required=True,
    )

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """No session is told twice."""
        once([row["session"] for row in data["registers"]], "registers", "the same session is told twice")
