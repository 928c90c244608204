"""What is asked for at Next Gen, and how its properties are called there.

The vendor's pages of 2018 to 2021 (sims-partners.com) name some of them. Those in GUESSED they do not: the settings
`entities` and `properties` put another name in the place of each. A property that is needed and is not there is an
error that names it. What some values mean is a guess as well, in READINGS, of which nothing tells that it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

ENTITIES: Mapping[str, str] = {
    "learners": "Learner/V3/LearnerPersonals",
    "identifiers": "Learner/V3/LearnerIdentifiers",
    "enrolments": "Learner/V3/LearnerEnrolments",
    "records": "Attendance/V3/AttendanceRecords",
    "sessions": "Attendance/V3/StatutoryAttendanceSessions",
    "codes": "Lookup/V3/AttendanceCodes",
    "statutory_codes": "Lookup/V3/StatutoryAttendanceCodes",
}
"""Each entity's path below `url`."""
PROPERTIES: Mapping[str, Mapping[str, str]] = {
    "learners": {
        "id": "ExternalID",
        "key": "ExternalID",
        "upn": "UPN",
        "former_upn": "FormerUPN",
        "surname": "LegalSurname",
        "forename": "LegalForename",
        "preferred_surname": "PreferredSurname",
        "preferred_forename": "PreferredForename",
        "dob": "DateOfBirth",
        "sex": "GenderCategory",
    },
    "identifiers": {"id": "ExternalID", "year": "CurrentYearGroup", "class_name": "CurrentPrimaryClass"},
    "enrolments": {"learner": "Learner", "first": "StartDate", "last": "EndDate", "status": "EnrolmentStatus"},
    "records": {"learner": "Attendee", "session": "Event", "code": "AttendanceCode"},
    "sessions": {"id": "ExternalID", "start": "AttendableEventStart", "name": "SessionName"},
    "codes": {"id": "ExternalID", "code": "Code", "statutory": "StatutoryAttendanceCode"},
    "statutory_codes": {"id": "ExternalID", "code": "Code"},
}
"""Each entity's properties. A pupil's key is the learner's id unless `learners.key` names another property."""
GUESSED: Mapping[str, tuple[str, ...]] = {
    "learners": ("upn", "former_upn", "surname", "forename", "dob"),
    "enrolments": ("path", "learner", "first", "last", "status"),
    "records": ("learner", "session", "code"),
    "sessions": ("start", "name"),
    "codes": ("path",),
    "statutory_codes": ("path", "id", "code"),
}
"""What the vendor's pages do not say: properties, and `path` for where the entity itself is."""
READINGS = (
    "that a record without a code is no mark",
    "that EndDate is the last day on the roll",
    "that a registration of the status Guest is not on the roll",
    "that a filter takes ge and lt (the pages have eq)",
)
"""How we read what the vendor's pages do not explain. No setting changes it."""
STATUTORY = "StatutoryAttendanceSession"
"""What the type of a record's event has in it where the record is of the statutory register, and of no lesson's."""


class Ref(msgspec.Struct, rename={"id": "ExternalID", "type": "Type", "description": "Description"}):
    """How one record names another. Only some references have a description."""

    id: str
    type: str | None = None
    description: str | None = None


# For each entity the types of its properties. One without a default must be there: where it is not, its name is wrong.
_FORMS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "learners": {
        "id": (str,),
        "key": (str | int,),
        "upn": (str | None,),
        "former_upn": (str | None, None),
        "surname": (str | None,),
        "forename": (str | None,),
        "preferred_surname": (str | None, None),
        "preferred_forename": (str | None, None),
        "dob": (str | None,),
        "sex": (str | None, None),
    },
    "identifiers": {"id": (str,), "year": (Ref | None,), "class_name": (Ref | None, None)},
    "enrolments": {"learner": (Ref,), "first": (str,), "last": (str | None,), "status": (Ref | None, None)},
    "records": {"learner": (Ref,), "session": (Ref,), "code": (Ref | None,)},
    "sessions": {"id": (str,), "start": (str,), "name": (str | None, None)},
    "codes": {"id": (str,), "code": (str,), "statutory": (Ref | None,)},
    "statutory_codes": {"id": (str,), "code": (str,)},
}


def properties_of(entity: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """Its properties by our names for them, those of the settings in place of the usual ones."""
    return {**PROPERTIES[entity], **settings["properties"].get(entity, {})}


def form_of(entity: str, settings: Mapping[str, Any]) -> Any:
    """The msgspec structure of its records, whose attributes have our names. It has no `key` where that is the id."""
    return _form(entity, tuple(properties_of(entity, settings).items()))


@lru_cache(maxsize=64)
def _form(entity: str, called: tuple[tuple[str, str], ...]) -> Any:
    rename = dict(called)
    if rename.get("key") == rename.get("id"):
        rename.pop("key", None)
    fields = sorted(((field, *_FORMS[entity][field]) for field in rename), key=len)  # those with a default come last
    return msgspec.defstruct(entity, fields, rename=rename)


def needed(entity: str, settings: Mapping[str, Any]) -> list[str]:
    """The properties without which a record of it cannot be read, as they are called at Next Gen."""
    called = properties_of(entity, settings)
    return sorted({called[field] for field, form in _FORMS[entity].items() if len(form) == 1})


def guesses(settings: Mapping[str, Any]) -> Iterator[str]:
    """What is still a guess of ours: each path and property that neither the vendor's pages nor the settings name."""
    for entity, fields in GUESSED.items():
        if "path" in fields and entity not in settings["entities"]:
            yield ENTITIES[entity]
        own = settings["properties"].get(entity, {})
        names = [PROPERTIES[entity][field] for field in fields if field != "path" and field not in own]
        if names:
            yield f"{ENTITIES[entity].rpartition('/')[2]}: {', '.join(names)}"
