"""What `rollbook check` tells of a school's Arbor: a narrow real read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from rollbook.contract import Remark
from rollbook_arbor import asked, mixing
from rollbook_arbor.entities import ATTENDANCE_MARK, REGISTER_TYPE, ROLL_CALL, ROLL_CALL_RECORD
from rollbook_arbor.letters import no_letter
from rollbook_arbor.marks import sessions_of
from rollbook_arbor.reading import Filter, Reader
from rollbook_arbor.tables.loading import MUST_EXIST

# What records of another kind refer to: where those are shown, these must be.
_REFERRERS = {
    "Guardian": "StudentGuardianRelationship",
    "PostalAddress": "PostalAddressOccupancy",
    "AcademicLevel": "AcademicLevelMembership",
    "EnrolmentMode": "EnrolmentModeAssignment",
    "AcademicYearEnrolment": "EnrolmentModeAssignment",
}
_DAYS_BACK = 21  # half term and the week before it


def remarks(read: Reader, settings: Mapping[str, Any], today: date) -> Iterator[Remark]:
    """May we read, by which route, what do the school's marks stand for, what is the newest session."""
    read.read_all([ATTENDANCE_MARK, ROLL_CALL, REGISTER_TYPE])
    yield Remark(True, f"{settings['host']} takes the user name and password")
    yield from _routes(read, settings)
    yield from _same_ids(read)
    yield from _marks(read)
    yield _newest(read, today)


def _routes(read: Reader, settings: Mapping[str, Any]) -> Iterator[Remark]:
    """One row of each entity is asked for: whether it may be read, and how."""
    entities = [*asked.all_entities(settings), ROLL_CALL_RECORD]
    empty = read.probe(entities)
    by_graphql = [entity.name for entity in entities if entity.name not in read.by_rest]
    if read.graphql is not None and by_graphql:
        yield Remark(True, f"GraphQL gives {len(by_graphql)} of the {len(entities)} kinds of record that are read")
    if read.by_rest or read.graphql is None:
        named = ", ".join(sorted(read.by_rest)) if read.graphql is not None else "everything"
        yield Remark(True, f"read by REST, a request a record: {named}")
        marks = read.graphql is None or ROLL_CALL_RECORD.name in read.by_rest
        if marks and not settings["cache"]:
            yield Remark(False, "marks come by REST: name a folder in `cache`, or each night fetches every one again")
    if read.without:
        yield Remark(True, f"not given, and done without: {', '.join(sorted(read.without))}")
    yield from _empty(empty, read)


def _same_ids(read: Reader) -> Iterator[Remark]:
    """Where both routes are used, records of one refer to those of the other by their ids."""
    if read.by_rest and not mixing.same_ids(read):
        yield Remark(False, mixing.DIFFER)


def _empty(empty: set[str], read: Reader) -> Iterator[Remark]:
    """What shows no record: what must have some, or was refused, stops a sync; of the rest there may be none."""
    wrong = {name for name in empty if name in MUST_EXIST or name in read.refused}
    wrong |= {name for name, referrer in _REFERRERS.items() if name in empty and referrer not in empty}
    if wrong:
        yield Remark(
            False,
            f"nothing is shown of {', '.join(sorted(wrong))}: ask the school to approve reading it for this "
            f"application (System > Partner Apps)",
        )
    if empty - wrong:
        rest = ", ".join(sorted(empty - wrong))
        yield Remark(True, f"there is none, or the school has not approved it for this application: {rest}")


def _marks(read: Reader) -> Iterator[Remark]:
    marks = read(ATTENDANCE_MARK)
    lacking = no_letter(marks)
    said = f"the school's table has {len(marks)} marks"
    more = f"; {lacking} of those in use have no letter, and sessions with them are set aside" if lacking else ""
    yield Remark(bool(marks), said + more)
    halves = sessions_of(read)
    both = {"AM", "PM"} <= set(halves.values())
    yield Remark(both, "there is a roll call of the morning and one of the afternoon" if both else _NO_HALVES)


_NO_HALVES = (
    "no roll call of the morning, or none of the afternoon, can be told by its register's type: ask the school to set "
    "isMorning and isAfternoon in Arbor, or to approve AttendanceRegisterType for this application"
)


def _newest(read: Reader, today: date) -> Remark:
    """From today back, a day at a time, until there is a mark."""
    for back in range(_DAYS_BACK):
        day = today - timedelta(days=back)
        only = Filter("recordDate", day.isoformat(), day.isoformat())
        if read.any(ROLL_CALL_RECORD, only):
            return Remark(True, f"the newest day that has marks is {day.isoformat()}")
    return Remark(False, f"no mark of the last {_DAYS_BACK} days: is it a holiday, or are registers not approved?")
