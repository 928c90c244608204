"""Who is who at the authority, for this school: whom to ask, and whom to tell.

DfE, Working together to improve school attendance: each school has a named point of contact at its authority.
"""

from __future__ import annotations

from rollbook_feed.fields import Choice, Part, many
from rollbook_feed.from_authority.about import REASON
from rollbook_feed.parts import Contact

FOR = (
    "attendance",
    "missing",
    "penalty_notices",
    "virtual_school_head",
    "social_care",
    "youth_justice",
    "special_educational_needs",
    "elective_home_education",
    "data",
)


class NamedContact(Contact):
    """One of them."""

    what_for = Choice("what this person is asked or told about", FOR, required=True)


class NamedContacts(Part):
    """The content of `send` and `amend`: all of them, each time."""

    contacts = many(NamedContact, "everyone the school is to know", least=1, most=50, required=True)
    reason = REASON
