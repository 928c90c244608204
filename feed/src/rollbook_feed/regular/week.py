"""Attendance of a week in figures, by year group and by cohort, without small numbers.

Figures of few pupils could be laid at the door of one. A row of fewer than `least` pupils says that it is suppressed
and nothing else, and no such row can be reckoned from the others: what the shown year groups leave of all pupils is
nobody, or `least` pupils or more, and so is what a cohort leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Choice, Day, Part, Truth, Whole, many, once
from rollbook_feed.regular.common import Regular

LEAST = 5
COHORTS = (
    "all",
    "fsm",
    "sen_support",
    "ehcp",
    "looked_after",
    "previously_looked_after",
    "social_worker",
    "formerly_social_worker",
    "youth_justice",
    "eal",
    "young_carer",
    "traveller",
    "service_child",
    "child_in_need",
)
COUNTED = {  # since 19 August 2024, SI 2024/208, regulation 10: figure of the week -> codes
    "attended": ("/", "\\", "L", "B", "K", "P", "V", "W"),
    "authorised": ("C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T"),
    "unauthorised": ("G", "N", "O", "U"),
    "not possible": ("D", "Q", "X", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#"),
}
FIGURES = ("pupils", "possible", "attended", "authorised", "unauthorised")
_SHOWN = "where the row is not suppressed"


class Row(Part):
    """Pupils of a year group, or of a cohort; `all` is every pupil of the school."""

    year_group = Whole(
        "the year group; 0 is reception, -1 nursery", -3, 14, when="where it is no row of a cohort", ctf="NCyearActual"
    )
    cohort = Choice("the cohort", COHORTS, when="where it is no row of a year group")
    suppressed = Truth("whether the pupils are too few to be told of", required=True)
    pupils = Whole("how many pupils", LEAST, 20_000, when=_SHOWN)
    possible = Whole("sessions possible", 0, 1_000_000, when=_SHOWN, ctf="SessionsPossible")
    attended = Whole("sessions attended", 0, 1_000_000, when=_SHOWN, ctf="SessionsAttended")
    authorised = Whole("sessions of authorised absence", 0, 1_000_000, when=_SHOWN, ctf="SessionsAuthorised")
    unauthorised = Whole("sessions of unauthorised absence", 0, 1_000_000, when=_SHOWN, ctf="SessionsUnauthorised")

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """A row is of one group, has all its figures or none, and every possible session is attended or absent."""
        if ("year_group" in data) == ("cohort" in data):
            raise ValidationError("of one of year_group and cohort, and not of both")
        for name in FIGURES:
            if (name in data) == data["suppressed"]:
                raise ValidationError("there where the row is not suppressed, and only then", name)
        if not data["suppressed"] and data["possible"] != data["attended"] + data["authorised"] + data["unauthorised"]:
            raise ValidationError("not the sum of attended, authorised and unauthorised", "possible")


class WeekSummary(Regular):
    """The body of `week`."""

    week = Day("the Monday of the week", required=True)
    least = Whole(
        "a row of fewer pupils is suppressed: the authority's number, never below 5", LEAST, 100, required=True
    )
    rows = many(
        Row, "all pupils, each year group, and the cohorts that the authority wants", least=1, most=50, required=True
    )

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The week begins on its Monday; each group is told once, that of all pupils among them."""
        if data["week"].weekday() != 0:
            raise ValidationError("not a Monday", "week")
        groups = [(row.get("year_group"), row.get("cohort")) for row in data["rows"]]
        once(groups, "rows", "the same group is told twice")
        if (None, "all") not in groups:
            raise ValidationError("no row of all pupils", "rows")

    @validates_schema
    def hidden(self, data: dict[str, Any], **kwargs: Any) -> None:
        """No small number is shown, or can be reckoned."""
        least = data["least"]
        if any(row.get("pupils", least) < least for row in data["rows"]):
            raise ValidationError("a row of fewer pupils than least is not suppressed", "rows")
        every = [row for row in data["rows"] if row.get("cohort") == "all"]
        if not every:
            return
        if every[0]["suppressed"]:
            if not all(row["suppressed"] for row in data["rows"]):
                raise ValidationError("all pupils are too few, and a part of them is shown", "rows")
            return
        if _reckoned(every[0], data["rows"], least):
            raise ValidationError("a number of pupils smaller than least can be reckoned from the rows", "rows")


def _reckoned(every: dict[str, Any], rows: Sequence[dict[str, Any]], least: int) -> bool:
    """Whether what the shown rows leave of all pupils is some, and fewer than `least`, or is one suppressed year."""
    years = [row for row in rows if "year_group" in row]
    hidden = sum(row["suppressed"] for row in years)
    left = every["pupils"] - sum(row["pupils"] for row in years if not row["suppressed"])
    others = [every["pupils"] - row["pupils"] for row in rows if "cohort" in row and not row["suppressed"]]
    return any(other != 0 and other < least for other in [left if years else 0, *others]) or hidden == 1
