"""What the simulator's school has, in Wonde's words: students, leavers, marks, codes and what was deleted."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook_wonde.days import LONDON

YEARS = {-1: "N2", 0: "R"}
SEX = {"F": "FEMALE", "M": "Male"}
SEN = {"sen_support": "K", "ehcp": "E"}
FLAGS = [*SEN, "fsm", "looked_after", "social_worker", "child_in_need"]
Said = dict[str, str]
Record = dict[str, Any] | Callable[[], dict[str, Any]]


class Register:
    """The school as it is on the evening that was published."""

    def __init__(self, school: MadeSchool) -> None:
        self._school = school
        self._held: dict[Table, pl.DataFrame] = {}
        self._evening = date.min
        self._deleted: list[dict[str, Any]] = []

    def publish(self, evening: date) -> None:
        """From now on hold what the school's system would hold at the end of that day."""
        before, self._held = self._held, self._school.known_on(evening)
        self._evening = evening
        if before:
            keys = ["pupil", "date", "session"]
            gone = before[Table.MARKS].join(self._held[Table.MARKS], on=keys, how="anti")
            self._deleted += [deletion(mark_id(*row), evening) for row in gone.select(keys).iter_rows()]

    def readable(self) -> dict[Table, pl.DataFrame]:
        """What can be read of it here: no addresses, no registration groups, and of flags what holds today."""
        pupils, roll = self._held[Table.PUPILS], self._held[Table.ROLL]
        here = [spell["pupil"] for _, spell in self._enrolled(left=False)]
        flags = self._held[Table.FLAGS].filter(
            pl.col("flag").is_in(FLAGS), pl.col("to").is_null(), pl.col("pupil").is_in(here)
        )
        return {
            Table.PUPILS: pupils.drop("address", "postcode"),
            Table.ROLL: roll.drop("class_name", "boarder", "ground"),
            Table.MARKS: self._held[Table.MARKS],
            Table.FLAGS: flags.select("pupil", "flag").unique(),
        }

    def records(self, name: str, said: Said) -> list[Record]:
        """Those of a list. Raises ValueError, with the name of the parameter, for one that is not understood."""
        if name == "attendance/session":
            return self._marks(said)
        if name == "attendance-codes":
            return list(map(code_record, sorted(set(self._held[Table.MARKS]["code"].drop_nulls()))))
        if name == "deletions":
            return list(self._deleted)
        included = set(said.get("include", "").split(","))
        return [partial(self._student, *one, included) for one in self._enrolled(left=name == "students-leaver")]

    def _enrolled(self, left: bool) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Each enrolment, with whose it is: of those who left before today, or of the others."""
        people = {row["pupil"]: row for row in self._held[Table.PUPILS].iter_rows(named=True)}
        spells = self._held[Table.ROLL].iter_rows(named=True)
        return [
            (people[row["pupil"]], row)
            for row in spells
            if left == (row["to"] is not None and row["to"] < self._evening)
        ]

    def _student(self, one: dict[str, Any], spell: dict[str, Any], included: set[str]) -> dict[str, Any]:
        in_use = {name: one[f"preferred_{name}"] or one[name] for name in ("surname", "forename")}
        record = {
            "id": student_id(one["pupil"], spell["from"]),
            "upi": one["pupil"],
            "mis_id": one["pupil"],
            **in_use,
            "middle_names": None,
            "legal_surname": one["surname"],
            "legal_forename": one["forename"],
            "gender": SEX.get(one["sex"]),
            "date_of_birth": moment(one["dob"]),
        }
        if "education_details" in included:
            record["education_details"] = {"data": education(one, spell)}
        if "extended_details" in included:
            record["extended_details"] = {"data": self._extended(spell)}
        return record

    def _extended(self, spell: dict[str, Any]) -> dict[str, Any]:
        rows = self._held[Table.FLAGS].filter(pl.col("pupil") == spell["pupil"])
        found = set(rows.filter(pl.col("to").is_null())["flag"])
        return {
            "sen_status": next((written for flag, written in SEN.items() if flag in found), "N"),
            "free_school_meals": "fsm" in found,
            "in_lea_care": "looked_after" in found,
            "child_protection_plan": "social_worker" in found,
            "child_in_need": "child_in_need" in found,
            "ethnicity": None,
            "leaver_destination": spell["destination"],
        }

    def _marks(self, said: Said) -> list[Record]:
        rows = self._held[Table.MARKS]
        for name, keep in (("after", pl.col("date").gt), ("before", pl.col("date").lt)):
            asked = said.get(f"attendance_date_{name}")
            if asked is not None:
                rows = rows.filter(keep(_day(asked, f"attendance_date_{name}")))
        spells = self._held[Table.ROLL].select("pupil", "from", "to").sort("pupil", "from").iter_rows()
        enrolled: dict[str, list[tuple[date, date]]] = {}
        for pupil, first, last in spells:
            enrolled.setdefault(pupil, []).append((first, last or date.max))
        whole = "attendance_code" in said.get("include", "")
        return [partial(mark_record, row, enrolled, whole) for row in rows.iter_rows()]


def _day(said: str, name: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ValueError(name) from None


def mark_record(row: tuple[Any, ...], enrolled: dict[str, list[tuple[date, date]]], whole: bool) -> dict[str, Any]:
    """A mark, of the enrolment that it falls into. The code is an id, where it is not included."""
    pupil, day, session, code = row
    spells = enrolled.get(pupil, [(date.min, date.max)])
    first = next((first for first, last in spells if first <= day <= last), spells[-1][0])
    said: Any = code_record(code) if code is not None else None
    if said is not None:
        said = {"data": said} if whole else said["id"]
    return {
        "id": mark_id(pupil, day, session),
        "student": student_id(pupil, first),
        "session": session,
        "date": moment(day, utc=True),
        "attendance_code": said,
        "employee": None,
        "comment": None,
    }


def education(one: dict[str, Any], spell: dict[str, Any]) -> dict[str, Any]:
    """What is said of an enrolment."""
    year = spell["year_group"]
    return {
        "upn": one["upn"],
        "former_upn": one["former_upn"],
        "local_upn": None,
        "admission_number": one["pupil"],
        "admission_date": moment(spell["from"]),
        "leaving_date": moment(spell["to"]),
        "current_nc_year": None if year is None else YEARS.get(year, str(year)),
        "part_time": False,
    }


def moment(day: date | None, utc: bool = False) -> dict[str, Any] | None:
    """Midnight at the school; in UTC it is 23:00 of the day before, in summer."""
    if day is None:
        return None
    at = datetime.combine(day, time(), LONDON)
    at = at.astimezone(UTC) if utc else at
    zone = "UTC" if utc else "Europe/London"
    return {"date": f"{at:%Y-%m-%d %H:%M:%S.%f}", "timezone_type": 3, "timezone": zone}


def student_id(pupil: str, first: date) -> str:
    """Another for each enrolment."""
    return _id("student", pupil, first.isoformat())


def mark_id(pupil: str, day: date, session: str) -> str:
    """Of one mark, whatever its code."""
    return _id("mark", pupil, day.isoformat(), session)


def code_record(code: str) -> dict[str, Any]:
    """A code, as Wonde lists it. Its `type` is not known, and is not read."""
    return {"id": _id("code", code), "code": code, "description": "", "type": None}


def deletion(of: str, evening: date) -> dict[str, Any]:
    """That a mark was deleted: its id is all that is said of it."""
    return {"type": "attendance", "id": of, "mis_id": None, "deleted_at": moment(evening), "restored_at": None}


def _id(*of: str) -> str:
    return f"A{zlib.crc32('|'.join(of).encode()):010d}"
