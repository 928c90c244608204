"""Small registers written as a person would: one mark a line, `pupil date session code`.

`?` for the pupil is one whom nobody knows; `(none)` for the code is a mark that was not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import polars as pl

from rollbook.register.normalise import Normalised, normalise_marks
from rollbook.register.terms import sessions_from_terms
from rollbook.tables.codes import letter, meaning
from rollbook.tables.schemas import MARKS, MOMENT, ROLL, conform, empty

SCHOOL = 100_001
TERM = ("2026-09-03", "2026-12-18")
HALF_TERM = ("2026-10-26", "2026-10-30")
_PAGE = {"pupil": pl.Int64, "date": pl.Date, "session": pl.String, "code": pl.String, "line": pl.Int32}


def day(text: str) -> date:
    return date.fromisoformat(text)


def night(text: str) -> datetime:
    """Two in the morning of that day, when a sync runs."""
    return datetime.fromisoformat(text).replace(hour=2, tzinfo=UTC)


def calendar(*closed: tuple[str, str]) -> pl.DataFrame:
    """The autumn term, Monday to Friday, half term and the spells named closed."""
    shut = [(day(first), day(last)) for first, last in (HALF_TERM, *closed)]
    return sessions_from_terms(SCHOOL, [(day(TERM[0]), day(TERM[1]))], shut)


def school_days(*closed: tuple[str, str]) -> list[date]:
    return calendar(*closed).filter("open")["date"].unique().sort().to_list()


def roll(*spells: tuple[int, str, str | None]) -> pl.DataFrame:
    """Spells on the roll: pupil, first day, last day or None."""
    rows = [(SCHOOL, pupil, day(first), day(last) if last else None) for pupil, first, last in spells]
    frame = pl.DataFrame(rows, schema={k: ROLL[k] for k in ("school", "pupil", "from", "to")}, orient="row")
    return conform(frame, ROLL)


def everybody(*pupils: int) -> pl.DataFrame:
    """These pupils, on the roll since before the term."""
    return roll(*((pupil, "2025-09-03", None) for pupil in pupils))


def page(text: str, first_line: int = 2) -> pl.DataFrame:
    """A page of marks as a source has it, numbered as the lines of a file under its header."""
    rows = []
    for number, line in enumerate(_lines(text), start=first_line):
        pupil, when, session, *written = line.split(maxsplit=3)
        code = written[0] if written else ""
        known = None if pupil == "?" else int(pupil)
        rows.append((known, day(when), session, None if code == "(none)" else code, number))
    return pl.DataFrame(rows, schema=_PAGE, orient="row")


def normalised(text: str, **changes: object) -> Normalised:
    """A page of marks of pupils 1 to 9, all on the roll, in the autumn term."""
    given: dict[str, object] = {
        "school": SCHOOL,
        "sessions": calendar(),
        "roll": everybody(*range(1, 10)),
        "mapped": {},
        "origin": "marks.csv",
    }
    return normalise_marks(page(text), **(given | changes))  # type: ignore[arg-type]


def fresh(text: str) -> pl.DataFrame:
    """Marks that were normalised."""
    return normalised(text).marks


def register(text: str, known: str = "2026-09-01", run: int = 1) -> pl.DataFrame:
    """Marks that a register holds, known since a night."""
    marks = fresh(text)
    return conform(marks.with_columns(pl.lit(night(known), dtype=MOMENT).alias("known_from"), run=pl.lit(run)), MARKS)


def no_marks() -> pl.DataFrame:
    return empty(MARKS)


def keys(text: str) -> pl.DataFrame:
    """Sessions, one a line: `pupil date session`."""
    return page(text).select("pupil", "date", session=pl.col("session").replace_strict({"AM": 0, "PM": 1}))


def told(marks: pl.DataFrame) -> list[str]:
    """Marks as lines, as `page` reads them."""
    columns = (marks["pupil"], marks["date"], marks["session"], marks["code"])
    return [f"{p} {d} {'AM' if s == 0 else 'PM'} {letter(c)}" for p, d, s, c in zip(*columns, strict=True)]


def code_id(written: str, on: str = "2026-09-14") -> int:
    return meaning(written, day(on)).id


def each_session(pupil: int, days: Iterable[date], codes: Sequence[str]) -> str:
    """Lines of marks: the same two codes on each of the days."""
    return "\n".join(f"{pupil} {d} {s} {c}" for d in days for s, c in zip(("AM", "PM"), codes, strict=True))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
