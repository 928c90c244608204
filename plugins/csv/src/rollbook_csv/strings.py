"""The form with a string of marks for each pupil: one character a session, or marks with commas between (CTF 24)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from rollbook.contract import FixSettings, Window
from rollbook_csv import values
from rollbook_csv.grid import ONE_OR_TWO
from rollbook_csv.pages import calendar_file, day
from rollbook_csv.reading import Reading
from rollbook_csv.records import LINE

_MARK = "^(?:.?|[A-Za-z0-9]{2,3})$"  # between commas; two signs, such as of a whole day, are of the old form
_DAYS_AHEAD = 7
_CUT = (254, 255, 256)  # where databases and spreadsheets cut a text that is too long for its field
_NOTHING = ("-", "#")
_PRESENT = ("/", "\\", "L")
_MIXED = "a part between commas (not shown) is no single mark such as / or C1: the string is of two forms, or of none"
_BLANKS = "has blanks in it: of which session each mark is cannot be said. Write - for a session without a mark"
_UNSPLIT = "C1 and its like cannot be told from C and 1 in a string without commas: export it with commas"
_ODD = "has not two marks for each day; where it begins with an afternoon, the field first_session has to say so"
_MAY_BE_CUT = (
    "is 254 to 256 characters long, where many systems cut a text off, and none of the file is longer: its last mark "
    "may be half of one, and marks may be missing. Export it from a later day on, or with a row for each mark"
)
_WEEKEND = "the start is on a weekend, which string_days says is not in the string"
_NOT_OPEN = "the start is no open day of the calendar, which string_days says the string has alone"
_TOO_LONG = "has more days than the calendar has open ones: is the calendar whole, or the start wrong?"


def row_per_string(reading: Reading, today: date | None = None) -> pl.DataFrame:
    """Marks of a file with a string for each pupil: `pupil`, `date`, `session`, `code`, `line`; a blank one null.

    A string whose marks may be of other days than they seem to be is set aside as a whole. today: nobody was present
    more than a week after it. Raises FixSettings, RetryLater.
    """
    day(reading, "start", needed=True)
    first = pl.lit(None, dtype=pl.String)
    if reading.has("first_session"):
        _first_session(reading)
        first = pl.col("first_session")
    sessions = _calendar(reading)
    skip = (first == "PM").fill_null(value=False).cast(pl.Int64)
    strings = reading.rows.select("pupil", LINE, "start", "marks", skip=skip)
    strings = _keep(reading, strings.with_columns(parts=_parts()), _malformed())
    strings = _keep(reading, strings, _start(reading, sessions), "start")
    marks = _dated(reading, _exploded(strings), sessions)
    doubt = _doubtful(marks, sessions, today)
    reading.set_aside(doubt.with_columns(column=pl.lit(reading.headings.heading("marks"))), telling=True)
    return marks.join(doubt, on=LINE, how="anti", maintain_order="left")


def reached(reading: Reading, rows: pl.DataFrame, covers: Window) -> Window | None:
    """The part of `covers` that every string of the file reaches with whole days: where a string has ended, or has not
    begun, it does not say that a mark was deleted. rows: as `row_per_string` gave them.
    """
    # After its first day, a string has both sessions of each.
    ends = rows.group_by(LINE).agg(
        first=pl.col("date").filter(pl.col("session") == "AM").min(),
        last=pl.col("date").filter(pl.col("session") == "PM").max(),
    )
    if ends.height < reading.rows.height or ends["first"].has_nulls():
        return None
    first, last = ends.select(pl.col("first").max(), pl.col("last").min()).row(0)
    first, last = max(first, covers.first), min(last, covers.last)
    return Window(first, last) if first <= last else None


def _first_session(reading: Reading) -> None:
    value = values.session(pl.col("first_session"), reading.settings["am"], reading.settings["pm"])
    reading.typed("first_session", value, "is neither morning nor afternoon", needed=False, aside=True)


def _calendar(reading: Reading) -> pl.DataFrame | None:
    """Date, session and open of the calendar's file, if there is one. Raises FixSettings where it is needed."""
    sessions = calendar_file(reading.settings)
    if sessions is None and reading.settings["string_days"] == "open":
        raise FixSettings(
            f'string_days = "open" counts the open days of {reading.settings["calendar"]}, and there is no such file: '
            f"export the calendar too, or say what the strings of {reading.file} count."
        )
    return sessions


def _parts() -> pl.Expr:
    """The marks of a string, one a session. Blanks at the end of the old form are nothing."""
    text = pl.col("marks")
    old = text.str.strip_chars_end().str.extract_all("(?s).")
    new = text.str.split(",").list.eval(pl.element().str.strip_chars())
    return pl.when(text.str.contains(",", literal=True)).then(new).otherwise(old)


