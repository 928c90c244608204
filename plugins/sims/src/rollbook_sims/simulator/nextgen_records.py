"""What a made-up school's SIMS Next Gen holds: its learners, enrolments, sessions, codes and attendance records.

Written from the vendor's pages of 2018 to 2021, and where these are silent so that it is hard to read: ids in capitals
in one place and in small letters in another, sessions without a name, moments in UTC, codes of the school's own that
stand for others, sub-codes whose statutory code is their first letter, registers of lessons among those of sessions,
a guest and an applicant among the learners.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool

LONDON = ZoneInfo("Europe/London")
BEGINS = {"AM": time(8, 50), "PM": time(13, 0)}
YEARS = {-1: "Year N2", 0: "Reception"}
SEX = {"F": "Female", "M": "Male"}
NATIONAL = frozenset("/\\LCDBKPVWMTSRIEQGNOUXZ#YJ")
OWN = {"I": "=", "X": "X01"}
"""A code of the school's own, which half of the pupils with that national one have instead."""
GUEST = {"pupil": "900001", "upn": None, "former_upn": None, "surname": "Guestling", "forename": "Rowan", "sex": "F"}
APPLICANT = GUEST | {"pupil": "900002", "surname": "Hopeful", "forename": "Ash", "sex": "M"}
ONE_LESSON_IN = 40
Record = dict[str, Any]


class Records:
    """Those of one entity, made when they are asked for."""

    def __init__(self, total: int, made: Callable[[int, int], list[Record]]) -> None:
        self.total, self._made = total, made

    def __getitem__(self, part: slice) -> list[Record]:
        return self._made(part.start, min(part.stop, self.total))


