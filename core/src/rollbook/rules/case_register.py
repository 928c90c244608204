"""A worked case as a register: its calendars, its pupil, and the marks as they were known on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from rollbook.rules.problems import CaseMalformed
from rollbook.rules.registers import RULE_MARKS, Registers
from rollbook.rules.thresholds import LocalSettings
from rollbook.tables import codes
from rollbook.tables.schemas import (
    AM,
    CONTACT_LOG,
    CONTACTS,
    FLAGS,
    LEAVE,
    NOTICES,
    PM,
    PUPILS,
    ROLL,
    SCHOOLS,
    SESSIONS,
    conform,
    empty,
)

Calendars = Mapping[str, Mapping[str, Any]]
MAIN_SCHOOL, PUPIL = 100000, 1
_SCHOOL: Mapping[str, Any] = {"la": "801", "type": "academy", "lowest_year": None, "highest_year": None}
_PUPIL: Mapping[str, Any] = {
    "dob": date(2014, 3, 10),
    "on_roll": date(2025, 9, 3),
    "off_roll": None,
    "year_group": 7,
    "boarder": False,
}
_ABOUT = frozenset({"id", "title", "why", "checks", "counts", "code"})
_REGISTER = frozenset(
    {"calendar", "school", "pupil", "local", "unlisted", "marks", "amended", "leave", "notices", "also_at"}
    | {"contacts", "flags", "contact_log"}
)
_PRESENT = ("/", "\\")


def register(case: Mapping[str, Any], as_at: date, calendars: Calendars) -> Registers:
    """The register as it was known at the end of `as_at`. Raises `CaseMalformed`, naming the case and the key."""
    unknown = set(case) - _ABOUT - _REGISTER
    if unknown:
        raise CaseMalformed(f"{case['id']}: a worked case has no {', '.join(sorted(map(str, unknown)))}")
    if case.get("unlisted", "present") != "present":
        raise CaseMalformed(f"{case['id']}: unlisted can only be `present`")
    schools = list(_schools(case))
    opened: dict[int, list[date]] = {one["school"]: list(_open_days(case, one, calendars)) for one in schools}
    marks = [mark for one in schools for mark in _marks(case, one, opened[one["school"]], as_at)]
    own = {"school": MAIN_SCHOOL, "pupil": PUPIL}
    return Registers(
        schools=_table([dict(one["facts"]) | {"school": one["school"]} for one in schools], SCHOOLS),
        sessions=_sessions(opened),
        pupils=_table([{"school": one["school"], "pupil": PUPIL, "dob": one["dob"]} for one in schools], PUPILS),
        roll=_table([_spell(one) for one in schools], ROLL),
        marks=_coded(marks),
        leave=_table([own | row for row in case.get("leave") or []], LEAVE),
        notices=_table([own | row for row in case.get("notices") or []], NOTICES),
        contacts=_given(case, "contacts", CONTACTS),
        flags=_given(case, "flags", FLAGS),
        contact_log=_given(case, "contact_log", CONTACT_LOG),
    )


def _given(case: Mapping[str, Any], table: str, schema: Mapping[str, Any]) -> pl.DataFrame | None:
    """A table that a case may leave out, which is not the same as one with no rows."""
    rows = case.get(table)
    return None if rows is None else _table([{"school": MAIN_SCHOOL, "pupil": PUPIL} | row for row in rows], schema)


def _schools(case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The school looked at, then the others: the pupil's facts, marks and calendar there, `school` and its `facts`."""
    pupil = dict(_PUPIL) | dict(case.get("pupil") or {})
    main = {key: case.get(key) for key in ("calendar", "marks", "amended")}
    yield main | pupil | {"school": MAIN_SCHOOL, "facts": dict(_SCHOOL) | dict(case.get("school") or {})}
    for number, other in enumerate(case.get("also_at") or [], start=1):
        facts = dict(_SCHOOL) | {key: other[key] for key in _SCHOOL if key in other}
        yield pupil | {"off_roll": None} | dict(other) | {"school": MAIN_SCHOOL + number, "facts": facts}