def _malformed() -> pl.Expr:
    """Why a string is of no form, or null."""
    text, parts = pl.col("marks"), pl.col("parts")
    length = text.str.len_chars()
    commas = text.str.contains(",", literal=True)
    mixed = parts.list.eval(~pl.element().str.contains(_MARK)).list.any()
    return (
        pl.when(length.is_in(_CUT) & (length == length.max()))
        .then(pl.lit(_MAY_BE_CUT))
        .when(commas & mixed)
        .then(pl.lit(_MIXED))
        .when(~commas & text.str.strip_chars_end().str.contains(r"\s"))
        .then(pl.lit(_BLANKS))
        .when(~commas & text.str.contains(ONE_OR_TWO))
        .then(pl.lit(_UNSPLIT))
        .when((parts.list.len() > 0) & ((parts.list.len() + pl.col("skip")) % 2 == 1))
        .then(pl.lit(_ODD))
    )


def _keep(reading: Reading, strings: pl.DataFrame, reason: pl.Expr, field: str = "marks") -> pl.DataFrame:
    """The strings for which there is no reason against them; the others are set aside with it."""
    judged = strings.with_columns(reason=reason, column=pl.lit(reading.headings.heading(field)))
    reading.set_aside(judged.drop_nulls("reason"), telling=True)
    return judged.filter(pl.col("reason").is_null())


def _start(reading: Reading, sessions: pl.DataFrame | None) -> pl.Expr:
    """Why a string cannot begin where it does, or null."""
    counted = reading.settings["string_days"]
    if counted == "weekdays":
        return pl.when(pl.col("start").dt.weekday() > 5).then(pl.lit(_WEEKEND))
    if counted == "open" and sessions is not None:
        days = _open_days(sessions)
        left = pl.lit(days.len()) - pl.lit(days).search_sorted(pl.col("start"))
        needed = (pl.col("parts").list.len() + pl.col("skip")) // 2
        closed = pl.when(~pl.col("start").is_in(days.implode())).then(pl.lit(_NOT_OPEN))
        return closed.when(needed > left).then(pl.lit(_TOO_LONG))
    return pl.lit(None, dtype=pl.String)


def _open_days(sessions: pl.DataFrame) -> pl.Series:
    return sessions.filter("open")["date"].unique().sort()


def _exploded(strings: pl.DataFrame) -> pl.DataFrame:
    """A row for each mark: `slot` counts the half days from the morning of the start."""
    some = strings.filter(pl.col("parts").list.len() > 0)
    counted = some.with_columns(slot=pl.int_ranges(0, pl.col("parts").list.len()))
    rows = counted.select("pupil", LINE, "start", "skip", "parts", "slot").explode("parts", "slot")
    return rows.with_columns(slot=pl.col("slot") + pl.col("skip"))


def _dated(reading: Reading, marks: pl.DataFrame, sessions: pl.DataFrame | None) -> pl.DataFrame:
    """`marks` with the day, session and code of each."""
    days, counted = pl.col("slot") // 2, reading.settings["string_days"]
    if counted == "open" and sessions is not None:
        opened = pl.lit(_open_days(sessions))
        dated = opened.gather(opened.search_sorted(pl.col("start")) + days)
    else:
        start = pl.col("start")
        dated = start.dt.add_business_days(days) if counted == "weekdays" else start + pl.duration(days=days)
    return marks.with_columns(
        date=dated.cast(pl.Date),
        session=pl.when(pl.col("slot") % 2 == 0).then(pl.lit("AM")).otherwise(pl.lit("PM")),
        code=pl.when(pl.col("parts") != "").then("parts"),
    )


def _doubtful(marks: pl.DataFrame, sessions: pl.DataFrame | None, today: date | None) -> pl.DataFrame:
    """`line` and `reason` of each string that has a mark where there can be none: its marks belong to other days."""
    code = pl.col("code").str.strip_chars().str.to_uppercase()
    found = marks.clear().select(LINE, "date", reason=pl.lit(""))
    if sessions is not None:
        closed = sessions.filter(~pl.col("open")).select("date", "session").unique()
        written = marks.filter(pl.col("code").is_not_null(), ~code.is_in([*_NOTHING, "Z"]))
        on = written.join(closed, on=["date", "session"], how="semi")
        reason = pl.lit("has a mark on {}, when the calendar has no such session")
        found = found.vstack(on.select(LINE, "date", reason=reason))
    if today is not None:
        ahead = marks.filter(pl.col("date") > today + timedelta(days=_DAYS_AHEAD), code.is_in(_PRESENT))
        reason = pl.lit("has the pupil present on {}, which is yet to come")
        found = found.vstack(ahead.select(LINE, "date", reason=reason))
    first = found.sort(LINE, "date").unique(LINE, keep="first", maintain_order=True)
    told = pl.col("reason").str.replace("{}", pl.col("date").cast(pl.String), literal=True)
    return first.select(LINE, reason=told + pl.lit(": start, string_days or the calendar is wrong"))
