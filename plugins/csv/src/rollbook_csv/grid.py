"""The form with a row for each pupil, in which the headings of the other columns are days or sessions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import polars as pl

from rollbook.contract import FixSettings, Window
from rollbook_csv import sheets, values
from rollbook_csv.pages import calendar_file
from rollbook_csv.reading import FEW, SHARE, Reading
from rollbook_csv.records import LINE, Records

BOTH = "both"
# A code of two characters and one of one, run together, cannot be told from three of one: `C1` from C and 1.
ONE_OR_TWO = "(?i)[CIJXY][0-9]"
LONGEST = 3
LONGEST_HEADING = 60  # no day is as long, and what is longer is not taken apart
_SOME_DAY = re.compile(r"[0-9]{1,4}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3,9})(?:[-/. ][0-9]{2,4})?(?: [0-9:.]+)?")
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
# Something like a day anywhere in a heading. Each part is of bounded length: a long heading costs no time.
_DAY_WITHIN = re.compile(
    r"(?<![0-9])(?:[0-9]{1,4} ?[-/.] ?[0-9]{1,2}|[0-9]{1,2} [0-9]{1,2} (?:[0-9]{2}){1,2}|20[0-9]{6}|[0-9]{4}20[0-9]{2}|"
    r"4[4-9][0-9]{3})(?![0-9])"  # the last is how a spreadsheet counts days: 46329 is 3 November 2026
    rf"|(?<![0-9])[0-9]{{1,2}}(?:st|nd|rd|th)?[-/., ]{{0,2}}(?:of )?{_MONTH}(?![a-z])"
    rf"|(?<![a-z]){_MONTH}[-/., ]{{0,2}}[0-9]{{1,2}}(?:st|nd|rd|th)?(?![0-9a-z])"
    rf"|^{_WEEKDAY}$|(?<![a-z]){_WEEKDAY}[-/., _:(]{{0,3}}(?:[0-9]|[ap]m(?![a-z]))"
    rf"|(?<![a-z])[ap]m[-/., _:)]{{0,3}}{_WEEKDAY}(?![a-z])",
    re.IGNORECASE,
)
_SCHOOL_YEAR = re.compile(r"(?<![-/.0-9])20[0-9]{2}[-/](?:20)?(?:1[3-9]|[2-9][0-9])(?![-/.0-9])")
_TIME = re.compile(r"[ T](?=[0-9:.]*[1-9])[0-9]{1,2}:[0-9:.]+$")  # other than midnight, which a day without a time is
_NO_COLUMN = "the file has no column for this session, which the calendar has as open: export it with all sessions"
_BAD_PAIR = "the value (not shown) is not two marks such as /\\ or C1,N, of morning and afternoon"


class Column(NamedTuple):
    """A column of the grid: its place in the file, its day, and `AM`, `PM` or BOTH."""

    place: int
    date: date
    session: str


def row_per_pupil(reading: Reading) -> pl.DataFrame:
    """Marks of a grid: `pupil`, `date`, `session`, `code`, `line`. Raises FixSettings where the days are in doubt."""
    found = columns(reading)
    _tell_gaps(reading, found)
    places = [str(column.place) for column in found]
    cells = reading.rows.select("pupil", LINE).join(_records(reading).fields, on=LINE, maintain_order="left")
    cells = cells.select("pupil", LINE, *places).unpivot(places, index=["pupil", LINE], variable_name="place")
    when = pl.DataFrame(
        [(str(place), day, session) for place, day, session in found],
        schema={"place": pl.String, "date": pl.Date, "session": pl.String},
        orient="row",
    )
    cells = cells.join(when, on="place", maintain_order="left")
    if sheets.is_workbook(reading.file):
        cells = _without_errors(reading, cells)
    if reading.settings["cell"] == "pair":
        cells = _pairs(reading, cells)
    code = pl.when(pl.col("value") != "").then(pl.col("value"))
    return cells.with_columns(code=code).sort(LINE, "date", "session", maintain_order=True)


def _without_errors(reading: Reading, cells: pl.DataFrame) -> pl.DataFrame:
    """The error of a formula is no mark, and no blank."""
    wrong = pl.col("value").str.contains(sheets.ERRORS)
    headings = {str(place): heading for place, heading in enumerate(reading.headings.found)}
    said = cells.filter(wrong).select(LINE, column=pl.col("place").replace(headings), reason=pl.lit(sheets.HAS_ERROR))
    reading.set_aside(said, telling=True)
    return cells.filter(~wrong)


def columns(reading: Reading) -> list[Column]:
    """The columns whose heading is a day. Raises FixSettings where there is none, where one is no day that can be read,
    or where it is not known which session a column is of.
    """
    days = _days(reading)
    _refuse_almost_days(reading, {place for place, _, _ in days})
    _refuse_times(reading, days)
    if not days:
        form = reading.settings["date_form"]
        raise FixSettings(
            f"{reading.file} has no column headed by a day in the form {form}, which a grid must have. "
            f"Correct date_form, headings_line or shape, or the export; a heading must have the year too."
        )
    found = [Column(place, day, session or BOTH) for place, day, session in _with_line(reading, days)]
    return _settled(reading, found)


def unbroken(reading: Reading, covers: Window) -> Window | None:
    """The part of `covers` behind the last session of a weekday that has no column; of a weekend's day too, where the
    grid has weekends. A column that is missing does not mean that its marks were deleted. With a file of the calendar,
    `row_per_pupil` has told of each.
    """
    if calendar_file(reading.settings) is not None:
        return covers
    there = _sessions_of(columns(reading))
    school_week = 7 if (there["date"].dt.weekday() > 5).any() else 5
    days = pl.DataFrame({"date": pl.date_range(covers.first, covers.last, eager=True)})
    days = days.filter(pl.col("date").dt.weekday() <= school_week)
    sessions = days.join(pl.DataFrame({"session": ["AM", "PM"]}), how="cross")
    gap = sessions.join(there, on=["date", "session"], how="anti")["date"].max()
    if not isinstance(gap, date):
        return covers
    return Window(gap + timedelta(days=1), covers.last) if gap < covers.last else None


def _tell_gaps(reading: Reading, found: list[Column]) -> None:
    """Note each session that is open by the calendar's file, and lies between others that have columns, without one."""
    calendar = calendar_file(reading.settings)
    if calendar is None:
        return
    there = _sessions_of(found)
    between = pl.col("date").is_between(there["date"].min(), there["date"].max())
    missing = calendar.filter("open", between).join(there, on=["date", "session"], how="anti")
    named = pl.concat_str(pl.col("date").cast(pl.String), pl.col("session"), separator=" ")
    line = pl.lit(reading.settings["headings_line"] or 1).alias(LINE)
    reading.set_aside(missing.select(line, column=named, reason=pl.lit(_NO_COLUMN)), telling=False)