class Organisation:
    """The school as it is on the evening that was published. `named`: its sessions say which half of the day it is."""

    def __init__(self, school: MadeSchool, named: bool = False) -> None:
        self._school, self._named = school, named
        self._held: dict[Table, pl.DataFrame] = {}
        self._evening = date.min

    def publish(self, evening: date) -> None:
        """From now on hold what the school's system would hold at the end of that day."""
        self._held, self._evening = self._school.known_on(evening), evening
        marks = self._held[Table.MARKS].with_columns(pl.col("code").str.strip_chars().replace("", None))
        for national, own in OWN.items():
            odd = pl.col("pupil").str.slice(-1).is_in(list("13579"))
            marks = marks.with_columns(
                code=pl.when(odd & (pl.col("code") == national)).then(pl.lit(own)).otherwise("code")
            )
        self._marks = marks.sort("session", "pupil", "date", descending=True)
        rows = self._held[Table.SESSIONS].filter(pl.col("open")).select("date", "session").unique(maintain_order=True)
        self._sessions = [(day, half, moment(day, BEGINS[half])) for day, half in rows.iter_rows()]

    def readable(self) -> dict[Table, pl.DataFrame]:
        """What can be read of it: no address, no contact, and year group and class where they are now."""
        guest = pl.DataFrame([{**GUEST, "dob": self.born}])
        pupils = pl.concat([self._held[Table.PUPILS].drop("address", "postcode"), guest], how="diagonal_relaxed")
        roll = self._held[Table.ROLL].select("pupil", "from", "to", "year_group", "class_name")
        now = pl.col("from").eq(pl.col("from").max().over("pupil")) & self._is_here()
        there = (pl.when(now).then(name).otherwise(None).alias(name) for name in ("year_group", "class_name"))
        contacts = self._held[Table.CONTACTS].clear()
        return {
            Table.PUPILS: pupils,
            Table.ROLL: roll.with_columns(*there),
            Table.MARKS: self._held[Table.MARKS],
            Table.CONTACTS: contacts,
        }

    def entity(self, name: str) -> Records | None:
        """All records of an entity other than AttendanceRecords; None for one that is not there."""
        lists: dict[str, Callable[[], list[Record]]] = {
            "Learner/V3/LearnerPersonals": self._personals,
            "Learner/V3/LearnerIdentifiers": self._identifiers,
            "Learner/V3/LearnerEnrolments": self._enrolments,
            "Lookup/V3/AttendanceCodes": self._codes,
            "Lookup/V3/StatutoryAttendanceCodes": self._statutory_codes,
        }
        return listed(lists[name]()) if name in lists else None

    def sessions(self, first: datetime | None, before: datetime | None) -> Records:
        """StatutoryAttendanceSessions that begin within these moments, or all of them."""
        wanted = [one for one in self._sessions if (not first or one[2] >= first) and (not before or one[2] < before)]
        return Records(
            len(wanted), lambda start, stop: [self._session(day, half) for day, half, _ in wanted[start:stop]]
        )

    def records(self, first: datetime, before: datetime) -> Records:
        """AttendanceRecords of what begins within these moments: of sessions, and of a lesson here and there."""
        begins = pl.when(pl.col("session") == "AM").then(pl.lit(BEGINS["AM"])).otherwise(pl.lit(BEGINS["PM"]))
        at = pl.col("date").dt.combine(begins).dt.replace_time_zone("Europe/London").dt.convert_time_zone("UTC")
        rows = self._marks.filter(at.is_between(first, before, closed="left"))
        lessons = rows.gather_every(ONE_LESSON_IN).with_columns(lesson=True)
        rows = pl.concat([lessons, rows.with_columns(lesson=False)]).select(
            "pupil", "date", "session", "code", "lesson"
        )
        return Records(rows.height, lambda start, stop: [record(*row) for row in rows[start:stop].iter_rows()])

    def _session(self, day: date, half: str) -> Record:
        begins = moment(day, BEGINS[half])
        return {
            "ExternalID": guid("session", day, half),
            "AttendableEventStart": written(begins),
            "AttendableEventEnd": written(moment(day, time(BEGINS[half].hour + 2, 30))),
            "SessionName": half if self._named else None,
        }

    def _people(self) -> list[Record]:
        strangers = [{**one, "dob": self.born} for one in (APPLICANT, GUEST)]
        return [*strangers, *self._held[Table.PUPILS].iter_rows(named=True)]

    @property
    def born(self) -> date:
        """The birthday of those who are not on the roll."""
        return date(self._school.last.year - 8, 6, 15)

    def _personals(self) -> list[Record]:
        return [
            {
                "ExternalID": guid("learner", one["pupil"]),
                "PreferredForename": one.get("preferred_forename") or one["forename"],
                "PreferredSurname": one.get("preferred_surname") or one["surname"],
                "GenderCategory": SEX.get(one["sex"]),
                "LegalForename": one["forename"],
                "LegalSurname": one["surname"],
                "DateOfBirth": one["dob"],
                "UPN": one["upn"],
                "FormerUPN": one["former_upn"],
                "AdmissionNumber": one["pupil"],
            }
            for one in self._people()
        ]

    def _identifiers(self) -> list[Record]:
        here = self._held[Table.ROLL].filter(self._is_here()).sort("from").iter_rows(named=True)
        places = {spell["pupil"]: spell for spell in here}
        return [identifier(one, places.get(one["pupil"])) for one in self._people()]

    def _is_here(self) -> pl.Expr:
        return (pl.col("from") <= self._evening) & (pl.col("to").is_null() | (pl.col("to") >= self._evening))

    def _enrolments(self) -> list[Record]:
        spells = self._held[Table.ROLL].select("pupil", "from", "to").iter_rows()
        guest = enrolment(str(GUEST["pupil"]), self._school.first, None, "Guest")
        return [guest, *(enrolment(pupil, first, last, "Single Registration") for pupil, first, last in spells)]

    def _codes(self) -> list[Record]:
        """Those that were ever used at the school, and its own."""
        used = self._school.history[Table.MARKS]["code"].drop_nulls().str.strip_chars().unique().to_list()
        return [code(one) for one in sorted({*used, *OWN.values()} - {"", "-"})]

    def _statutory_codes(self) -> list[Record]:
        return [
            {"ExternalID": guid("statutory", one), "LookupType": "StatutoryAttendanceCode", "Code": one}
            for one in sorted(NATIONAL)
        ]


