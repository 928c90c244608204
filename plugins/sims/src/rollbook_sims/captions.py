"""Captions: what a report's author called its columns, and which field of ours each holds.

A caption is found whatever its letter case, spaces and punctuation: `AM/PM`, `am_pm` and `AM_x002F_PM` are one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

REPORTS = ("marks", "pupils", "roll", "codes", "contacts")
OPTIONAL = frozenset({"roll", "codes", "contacts"})
"""Without a report of the roll, it is read from that of the pupils; without the others their tables are not known."""

# The person's number is the first part of `primary_id` and `multiple_id`; these two, alone, may stand side by side.
_WHO: Mapping[str, Sequence[str]] = {
    "upn": ("UPN", "Unique Pupil Number", "Unique ID"),
    "adno": ("Adno", "Admission Number", "Admission No", "Adm No"),
    "person": ("multiple_id", "primary_id", "PersonID"),
}
_PLACE: Mapping[str, Sequence[str]] = {
    "year_group": ("Year", "Year Group", "NC Year", "Year Taught In"),
    "class_name": ("Reg", "Reg Group", "Registration Group", "Class"),
    "boarder": ("Boarder",),
}
_SPELL: Mapping[str, Sequence[str]] = {
    "from": ("Admission Date", "Date of Admission", "DOA"),
    "to": ("Leaving Date", "Date of Leaving", "DOL"),
    "destination": ("Destination URN", "Destination"),
    "ground": ("Ground for Deletion", "Ground"),
}

# For each report, its fields and the captions under which they are looked for where the settings say nothing.
FIELDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "marks": {
        **_WHO,
        "date": ("Date", "AttendanceDate", "Mark Date"),
        "session": ("AM/PM", "SessionName", "Session"),
        "mark": ("Mark", "AttendanceMark"),
        "subcode": ("Subcode", "AttendanceSubCode"),
        "comment": ("Comments", "Comment"),
    },
    "pupils": {
        **_WHO,
        "former_upn": ("Former UPN",),
        "surname": ("Legal Surname",),
        "forename": ("Legal Forename",),
        "preferred_surname": ("Preferred Surname",),
        "preferred_forename": ("Preferred Forename",),
        "dob": ("DOB", "Date of Birth"),
        "sex": ("Sex", "Legal Sex", "Gender"),
        "address": ("Address", "Home Address"),
        "postcode": ("Postcode", "Post Code"),
        **_SPELL,
        **_PLACE,
    },
    "roll": {**_WHO, **_SPELL, **_PLACE},
    "codes": {
        "display": ("SIMS_Display_Code", "Code"),
        "subcode": ("Subcode", "Sub_Code"),
        "statutory": ("Statutory_Return_Code",),
        "description": ("SIMS_Display_Description", "Description"),
        "restricted": ("Is_Restricted",),
        "active": ("Is_Active",),
    },
    "contacts": {
        **_WHO,
        "name": ("Contact Name", "Name"),
        "relationship": ("Relationship",),
        "priority": ("Priority", "Contact Priority"),
        "lives_with": ("Lives With", "Same Address"),
        "address": ("Contact Address", "Address"),
        "postcode": ("Contact Postcode", "Postcode"),
        "telephone": ("Telephone", "Contact Telephone"),
        "email": ("Email", "Contact Email"),
    },
}
NEEDED: Mapping[str, Sequence[str]] = {
    "marks": ("date", "session", "mark"),
    "pupils": ("adno", "dob"),
    "roll": ("from",),
    "codes": ("display",),
    "contacts": ("name",),
}
"""The fields without which a report says nothing. All but that of the codes also need one of WHO."""
WHO = tuple(_WHO)
SELDOM = frozenset(
    {"person", "former_upn", "boarder", "destination", "ground", "description", "restricted", "active", "comment"}
)
"""Fields that many schools do not have, and without which nothing is amiss."""
# Four digits, or eight for what lies beyond them; half of a surrogate pair is no letter and stays as it is.
_ESCAPED = re.compile("_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4}|00(?:0[1-9A-Fa-f]|10)[0-9A-Fa-f]{4})_")


@lru_cache(maxsize=4096)
def unescaped(name: str) -> str:
    """The caption that an element's name stands for: `AM_x002F_PM` is `AM/PM`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)


@lru_cache(maxsize=4096)
def plain(caption: str) -> str:
    """What of a caption counts: its letters and digits, in small letters."""
    return "".join(letter for letter in unescaped(caption).casefold() if letter.isalnum())


@dataclass(frozen=True)
class Captions:
    """Which captions of one report are looked for. `by_field`: for each field, its captions, the likeliest first."""

    report: str
    by_field: Mapping[str, Sequence[str]]

    def named(self, field: str) -> str:
        """A field for people: the caption under which it is looked for first, and its name in our settings."""
        captions = self.by_field[field]
        return f"{captions[0]} ({field})" if captions else field

    def field_of(self, caption: str) -> str | None:
        """The field that a caption holds; None for one that nobody asked for."""
        return self._fields().get(plain(caption))

    def _fields(self) -> dict[str, str]:
        found = self.__dict__.get("_known")
        if found is None:
            found = {plain(name): field for field, names in self.by_field.items() for name in names}
            self.__dict__["_known"] = found
        return found


def captions_of(report: str, settings: Mapping[str, Any]) -> Captions:
    """The captions of that report: those of the settings in place of the usual ones, field by field.

    A comment, which may tell of a pupil's health, is looked for only where the settings ask for comments.
    """
    own: Mapping[str, str] = settings.get("captions", {}).get(report, {})
    wanted = {field: names for field, names in FIELDS[report].items() if field != "comment" or settings.get("comments")}
    taken = {plain(name) for name in own.values()}
    usual = {field: [name for name in names if plain(name) not in taken] for field, names in wanted.items()}
    return Captions(report, {field: (own[field],) if field in own else tuple(usual[field]) for field in wanted})