def _sessions_of(found: list[Column]) -> pl.DataFrame:
    sessions = [(column.date, half) for column in found for half in _halves(column.session)]
    return pl.DataFrame(sessions, schema={"date": pl.Date, "session": pl.String}, orient="row")


def left_alone(reading: Reading) -> list[str]:
    """The headings that are neither those of a known field nor days."""
    used = {column.place for column in columns(reading)} | set(reading.headings.where.values())
    return [heading for place, heading in enumerate(reading.headings.found) if heading and place not in used]


def has_day(heading: str) -> bool:
    """Whether something like a day stands anywhere in a heading; a school year such as 2026/27 is none."""
    return _DAY_WITHIN.search(_SCHOOL_YEAR.sub("", heading)) is not None


def _records(reading: Reading) -> Records:
    if reading.records is None:
        raise AssertionError("the file was not opened as a grid")
    return reading.records


_Day = tuple[int, date, str | None]


def _days(reading: Reading) -> list[_Day]:
    """(place, day, session or None) of each heading that is, whole, a day with or without a session. What `am` and `pm`
    name goes before a time of day, so that they may name that.
    """
    known = set(reading.headings.where.values())
    parts = [_parts(heading, reading.settings) for heading in reading.headings.found]
    read = pl.select(
        whole=values.day(pl.lit(pl.Series(reading.headings.found, dtype=pl.String)), reading.settings["date_form"]),
        day=values.day(pl.lit(pl.Series([day for day, _ in parts], dtype=pl.String)), reading.settings["date_form"]),
    )
    found: list[_Day] = []
    for place, (whole, day) in enumerate(read.iter_rows()):
        if place not in known and (whole or day):
            found.append((place, day or whole, parts[place][1] if day else None))
    return found


def _parts(heading: str, settings: Any) -> tuple[str, str | None]:
    """What is left of a heading without `AM` or `PM` before or after it, and which of them it was."""
    named = {word.strip().upper(): session for session in ("AM", "PM") for word in settings[session.lower()]}
    if len(heading) > LONGEST_HEADING:
        return heading, None
    words = "|".join(re.escape(word) for word in sorted(named, key=len, reverse=True))
    for form in (rf"\(?(?P<word>{words})\)?[\s_:-]+(?P<day>.+)", rf"(?P<day>.+?)[\s_:-]*[\s_:(-](?P<word>{words})\)?"):
        found = re.fullmatch(form, heading, re.IGNORECASE)
        if found:
            return found["day"], named[found["word"].upper()]
    return heading, None


def _refuse_almost_days(reading: Reading, days: set[int]) -> None:
    """A day that cannot be read would be a day of marks that nobody misses. A heading that is more than a day is not
    repeated: it may name somebody.
    """
    passed = days | set(reading.headings.where.values())
    for place, heading in enumerate(reading.headings.found):
        if place in passed:
            continue
        whole = _SOME_DAY.fullmatch(_parts(heading, reading.settings)[0])
        if whole or has_day(heading):
            said = (
                repr(heading) if whole and has_day(heading) else "its heading (not shown)"
            )  # 7 Larkspur may be a name
            raise FixSettings(
                f"{reading.file}, column {place + 1}: {said} looks like a day and is none in the form "
                f"{reading.settings['date_form']}, with its year, alone or with AM or PM. Nothing of the file was "
                f"used: correct date_form, am, pm or the export."
            )