def listed(records: list[Record]) -> Records:
    """Records that are there already."""
    return Records(len(records), lambda start, stop: records[start:stop])


def record(pupil: str, day: date, half: str, mark: str | None, lesson: bool) -> Record:
    """An attendance record, with its ids in capitals. What a lesson's says is not what the session's does."""
    kind = "Attendance.Lesson" if lesson else "Attendance.StatutoryAttendanceSession"
    said = "N" if lesson else mark
    given = {"ExternalID": guid("code", said).upper(), "Type": "Attendance.Lookup.AttendanceCode"}
    return {
        "ExternalID": guid("record", pupil, day, half, kind).upper(),
        "Attendee": {"ExternalID": guid("learner", pupil).upper(), "Type": "Learner.Identifier"},
        "Event": {"ExternalID": guid("lesson" if lesson else "session", day, half).upper(), "Type": kind},
        "AttendanceCode": None if said in (None, "-") else given,
        "Qualifier": {"MinutesLate": None, "Comment": None},
    }


def identifier(one: Mapping[str, Any], place: Mapping[str, Any] | None) -> Record:
    """Who and where a learner is now."""
    state = "Current" if place else "Applicant" if one["pupil"] == APPLICANT["pupil"] else "Leaver"
    year = place["year_group"] if place else None
    return {
        "ExternalID": guid("learner", one["pupil"]),
        "Forename": one.get("preferred_forename") or one["forename"],
        "Surname": one.get("preferred_surname") or one["surname"],
        "GenderCategory": SEX.get(one["sex"]),
        "DoNotCommunicate": False,
        "OnRollState": state,
        "DateOfApplication": None,
        "Photograph": None,
        "CurrentYearGroup": ref("YearGroup", None if year is None else YEARS.get(year, f"Year {year}")),
        "CurrentPrimaryClass": ref("PrimaryClass", place["class_name"] if place else None),
        "CurrentHouse": None,
    }


def ref(kind: str, description: str | None) -> Record | None:
    """A reference to a group, with its description."""
    if description is None:
        return None
    of = f"PastoralGroup.Definition.{kind}"
    return {"Description": description, "ExternalID": guid(kind, description), "Type": of}


def enrolment(pupil: str, first: date, last: date | None, status: str) -> Record:
    """A spell on the roll; its days are midnights at the school, in UTC."""
    return {
        "ExternalID": guid("enrolment", pupil, first),
        "Learner": {"ExternalID": guid("learner", pupil), "Type": "Learner.Identifier"},
        "StartDate": written(moment(first, time())),
        "EndDate": written(moment(last, time())) if last else None,
        "EnrolmentStatus": {
            "Description": status,
            "ExternalID": guid("status", status),
            "Type": "Learner.Lookup.EnrolmentStatus",
        },
    }


def code(displayed: str) -> Record:
    """An attendance code. A sub-code's statutory code is its first letter; what nobody knows has none."""
    stands_for = {own: national for national, own in OWN.items()}.get(displayed, displayed[:1])
    known = stands_for in NATIONAL and displayed not in ("ZZ",)
    statutory = {"ExternalID": guid("statutory", stands_for), "Type": "Attendance.Lookup.StatutoryAttendanceCode"}
    return {
        "@odata.type": "#ESS.Attendance.AttendanceCode",
        "ExternalID": guid("code", displayed),
        "LookupType": "AttendanceCode",
        "Code": displayed,
        "Description": "",
        "DisplayOrder": 1,
        "IsVisible": True,
        "ResourceProvider": None,
        "StatutoryAttendanceCode": statutory if known else None,
    }


def moment(day: date, at: time) -> datetime:
    """That time at the school."""
    return datetime.combine(day, at, LONDON)


def written(at: datetime) -> str:
    """A moment as OData writes it, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def guid(*of: object) -> str:
    """The same for the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "|".join(map(str, of))))
