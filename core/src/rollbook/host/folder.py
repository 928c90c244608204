"""A register in a folder of files: the canonical tables as CSV or Parquet, for `rollbook evaluate`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rollbook.contract.errors import FixSettings
from rollbook.host.folder_table import FileColumn, FileTable, read_table
from rollbook.rules.problems import RegisterProblem
from rollbook.rules.registers import RULE_MARKS, Registers
from rollbook.tables import codes
from rollbook.tables.schemas import (
    AM,
    OPTIONAL,
    PM,
    PUPILS,
    ROLL,
    SCHOOLS,
    SESSIONS,
    Schema,
    Table,
    conform,
)
from rollbook.tables.words import GROUNDS, ContactOutcome, ContactType, NoticeKind, NoticeOutcome

_KEY = ("school", "pupil")
_TYPES = {name: name for name in ("maintained", "academy", "special", "independent")}
_URN = FileColumn(pl.Int32, "a URN, a whole number")
_TEXT = FileColumn(pl.String, "text")
_MAYBE = FileColumn(pl.String, "text", filled=False)
_DAY = FileColumn(pl.Date, "a day as 2026-09-03")
_MAYBE_DAY = FileColumn(pl.Date, "a day as 2026-09-03", filled=False)
_YEAR = FileColumn(pl.Int8, "a year group, a whole number", needed=False, filled=False)
_YES = {"true": True, "false": False}
_SESSION = FileColumn(pl.UInt8, "AM or PM", values={"am": AM, "pm": PM})
_OPTIONAL = {table.value: form for table, form in OPTIONAL.items()}
_ELSEWHERE = Table.ELSEWHERE.value


def _one_of(words: Iterable[str]) -> FileColumn:
    values = {word: word for word in words}
    return FileColumn(pl.String, "one of " + ", ".join(values), needed=False, filled=False, values=values)


# The form of each file. A column may be left out only where it is not needed.
FILES: Mapping[str, Mapping[str, FileColumn]] = {
    "schools": {
        "school": _URN,
        "name": _MAYBE,
        "la": _MAYBE,
        "type": FileColumn(pl.String, "one of " + ", ".join(_TYPES), values=_TYPES),
        "lowest_year": _YEAR,
        "highest_year": _YEAR,
    },
    "sessions": {
        "school": _URN,
        "date": _DAY,
        "session": _SESSION,
        "open": FileColumn(pl.Boolean, "true or false", values=_YES),
    },
    "pupils": {"school": _URN, "pupil": _TEXT, "upn": _MAYBE, "dob": _DAY},
    "roll": {
        "school": _URN,
        "pupil": _TEXT,
        "from": _DAY,
        "to": _MAYBE_DAY,
        "year_group": FileColumn(pl.Int8, "a year group, a whole number", filled=False),
        "boarder": FileColumn(pl.Boolean, "true or false", needed=False, filled=False, values=_YES),
        "destination": FileColumn(pl.String, "text", needed=False, filled=False),
        "ground": _one_of(GROUNDS),
    },
    "marks": {"school": _URN, "pupil": _TEXT, "date": _DAY, "session": _SESSION, "code": _MAYBE},
    "elsewhere": {
        "school": _URN,
        "pupil": _TEXT,
        "where": FileColumn(pl.Int32, "a URN, or a LAESTAB as seven digits"),
        "date": _DAY,
        "session": _SESSION,
        "code": _MAYBE,
    },
    "leave": {"school": _URN, "pupil": _TEXT, "from": _DAY, "to": _DAY},
    "notices": {
        "school": _URN,
        "pupil": _TEXT,
        "parent": _TEXT,
        "issued": _DAY,
        "outcome": _one_of(NoticeOutcome),
        "kind": _one_of(NoticeKind),
        "ends": FileColumn(pl.Date, "a day as 2026-09-03", needed=False, filled=False),
    },
    "contacts": {"school": _URN, "pupil": _TEXT, "name": _MAYBE},
    "flags": {
        "school": _URN,
        "pupil": _TEXT,
        "flag": _TEXT,
        "from": _MAYBE_DAY,
        "to": _MAYBE_DAY,
        "authority": FileColumn(pl.String, "text", needed=False, filled=False),
    },
    "contact_log": {
        "school": _URN,
        "pupil": _TEXT,
        "date": _DAY,
        "type": _one_of(ContactType),
        "outcome": _one_of(ContactOutcome),
    },
}


@dataclass(frozen=True)
class Folder:
    """What a folder holds: the registers, and what its files call each pupil: (school, number) -> `pupil`."""

    registers: Registers
    names: Mapping[tuple[int, int], str]


def read_folder(path: Path) -> Folder:
    """The registers in a folder of schools, sessions, pupils, roll and marks, and of `schemas.OPTIONAL` those there;
    beside them, if it is there, `elsewhere`: what the pupils were marked at schools that are not in the folder.

    Each is a CSV file (UTF-8, a header row, ISO dates) or a Parquet file. Rows of one UPN are one pupil; marks may be
    in any order. Raises `FixSettings`, naming file, line and column, when something is missing or malformed.
    """
    if not path.is_dir():
        raise FixSettings(f"{path}: there is no such folder")
    may_lack = (*_OPTIONAL, _ELSEWHERE)
    tables = {name: read_table(path, name, form, optional=name in may_lack) for name, form in FILES.items()}
    _check(tables)
    numbers = _numbers(tables["pupils"])
    for name in ("roll", "marks", *may_lack):
        tables[name].refuse_strangers(numbers, _KEY, "pupils")
    registers = Registers(
        schools=conform(tables["schools"].rows, SCHOOLS),
        sessions=conform(tables["sessions"].rows, SESSIONS),
        pupils=_numbered(tables["pupils"], numbers, PUPILS).unique(_KEY, keep="first", maintain_order=True),
        roll=_numbered(tables["roll"], numbers, ROLL),
        marks=_marks(tables["marks"], numbers),
        elsewhere=_elsewhere(tables[_ELSEWHERE], numbers),
        **{name: _if_there(tables[name], numbers, form) for name, form in _OPTIONAL.items()},
    )
    try:
        registers.checked()
    except RegisterProblem as problem:
        raise FixSettings(f"{path}: {problem.sentence}") from None
    first = numbers.unique(["school", "number"], keep="first", maintain_order=True)
    names = {(school, number): pupil for school, number, pupil in first.select("school", "number", "pupil").iter_rows()}
    return Folder(registers, names)


def _check(tables: Mapping[str, FileTable]) -> None:
    tables["schools"].refuse_twice("school")
    tables["sessions"].refuse_twice("school", "date", "session")
    tables["pupils"].refuse_twice("school", "pupil")
    tables["marks"].refuse_twice("school", "pupil", "date", "session")
    for name in ("sessions", "pupils"):
        tables[name].refuse_strangers(tables["schools"].rows, ["school"], "schools")
    there = tables[_ELSEWHERE]
    there.refuse_twice("school", "pupil", "where", "date", "session")
    there.refuse(~pl.col("where").is_between(100_000, 9_999_999), "where", "is not a URN, or a LAESTAB as seven digits")
    here = pl.col("where").is_in(tables["schools"].rows["school"].implode())
    there.refuse(here, "where", "that school is in the table of schools: its marks belong in the table of marks")
    for name in ("roll", "leave", "flags"):
        tables[name].refuse(pl.col("to") < pl.col("from"), "to", "the last day is before the first")
    tables["notices"].refuse(pl.col("ends") < pl.col("issued"), "ends", "the period ends before the day of issue")
    _refuse_overlaps(tables["roll"])


def _refuse_overlaps(roll: FileTable) -> None:
    spells = roll.rows.sort("school", "pupil", "from")
    again = (pl.col("school") == pl.col("school").shift(1)) & (pl.col("pupil") == pl.col("pupil").shift(1))
    before = pl.col("to").shift(1)
    overlaps = again & (before.is_null() | (before >= pl.col("from")))
    FileTable(roll.file, spells).refuse(overlaps, "from", "the pupil is still on the roll by an earlier spell")


def _numbers(pupils: FileTable) -> pl.DataFrame:
    """school, pupil, number: rows of one UPN have one number, and without a UPN schools are not joined."""
    dobs = pl.col("dob").n_unique().over("upn") > 1
    again = "a row of the same UPN has another date of birth"
    pupils.refuse(pl.col("upn").is_not_null() & dobs, "dob", again)
    alone = pl.concat_str(pl.lit("\0"), pl.col("school").cast(pl.String), pl.lit("\0"), pl.col("pupil"))
    keyed = pupils.rows.with_columns(key=pl.coalesce("upn", alone))
    number = pl.col("key").rank("dense").cast(pl.Int64)
    return keyed.select("school", "pupil", number=number)


def _numbered(table: FileTable, numbers: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """The rows of a table in canonical form, with the pupil's number for what the files call him."""
    rows = table.rows.join(numbers, on=_KEY, how="left", maintain_order="left").drop("pupil")
    return conform(rows.rename({"number": "pupil"}), schema)


