"""Which column holds what: the fields of each file, and the headings under which exports are known to give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rollbook.contract import FixSettings
from rollbook_csv.masks import told_heading

_KEYS = {
    "adno": ("Adno", "Admission No", "Admission Number", "Adm No", "Student ID", "Pupil ID"),
    "upn": ("UPN", "Unique Pupil Number"),
}
_OF_THE_SCHOOL = {
    "urn": ("URN", "School URN"),
    "laestab": ("LAESTAB", "LA Estab", "DfE Number", "DfES Number", "Establishment Number"),
    "application": ("Application ID",),  # what Arbor's BI export calls a school
}
_PERSON = {
    "former_upn": ("Former UPN", "Previous UPN"),
    "surname": ("Legal Surname", "Surname", "Legal Last Name", "Last Name"),
    "forename": ("Legal Forename", "Forename", "Legal First Name", "First Name"),
    "preferred_surname": ("Preferred Surname", "Preferred Last Name"),
    "preferred_forename": ("Preferred Forename", "Preferred First Name"),
    "dob": ("DOB", "Date of Birth", "Birth Date"),
    "sex": ("Sex", "Legal Sex", "Gender"),
    "address": ("Address", "Home Address"),
    "postcode": ("Postcode", "Post Code"),
    "home_la": ("Home LA", "Home Authority", "Home Local Authority"),
}
PLACE = {
    "year": ("Year", "Year Group", "NC Year", "Year taught in", "Current Year Group"),
    "class": (
        *("Reg", "Reg Group", "Registration Group", "Class", "Class Name", "Form", "Tutor Group"),
        "Current Registration Group",
    ),
    "boarder": ("Boarder", "Boarding"),
}

# For each file, its fields and their usual headings, the likeliest first.
FIELDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "marks": {
        **_KEYS,
        "date": ("Date", "Session Date", "Attendance Date", "Mark Date"),
        "session": ("AM/PM", "Session", "Period", "Session Name"),
        "mark": ("Mark", "Raw Mark", "Code", "Attendance Mark", "Attendance Code"),
        "am_mark": ("AM", "AM Mark", "AM Code", "Morning", "Morning Mark"),
        "pm_mark": ("PM", "PM Mark", "PM Code", "Afternoon", "Afternoon Mark"),
        "start": ("Start Date", "Attendance Start Date", "Marks Start Date", "Start"),
        "marks": ("Marks", "Attendance Marks", "Mark String", "Marks String"),
        "first_session": ("First Session", "Start Session"),
        **_PERSON,
        **PLACE,
        **_OF_THE_SCHOOL,
    },
    "pupils": {**_KEYS, **_PERSON, **PLACE, **_OF_THE_SCHOOL},  # the place is for pupils who are on no file of the roll
    "roll": {
        **_KEYS,
        "from": ("From", "Admission Date", "Date of Admission", "Date of Entry", "Start Date"),
        "to": ("To", "Leaving Date", "Date of Leaving", "Date Left", "End Date"),
        "destination": ("Destination", "Leaving Destination", "Destination URN", "New School URN"),
        "ground": ("Ground", "Ground for Deletion", "Deletion Ground", "Regulation 9 Ground"),
        **PLACE,
        **_OF_THE_SCHOOL,
    },
    "calendar": {
        "date": ("Date", "Day"),
        "session": ("AM/PM", "Session", "Period"),
        "open": ("Open", "Is Open"),
        **_OF_THE_SCHOOL,
    },
    "contacts": {
        **_KEYS,
        "name": ("Name", "Contact Name", "Full Name"),
        "relationship": ("Relationship", "Relation"),
        "priority": ("Priority", "Contact Priority", "Order"),
        "lives_with": ("Lives With", "Same Address", "Lives With Pupil"),
        "address": ("Address", "Contact Address", "Home Address"),
        "postcode": ("Postcode", "Post Code"),
        "telephone": ("Telephone", "Phone", "Mobile", "Telephone Number"),
        "email": ("Email", "E-mail", "Email Address"),
        **_OF_THE_SCHOOL,
    },
    "leave": {
        **_KEYS,
        "from": ("From", "Start Date", "First Day"),
        "to": ("To", "End Date", "Last Day"),
        **_OF_THE_SCHOOL,
    },
    "notices": {
        **_KEYS,
        "parent": ("Parent", "Parent Name", "Issued To"),
        "issued": ("Issued", "Date Issued", "Issue Date"),
        "outcome": ("Outcome", "Status"),
        "kind": ("Kind", "Notice Type", "Type of Notice", "Notice"),
        "ends": ("Ends", "Improvement Period Ends", "Period Ends", "End of Period"),
        **_OF_THE_SCHOOL,
    },
    "flags": {
        **_KEYS,
        "flag": ("Flag", "Group", "Cohort", "Characteristic"),
        "from": ("From", "Start Date", "First Day"),
        "to": ("To", "End Date", "Last Day"),
        "authority": ("Authority", "Care Authority", "Looked After By"),
        **_OF_THE_SCHOOL,
    },
    "contact_log": {
        **_KEYS,
        "date": ("Date", "Contact Date", "Date of Contact"),
        "type": ("Type", "Contact Type", "Method"),
        "by": ("By", "Made By", "Contacted By"),
        "to": ("To", "Person Contacted", "Spoke To"),
        "outcome": ("Outcome", "Result"),
        **_OF_THE_SCHOOL,
    },
}


# For each shape of a register, the fields of the file of marks that hold it; without one the days are headings.
SHAPES: Mapping[str, Sequence[str]] = {
    "mark": ("date", "session", "mark"),
    "day": ("date", "am_mark", "pm_mark"),
    "grid": (),
    "string": ("start", "marks", "first_session"),
    "folder": ("date", "session", "mark"),
}


_TOLD = 40  # headings in a message: a grid has hundreds


def plain(heading: str) -> str:
    """A heading without what does not tell two apart: `AM/PM`, `am pm` and `Am_Pm` are one."""
    return re.sub(r"[\W_]+", " ", heading.casefold()).strip()


class Headings:
    """The headings of one file, and which field each column holds. `where`: field -> place of its column."""

    def __init__(
        self, table: str, file: str, found: Sequence[str], columns: Mapping[str, Any], shape: str = "mark"
    ) -> None:
        """Raises FixSettings when two columns have the heading of one field."""
        self.table = table
        self.file = file
        self.found = list(found)
        self.asked = {field: _asked(table, field, columns) for field in fields_of(table, shape)}
        self.where: dict[str, int] = {}
        names = [plain(heading) for heading in found]
        for field, headings in self.asked.items():
            heading = next((wanted for wanted in map(plain, headings) if wanted in names), None)
            if heading is None:
                continue
            if names.count(heading) > 1:
                raise FixSettings(
                    f"{file} has two columns headed {found[names.index(heading)]!r}: export it with one of them."
                )
            self.where[field] = names.index(heading)

    def heading(self, field: str) -> str:
        """How the file heads that field; the field's own name where it does not."""
        return self.found[self.where[field]] if field in self.where else field

    def require(self, *fields: str, hint: str = "") -> None:
        """Raises FixSettings naming every field without a column, what was looked for and what was found."""
        missing = [field for field in fields if field not in self.where]
        if not missing:
            return
        looked = "; ".join(f"{field}: {', '.join(self.asked[field])}" for field in missing)
        example = f'columns = {{{missing[0]} = "its heading"}}'
        raise FixSettings(
            f"{self.file} has no column for {' and '.join(missing)}. Looked for {looked}. {self.told()} "
            + (hint or f"If a column has another heading, say so in the settings: {example}.")
        )

    def told(self) -> str:
        """What the first line holds, for messages. What may be a pupil's is not repeated: the line may be a row."""
        if not self.where:
            return (
                "Its first line has no heading that is known: is the line of headings missing, or the delimiter wrong?"
            )
        more = f" and {len(self.found) - _TOLD} more" if len(self.found) > _TOLD else ""
        return f"Found: {', '.join(told_heading(heading, n) for n, heading in enumerate(self.found[:_TOLD]))}{more}."


def fields_of(table: str, shape: str) -> list[str]:
    """The fields that are looked for in a file: of the marks, without those of other shapes."""
    others = {field for fields in SHAPES.values() for field in fields} - {*SHAPES[shape]} if table == "marks" else ()
    return [field for field in FIELDS[table] if field not in others]


def _asked(table: str, field: str, columns: Mapping[str, Any]) -> Sequence[str]:
    own = columns.get(table)
    if isinstance(own, Mapping) and field in own:
        return (str(own[field]),)
    given = columns.get(field)
    return (given,) if isinstance(given, str) else FIELDS[table][field]
