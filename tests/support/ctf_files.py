"""Common Transfer Files for tests, in the form of version 24, of invented pupils."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

SURNAME, UPN = "Fennimore", "B801200005001"
NAME = "8012000_CTF_8013000_001.xml"
WEEK = "/,\\,/,\\,I,I,G,G,/,\\"  # Monday to Friday: attended 6, ill 2, unauthorised 2


def year(
    marks: str = WEEK,
    first: str = "2026-11-02",
    counts: Sequence[int | str] = (10, 6, 2, 2),
    where: tuple[str, str] = ("801", "2000"),
) -> str:
    """What a school wrote of one school year. counts: possible, attended, authorised, unauthorised, if stated."""
    names = ("SessionsPossible", "SessionsAttended", "SessionsAuthorised", "SessionsUnauthorised")
    told = "".join(f"<{name}>{count}</{name}>" for name, count in zip(names, counts, strict=False))
    return (
        f"<YearData><Year>2026</Year><LEA>{where[0]}</LEA><Estab>{where[1]}</Estab>{told}<AttendSessions>"
        f"<AttendanceStartDate>{first}</AttendanceStartDate><AttendanceMarks>{marks}</AttendanceMarks>"
        f"</AttendSessions></YearData>"
    )


def pupil(*years: str, upn: str = UPN, surname: str = SURNAME, dob: str = "2014-03-10", more: str = "") -> str:
    """A pupil with what was written of some school years."""
    return (
        f"<Pupil><UPN>{upn}</UPN>{more}<Surname>{surname}</Surname><Forename>Pat</Forename><DOB>{dob}</DOB>"
        f"<Sex>F</Sex><Attendance>{''.join(years)}</Attendance></Pupil>"
    )


def transfer(
    *pupils: str,
    to: tuple[str, str] = ("801", "3000"),
    made: str = "2026-11-20T16:10:00",
    version: str = "24.0",
    name: str = "Common Transfer File",
    head: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> str:
    """A whole file."""
    return (
        f"{head}<CTfile><Header><DocumentName>{name}</DocumentName><CTFversion>{version}</CTFversion>"
        f"<DateTime>{made}</DateTime><SourceSchool><LEA>801</LEA><Estab>2000</Estab></SourceSchool>"
        f"<DestSchool><LEA>{to[0]}</LEA><Estab>{to[1]}</Estab></DestSchool></Header>"
        f"<CTFpupilData>{''.join(pupils or (pupil(year()),))}</CTFpupilData></CTfile>"
    )


def write(folder: Path, text: str, name: str = NAME) -> None:
    """Drop a file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