def _if_there(table: FileTable, numbers: pl.DataFrame, schema: Schema) -> pl.DataFrame | None:
    """The same, or None where there is no such file: a table that is not given is no empty one."""
    return _numbered(table, numbers, schema) if table.file.is_file() else None


def _marks(marks: FileTable, numbers: pl.DataFrame) -> pl.DataFrame:
    """Marks as codes, sorted. A row without a mark, or with `-`, is a session not recorded."""
    coded = codes.resolve(marks.rows.rename({"code": "raw"}))
    return _one_a_session(_numbered(FileTable(marks.file, coded), numbers, RULE_MARKS).sort(*RULE_MARKS), marks.file)


def _elsewhere(marks: FileTable, numbers: pl.DataFrame) -> pl.DataFrame | None:
    """The same of the marks of other schools; None where there is none. What is no code of its day is refused."""
    coded = codes.resolve(marks.rows.rename({"code": "raw"}))
    read = FileTable(marks.file, coded.filter(pl.col("code") != codes.NOT_RECORDED))
    read.refuse(pl.col("code").is_in([codes.INVALID, codes.LOSSY]), "code", "is no national code of that day")
    known = read.rows.join(numbers, on=_KEY, how="left").select(
        "date", "session", "code", school="where", pupil="number"
    )
    found = conform(known, RULE_MARKS).unique().sort(*RULE_MARKS)
    return _one_a_session(found, marks.file) if len(found) else None


def _one_a_session(found: pl.DataFrame, file: Path) -> pl.DataFrame:
    same = pl.struct("school", "pupil", "date", "session")
    if found.select(same.rle_id().n_unique()).item() != len(found):
        raise FixSettings(f"{file}: two marks for one session, under two names of one pupil (rows of one UPN)")
    return found
