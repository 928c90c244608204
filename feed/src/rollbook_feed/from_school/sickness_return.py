"""The sickness return: a pupil who has missed, or is believed to be going to miss, fifteen days through sickness.

SI 2024/208, regulation 13 (sickness returns). A person at the school decides. The law asks for name and address and no
diagnosis: there is no field for one, nor for the sessions one by one.
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Day, Halves, Part, Whole, one
from rollbook_feed.parts import LAST_ATTENDED, PARENTS, Content, Pupil


class Sickness(Part):
    """The days missed through sickness."""

    first_day = Day("first day of this period of sickness: one return is made for each", required=True)
    school_days = Halves(
        "days missed through sickness in the school year to date, in halves; 0 where all are to come",
        0,
        200,
        required=True,
    )
    reached_on = Day("day on which fifteen were reached", when="where they have been missed")
    expected_days = Whole(
        "how many days the school believes will be missed in all",
        15,
        200,
        when="where fifteen have not been missed yet",
    )
    last_attended = LAST_ATTENDED

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Fifteen days were missed, or are expected to be."""
        if "reached_on" not in data and "expected_days" not in data:
            raise ValidationError("required where reached_on is not there", "expected_days")


class SicknessReturn(Content):
    """The content of `send` and `amend`."""

    pupil = one(Pupil, "whom it is about", required=True)
    parents = PARENTS
    sickness = one(Sickness, "what is returned", required=True)
