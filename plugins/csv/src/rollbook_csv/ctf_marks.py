"""A string of marks in a Common Transfer File: which session each mark is of.

It runs from its first day, morning then afternoon. Until 2024 a mark was one character; since version 24 marks are
separated by commas. Whether Saturdays and Sundays are in it differs by who wrote it, and the file does not say.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook_csv.values import NO_REGISTER

COMMAS_SINCE = 24
DAYS = ("weekdays", "all")
SESSIONS = {"date": pl.Date, "session": pl.String, "raw": pl.String}
_A_YEAR = 2 * 366
_ALONE = "/\\#-"  # no code of two characters begins with these
_SATURDAY = 5  # as Python counts the days of a week


class NotRead(Exception):
    """The string cannot be read, and why, without repeating it."""


def marks(text: str, version: int) -> list[str]:
    """Each mark of a string as it is written, blank where there is none. Raises NotRead."""
    commas = "," in text or (version >= COMMAS_SINCE and len(text.strip()) <= 2)
    found = _by_commas(text) if commas else _one_by_one(text)
    if len(found) > _A_YEAR:
        raise NotRead(f"it has {len(found):,} marks, more than a school year has sessions")
    if len(found) % 2:
        raise NotRead(f"it has {len(found)} marks, which is no whole number of days of two sessions")
    return found


def sessions(first: date, found: list[str], stated: str | None, until: date) -> pl.DataFrame:
    """date, session, raw of each mark. stated: which days are in the string, one of DAYS, where a setting says it.

    until: the last day of which the file can speak. Where nothing is stated, the string must fit one of the two alone,
    or come to the same by both. Raises NotRead.
    """
    fits = {days: _dated(first, found, days) for days in ([stated] if stated else DAYS)}
    fits = {days: rows for days, rows in fits.items() if _possible(rows, days, until)}
    if not fits:
        told = f'does not fit ctf_days = "{stated}"' if stated else "fits no calendar"
        raise NotRead(f"its {len(found)} marks from {first} {told}: school on a weekend, or after {until}")
    one, *others = fits.values()
    said = one.filter(written("raw"))
    if any(not said.equals(other.filter(written("raw"))) for other in others):
        raise NotRead(
            f"it cannot be told whether Saturdays and Sundays are among its {len(found)} marks from {first}: ask the "
            f'school that wrote it, and set ctf_days = "weekdays" or "all"'
        )
    return one


def written(column: str) -> pl.Expr:
    """Whether there is a mark in that column: neither a blank nor what says that there was no session."""
    return pl.col(column).str.strip_chars().is_in(NO_REGISTER).not_()


def last_day(first: date, made: date) -> date:
    """The last day that a string from `first` can have in a file made then: it ends with the school year."""
    return min(made, date(first.year + (first.month >= 8), 7, 31))


def _by_commas(text: str) -> list[str]:
    found = [part.strip() for part in text.split(",")]
    if len(found) % 2 and not found[-1]:
        found.pop()  # a comma after the last mark
    if any(len(mark) > 2 or (len(mark) == 2 and mark[0] in _ALONE) for mark in found):
        raise NotRead("it mixes marks separated by commas with marks that are not")
    return found


def _one_by_one(text: str) -> list[str]:
    text = text.rstrip()
    if any(character.isspace() for character in text):
        raise NotRead("it has blanks among its marks: of which session each mark is cannot be said")
    if any(character.isdigit() for character in text):
        raise NotRead("C1 and its like cannot be told from C and 1 in a string without commas")
    return list(text)


def _dated(first: date, found: list[str], days: str) -> pl.DataFrame:
    numbered = pl.DataFrame({"raw": found}, schema={"raw": pl.String}).with_row_index("n")
    day = (pl.col("n") // 2).cast(pl.Int32)
    session = pl.when(pl.col("n") % 2 == 0).then(pl.lit("AM")).otherwise(pl.lit("PM"))
    if days == "all" or first.weekday() >= _SATURDAY:
        when = pl.lit(first) + pl.duration(days=day)
    else:
        when = pl.lit(first).dt.add_business_days(day)
    return numbered.select(date=when.cast(pl.Date), session=session, raw="raw")


def _possible(rows: pl.DataFrame, days: str, until: date) -> bool:
    """Whether there is no school on a Saturday or Sunday, nor on a day of which the file cannot speak."""
    if days == "weekdays" and rows.height and rows["date"][0].weekday() >= _SATURDAY:
        return False
    beyond = (pl.col("date").dt.weekday() > 5) | (pl.col("date") > until)
    return rows.filter(written("raw") & beyond).is_empty()