def _refuse_times(reading: Reading, days: list[_Day]) -> None:
    """Columns told apart by their time of day alone may stand in any order: it is not guessed which is the morning."""
    if _records(reading).sessions:
        return
    for place, _, session in days:
        heading = reading.headings.found[place]
        if session is None and _TIME.search(heading):
            raise FixSettings(
                f"{reading.file}, column {place + 1}: {heading!r} has a time of day, and which session that is is not "
                f'known. Name the times in am and pm, as am = ["09:00"], or export the days with AM and PM.'
            )


def _with_line(reading: Reading, days: list[_Day]) -> list[_Day]:
    """The days with the session that the line of sessions gives; a heading that is blank goes on with the day at its
    left, as in a cell that was drawn over two columns.
    """
    written = _records(reading).sessions
    if not written:
        return days
    said = _sessions(written, reading.settings)
    dated = {place: (day, session) for place, day, session in days}
    found: list[_Day] = []
    for place, session in enumerate(said):
        if place not in dated and not reading.headings.found[place] and session and place - 1 in dated:
            dated[place] = (dated[place - 1][0], None)
        if place not in dated:
            continue
        day, own = dated[place]
        if session is None or own not in (None, session):
            raise FixSettings(
                f"{reading.file}, line {reading.settings['sessions_line']}, column {place + 1} (the day {day}): it is "
                f"neither morning nor afternoon. Correct sessions_line, am, pm or the export."
            )
        found.append((place, day, session))
    return found


def _sessions(written: Sequence[str], settings: Any) -> list[str | None]:
    column = values.session(pl.lit(pl.Series(written, dtype=pl.String)), settings["am"], settings["pm"])
    return pl.select(said=column)["said"].to_list()


def _settled(reading: Reading, found: list[Column]) -> list[Column]:
    """Each day alone is a pair, or one of two columns of that day: first morning, then afternoon."""
    pair = reading.settings["cell"] == "pair"
    alone = Counter(column.date for column in found if column.session == BOTH)
    odd = next((day for day, times in alone.items() if times != (1 if pair else 2)), None)
    if odd:
        raise FixSettings(
            f"{reading.file}: it is not known which session the columns headed {odd} are of. A day without AM or PM "
            f'must head two columns, morning and afternoon, or one with both marks in each cell: then cell = "pair".'
        )
    settled, seen = [], set()
    for column in found:
        session = column.session
        if session == BOTH and not pair:
            session = "PM" if column.date in seen else "AM"
            seen.add(column.date)
        settled.append(column._replace(session=session))
    _refuse_twice(reading, settled)
    return settled


def _refuse_twice(reading: Reading, found: list[Column]) -> None:
    sessions = Counter((column.date, half) for column in found for half in _halves(column.session))
    twice = next((session for session, times in sessions.items() if times > 1), None)
    if twice:
        raise FixSettings(
            f"{reading.file} has two columns for {twice[0]} {twice[1]}: export it with the one that counts."
        )


def _halves(session: str) -> Sequence[str]:
    return ("AM", "PM") if session == BOTH else (session,)


def _pairs(reading: Reading, cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of two marks as two rows. Split at a comma, else at a space, else two characters; others are set aside."""
    both = cells.filter(pl.col("session") == BOTH)
    tidy = pl.col("value").str.strip_chars()
    apart = tidy.str.replace_all(r"\s*,\s*|\s+", ",")
    split = apart.str.contains(",", literal=True)
    parts = pl.when(split).then(apart.str.split(",")).otherwise(tidy.str.extract_all("(?s)."))
    both = both.with_columns(parts=parts, filled=tidy != "", one=~split & tidy.str.contains(ONE_OR_TWO))
    short = pl.col("parts").list.eval(pl.element().str.len_chars() <= LONGEST).list.all()
    fine = ~pl.col("filled") | ((pl.col("parts").list.len() == 2) & short & ~pl.col("one"))
    _set_cells_aside(reading, both.filter(~fine), both.filter("filled").height)
    both = both.filter(fine).with_columns(
        value=pl.when("filled").then("parts").otherwise(pl.lit(["", ""])), session=pl.lit(["AM", "PM"])
    )
    exploded = both.explode("value", "session")
    return pl.concat([cells.filter(pl.col("session") != BOTH), exploded.select(cells.columns)])


def _set_cells_aside(reading: Reading, bad: pl.DataFrame, filled: int) -> None:
    """Raises FixSettings when they are so many that the cells are of another form."""
    if bad.is_empty():
        return
    headings = reading.headings.found
    named = {str(place): heading or f"column {place + 1}" for place, heading in enumerate(headings)}
    noted = bad.select(LINE, column=pl.col("place").replace_strict(named), reason=pl.lit(_BAD_PAIR))
    if bad.height == filled or (bad.height >= FEW and bad.height > SHARE * filled):
        first = noted.row(0, named=True)
        raise FixSettings(
            f"{reading.file} is not of this profile: {bad.height} of its {filled} cells cannot be read. The first is "
            f"line {first[LINE]}, {first['column']}: {_BAD_PAIR}. Correct cell or the export."
        )
    reading.set_aside(noted, telling=False)
