"""What the contents of messages share: the fields of the open feed, and nothing else of what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from rollbook.outbox.drafts import CaseLike, Subject

SCHOOL: Final = ("urn", "laestab", "name", "la")
CONTACT: Final = ("name", "role", "telephone", "email")
NAMED: Final = (
    "upn",
    "former_upn",
    "surname",
    "forename",
    "preferred_surname",
    "preferred_forename",
    "dob",
    "sex",
    "year_group",
    "home_la",
)
PUPIL: Final = (*NAMED, "address", "postcode")
PARENT: Final = ("name", "relationship", "lives_with", "address", "postcode", "telephone", "email")
SEXES: Final = ("F", "M")
_SETTING: Final = ("name", "value", "set_by")
_FLAGS: Final = (
    "looked_after",
    "previously_looked_after",
    "social_worker",
    "child_in_need",
    "youth_justice",
    "ehcp",
    "sen_support",
    "young_carer",
    "traveller",
)
_LAST_PRIORITY: Final = 127


def about(subject: Subject) -> dict[str, Any]:
    """School, contact, pupil and parents.

    The pupil's address is the pupil's own, or that of the contact with whom the pupil lives, or of the first contact.
    The home authority is told where it is another than the school's.
    """
    contacts = in_order(subject.contacts)
    return {
        "school": school_of(subject),
        "contact": pick(subject.contact or {}, CONTACT),
        "pupil": _with_address(pupil_of(subject, PUPIL), contacts),
        "parents": [pick(contact, PARENT) for contact in contacts],
    }


def about_named(subject: Subject) -> dict[str, Any]:
    """School, contact and the pupil's name, for those who know the child: no address and no parent."""
    return {
        "school": school_of(subject),
        "contact": pick(subject.contact or {}, CONTACT),
        "pupil": pupil_of(subject, NAMED),
    }


def school_of(subject: Subject) -> dict[str, Any]:
    """The school that a message is from."""
    return pick(subject.school, SCHOOL)


def pupil_of(subject: Subject, names: Sequence[str]) -> dict[str, Any]:
    """What is known of the pupil under `names`."""
    pupil = person(subject.pupil, names)
    if pupil.get("home_la") == subject.school.get("la"):
        pupil.pop("home_la", None)
    return pupil


def person(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What is known of a pupil. A sex in another form than the feed's and the transfer file's is not known: what asks
    for it waits for a person, where it would have been refused after the person's yes.
    """
    return pick({**row, "sex": row.get("sex") if row.get("sex") in SEXES else None}, names)


def grounds(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """What a message rests on: the law, the rule and the settings that it went by."""
    return {
        "law": list(case.law),
        "rule": {"id": case.kind, "version": subject.rule_version},
        "settings": [{name: setting.get(name) for name in _SETTING} for setting in case.settings],
    }


def sessions_of(case: CaseLike) -> list[dict[str, Any]]:
    """The sessions of the evidence in order, each once: of two schools' marks of one session the first counts."""
    rows = [(str(row["date"]), _session(row["session"]), str(row["code"])) for row in case.evidence]
    once = {(day, session): code for day, session, code in sorted(rows, reverse=True)}
    return [{"date": day, "session": session, "code": once[day, session]} for day, session in sorted(once)]


def flags_of(subject: Subject) -> list[str]:
    """The flags that say who else is to be brought in: words, and never the story behind one."""
    said = {str(row.get("flag")) for row in subject.flags}
    return [flag for flag in _FLAGS if flag in said]


def known(content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` without what is not known."""
    return {name: value for name, value in content.items() if not is_missing(value)}


def pick(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What `row` has under `names`, as JSON has it, without what is not known."""
    return known({name: written(row.get(name)) for name in names})


def written(value: Any) -> Any:
    """A value as JSON has it: days in ISO form, texts without surrounding space."""
    if isinstance(value, date):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else value


def is_missing(value: Any) -> bool:
    """Whether a field has nothing in it."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Mapping | list) and not value)


def in_order(contacts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Contacts as they are called."""
    return sorted(contacts, key=_priority)


def _session(value: object) -> str:
    return {0: "AM", 1: "PM"}.get(value, str(value)) if isinstance(value, int) else str(value)


def _with_address(pupil: dict[str, Any], contacts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if "address" in pupil:
        return pupil
    at_home = [contact for contact in contacts if contact.get("lives_with")]
    for contact in [*at_home, *contacts[:1]]:
        if not is_missing(contact.get("address")):
            own = {name: value for name, value in pupil.items() if name != "postcode"}
            return own | pick(contact, ("address", "postcode"))
    return pupil


def _priority(contact: Mapping[str, Any]) -> tuple[int, str]:
    priority = contact.get("priority")
    return (_LAST_PRIORITY if priority is None else int(priority), str(contact.get("name") or ""))
