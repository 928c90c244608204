"""A local authority's registers for a school year, made up and drawn in columns: for measuring, not for reading.

About 30 schools a folder, 430 pupils a school, sorted by school, pupil, date and session, codes as in codes.toml.
Spells of illness, holidays, truancy, part-time timetables and attendance elsewhere; joiners and leavers; half days
closed, training days and marks that were never made. Overall absence comes near 7%, unauthorised 3%.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from rollbook.tables import codes, schemas
from rollbook.tables.schemas import LEAVE, NOTICES, PUPILS, ROLL, SCHOOLS, SESSIONS, conform
from rollbook.testing.calendars import school_calendar

Array: TypeAlias = np.ndarray[Any, Any]
FIRST, LAST = date(2025, 9, 1), date(2026, 7, 17)
SCHOOLS_A_FOLDER, MARKS_A_SCHOOL = 30, 164_000
MARK_COLUMNS = ["school", "pupil", "date", "session", "code"]
_YEAR = 2025
_TODAY = date(2026, 7, 17)


@dataclass(frozen=True)
class Spell:
    """A kind of absence: its code, how many a year each pupil has of it, its mean length and shortest, in days."""

    code: str
    a_pupil: float
    mean: float
    least: int = 1
    halves: str = "both"
    evenly: bool = False  # not more often for pupils who miss much


SPELLS = (
    Spell("I", 2.9, 2.1, evenly=True),
    Spell("O", 1.2, 2.8),
    Spell("O", 0.05, 15, 6),
    Spell("G", 0.14, 5, 2),
    Spell("N", 0.32, 1.6),
    Spell("N", 0.012, 13, 8),
    Spell("I", 0.008, 24, 8),
    Spell("U", 1.4, 1, halves="AM"),
    Spell("L", 4.0, 1, halves="AM", evenly=True),
    Spell("M", 1.3, 1, halves="PM"),
    Spell("C", 0.25, 1.2),
    Spell("C2", 0.006, 30, 10, halves="PM"),
    Spell("E", 0.06, 2.5),
    Spell("T", 0.004, 25, 5),
    Spell("R", 0.12, 1),
    Spell("S", 0.01, 10, 3),
    Spell("J1", 0.02, 1, halves="AM"),
    Spell("D", 0.006, 40, 5),
    Spell("B", 0.5, 1.5, evenly=True),
    Spell("V", 0.7, 1.3, evenly=True),
    Spell("P", 0.2, 1, evenly=True),
    Spell("K", 0.004, 40, 10),
    Spell("W", 0.03, 5, 3),
    Spell("Y1", 0.03, 1, evenly=True),
    Spell("Y7", 0.02, 2),
    Spell("Q", 0.004, 8, 2),
)


def made(marks: int) -> list[Path]:
    """The folders of registers with about `marks` marks, kept in the system's folder for temporary files.

    They are made once for each form of this file and of the tables; those of another form are removed.
    """
    forms = Path(__file__).read_bytes() + Path(schemas.__file__).read_bytes()
    digest = hashlib.sha256(forms).hexdigest()[:12]
    root = Path(tempfile.gettempdir()) / "rollbook-bench"
    for other in root.glob("*"):
        if not other.name.startswith(digest):
            shutil.rmtree(other, ignore_errors=True)
    schools = max(1, round(marks / MARKS_A_SCHOOL))
    folder = root / f"{digest}-{schools}-schools"
    if not folder.exists():
        _write_all(folder.with_suffix(".part"), schools).rename(folder)
    return sorted(folder.iterdir())


def _write_all(folder: Path, schools: int) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    for first in range(0, schools, SCHOOLS_A_FOLDER):
        some = [_school(number) for number in range(first, min(first + SCHOOLS_A_FOLDER, schools))]
        batch = folder / f"{first // SCHOOLS_A_FOLDER:03d}"
        batch.mkdir(parents=True)
        for table in some[0]:
            pl.concat(one[table] for one in some).write_parquet(batch / f"{table}.parquet", row_group_size=150_000)
    return folder


def _school(number: int) -> dict[str, pl.DataFrame]:
    """The canonical tables of one school, its marks sorted."""
    rng = np.random.default_rng([7, number])
    urn = 100_000 + number
    lowest, highest, pupils = _phase(number, rng)
    calendar = school_calendar(FIRST, LAST, number % 3 * 4)
    sheet, days, opened = _sheet(calendar, pupils, number)
    rates = np.exp(rng.normal(0, 0.9, pupils))
    for spell in SPELLS:
        _draw(sheet, spell, rates, rng)
    years = lowest + np.arange(pupils) * (highest - lowest + 1) // pupils
    births = np.datetime64(f"{_YEAR - 5}-09-01") + rng.integers(0, 364, pupils) - (years * 365.25).astype(int)
    _reception(sheet, years, rng)
    joined, left = _comings_and_goings(sheet, days, rng)
    sheet[:, ~opened] = codes.ids("#")[0]
    kept = (sheet != codes.NOT_RECORDED) & (rng.random(sheet.shape) > 0.001)
    ids = urn * 10_000 + np.arange(pupils)
    entered = np.array([np.datetime64(f"{_YEAR - n}-09-02") for n in range(highest - lowest + 1)])[years - lowest]
    first = np.where(joined > 0, days[joined], entered)
    last = np.where(left < len(days), days[left - 1], np.datetime64("NaT"))
    key = pl.DataFrame({"school": np.full(pupils, urn), "pupil": ids})
    tables = {
        "schools": _schools(urn, number, lowest, highest),
        "sessions": calendar.select(
            pl.lit(urn).alias("school"), "date", pl.col("session").replace_strict({"AM": 0, "PM": 1}), "open"
        ),
        "pupils": key.with_columns(upn=pl.col("pupil").cast(pl.String), dob=births),
        "roll": key.with_columns(year_group=years).with_columns(
            pl.Series("from", first.astype("datetime64[D]")), pl.Series("to", last.astype("datetime64[D]"))
        ),
        "leave": _leave(key, rng),
        "notices": _notices(key, rng),
    }
    schemas = {"schools": SCHOOLS, "sessions": SESSIONS, "pupils": PUPILS, "roll": ROLL, "leave": LEAVE}
    found = {table: conform(rows, (schemas | {"notices": NOTICES})[table]) for table, rows in tables.items()}
    return found | {"marks": _marks(urn, ids, days, sheet, kept)}


def _phase(number: int, rng: np.random.Generator) -> tuple[int, int, int]:
    """Most junior and most senior year group, and how many pupils: three quarters of schools are primaries."""
    if number % 6 == 5:
        return 7, 11, int(rng.integers(850, 1500))
    if number % 12 == 3:
        return 0, 11, int(rng.integers(90, 180))
    return 0, 6, int(rng.integers(130, 400))


def _schools(urn: int, number: int, lowest: int, highest: int) -> pl.DataFrame:
    kind = "special" if (lowest, highest) == (0, 11) else ("academy", "maintained")[number % 2]
    row = {"school": urn, "name": f"School {urn}", "la": "801", "type": kind}
    return pl.DataFrame([row | {"lowest_year": lowest, "highest_year": highest}])


def _sheet(calendar: pl.DataFrame, pupils: int, number: int) -> tuple[Array, Array, Array]:
    """Everybody present: codes (pupils, days, 2); the days; and which sessions are open (days, 2).

    A third of the schools write `#` on the weekdays of half terms and on training days too.
    """
    days = calendar.filter(pl.col("date") <= LAST).group_by("date", maintain_order=True).agg("open")
    if number % 3:
        days = days.filter(pl.col("open").list.any())
    opened = np.array(days["open"].to_list(), dtype=bool)
    sheet = np.empty((pupils, len(days), 2), dtype=np.uint8)
    sheet[:, :, 0], sheet[:, :, 1] = codes.ids("/")[0], codes.ids("\\")[0]
    return sheet, days["date"].to_numpy().astype("datetime64[D]"), opened


def _draw(sheet: Array, spell: Spell, rates: Array, rng: np.random.Generator) -> None:
    """Write spells of one kind, more of them for pupils who miss more."""
    pupils, days, _ = sheet.shape
    share = np.ones(pupils) if spell.evenly else rates
    count = rng.poisson(spell.a_pupil * pupils)
    who = rng.choice(pupils, count, p=share / share.sum())
    more = max(spell.mean - spell.least, 0)
    length = spell.least + (rng.geometric(1 / (more + 1), count) - 1 if more else np.zeros(count, dtype=int))
    rows = np.repeat(who, length)
    within = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    at = np.repeat(rng.integers(0, days, count), length) + within
    inside = at < days
    halves = {"both": slice(None), "AM": 0, "PM": 1}[spell.halves]
    sheet[rows[inside], at[inside], halves] = codes.ids(spell.code)[0]


def _reception(sheet: Array, years: Array, rng: np.random.Generator) -> None:
    """A third of reception stays at home in the afternoons until half term."""
    young = np.flatnonzero((years == 0) & (rng.random(len(years)) < 0.33))
    sheet[young, :35, 1] = codes.ids("X")[0]


def _comings_and_goings(sheet: Array, days: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """For each pupil the first day on the roll and the day after the last: 3% join late, 3% leave early."""
    pupils = len(sheet)
    joined = np.where(rng.random(pupils) < 0.03, rng.integers(5, len(days) - 20, pupils), 0)
    left = np.where((rng.random(pupils) < 0.03) & (joined == 0), rng.integers(20, len(days), pupils), len(days))
    for pupil in np.flatnonzero(joined):
        sheet[pupil, : joined[pupil]] = codes.ids("Z")[0] if pupil % 2 else codes.NOT_RECORDED
    for pupil in np.flatnonzero(left < len(days)):
        sheet[pupil, left[pupil] :] = codes.NOT_RECORDED
    return joined, left


def _leave(key: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Leave of a week for one pupil in a hundred."""
    some = key.filter(rng.random(len(key)) < 0.01)
    begins = [FIRST + timedelta(days=7 * int(week)) for week in rng.integers(2, 40, len(some))]
    spans = {"from": begins, "to": [day + timedelta(days=4) for day in begins]}
    return some.with_columns(pl.Series(name, days, dtype=pl.Date) for name, days in spans.items())


def _notices(key: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    some = key.filter(rng.random(len(key)) < 0.005)
    issued = pl.Series([_TODAY - timedelta(days=int(ago)) for ago in rng.integers(0, 600, len(some))], dtype=pl.Date)
    return some.with_columns(parent=pl.lit("mother"), issued=issued, outcome=pl.lit("paid"))


def _marks(urn: int, ids: Array, days: Array, sheet: Array, kept: Array) -> pl.DataFrame:
    pupil, day, session = np.nonzero(kept)
    columns = {
        "school": np.full(len(pupil), urn, dtype=np.int32),
        "pupil": ids[pupil].astype(np.int64),
        "date": days[day],
        "session": session.astype(np.uint8),
        "code": sheet[kept],
    }
    return pl.DataFrame(columns).with_columns(pl.col("date").cast(pl.Date))