def case_settings(case: Mapping[str, Any]) -> LocalSettings:
    """What the case says was set locally. Raises `SettingRefused`."""
    local = case.get("local") or {}
    la = str((dict(_SCHOOL) | dict(case.get("school") or {}))["la"])
    return LocalSettings(
        authorities={la: local.get("authority") or {}},
        trust=local.get("trust") or {},
        schools={MAIN_SCHOOL: local.get("school") or {}},
    )


def _spell(one: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: one.get(key) for key in ("school", "year_group", "boarder", "destination", "ground")}
    return own | {"pupil": PUPIL, "from": one["on_roll"], "to": one["off_roll"]}


def _table(rows: list[dict[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    if not rows:
        return empty(dict(schema))
    return conform(
        pl.DataFrame([{k: v for k, v in row.items() if k in schema} for row in rows], infer_schema_length=None),
        dict(schema),
    )


def _open_days(case: Mapping[str, Any], one: Mapping[str, Any], calendars: Calendars) -> Iterator[date]:
    name = one.get("calendar")
    if name not in calendars:
        raise CaseMalformed(f"{case['id']}: there is no calendar {name!r}")
    calendar = calendars[str(name)]
    closed = {day for span in calendar.get("closed") or [] for day in days_of(span)}
    for day in sorted({day for span in calendar["terms"] for day in days_of(span)} - closed):
        if day.weekday() < 5:
            yield day


def days_of(span: date | str) -> list[date]:
    """The days of `2026-09-03` or `2026-09-03..2026-12-18`, both included. Raises `CaseMalformed`."""
    try:
        first, _, last = str(span).partition("..")
        start, end = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError:
        raise CaseMalformed(f"{span!r} is neither a day nor a range of days as 2026-09-03..2026-12-18") from None
    if end < start:
        raise CaseMalformed(f"{span!r} ends before it begins")
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def _sessions(opened: Mapping[int, list[date]]) -> pl.DataFrame:
    rows = [
        {"school": school, "date": day, "session": session, "open": True}
        for school, days in opened.items()
        for day in days
        for session in (AM, PM)
    ]
    return _table(rows, SESSIONS)


def _marks(
    case: Mapping[str, Any], one: Mapping[str, Any], opened: list[date], as_at: date
) -> Iterator[tuple[int, date, int, str]]:
    """School, day, session and written mark: those unlisted first, then as listed, then as amended by `as_at`."""
    until = min(as_at, one["off_roll"] or as_at)
    written = {day: _PRESENT for day in opened if one["on_roll"] <= day <= until}
    days, known = frozenset(opened), [one.get("marks") or {}]
    known += [change["marks"] for change in sorted(one.get("amended") or [], key=_when) if change["date"] <= as_at]
    for lines in known:
        for span, said in lines.items():
            both = str(said).split()
            if len(both) != 2:
                raise CaseMalformed(f"{case['id']}: {said!r} is not a mark for the morning and one for the afternoon")
            written |= {day: (both[0], both[1]) for day in days_of(span) if day in days and day <= as_at}
    for day in sorted(written):
        for session in (AM, PM):
            yield one["school"], day, session, written[day][session]


def _when(change: Mapping[str, Any]) -> date:
    when = change["date"]
    assert isinstance(when, date)
    return when


def _coded(marks: list[tuple[int, date, int, str]]) -> pl.DataFrame:
    schema = {"school": pl.Int32, "date": pl.Date, "session": pl.UInt8, "raw": pl.String}
    rows = pl.DataFrame(marks, schema=schema, orient="row").with_columns(pupil=pl.lit(PUPIL, pl.Int64))
    coded = codes.resolve(rows).filter(pl.col("code") != codes.NOT_RECORDED)
    return conform(coded, RULE_MARKS).sort("school", "pupil", "date", "session")
