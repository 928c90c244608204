"""The form with a row for each pupil, in which the headings of the other columns are days or sessions."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from rollbook.contract import FixSettings, Window
from rollbook_csv import sheets
from rollbook_csv.grid_headings import BOTH, Column, columns, halves, records_of
from rollbook_csv.pages import calendar_file
from rollbook_csv.reading import FEW, SHARE, Reading
from rollbook_csv.records import LINE

# A code of two characters and one of one, run together, cannot be told from three of one: `C1` from C and 1.
ONE_OR_TWO = "(?i)[CIJXY][0-9]"
LONGEST = 3
_NO_COLUMN = "the file has no column for this session, which the calendar has as open: export it with all sessions"
_BAD_PAIR = "the value (not shown) is not two marks such as /\\ or C1,N, of morning and afternoon"


def row_per_pupil(reading: Reading) -> pl.DataFrame:
    """Marks of a grid: `pupil`, `date`, `session`, `code`, `line`. Raises FixSettings where the days are in doubt."""
    found = columns(reading)
    _tell_gaps(reading, found)
    places = [str(column.place) for column in found]
    cells = reading.rows.select("pupil", LINE).join(records_of(reading).fields, on=LINE, maintain_order="left")
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


def unbroken(reading: Reading, covers: Window) -> Window | None:
    """The part of `covers` behind the last session of a weekday that has no column; of a weekend's day too, where the
    grid has weekends. A whole week without a column is a holiday, or the host asks after it. A column that is
    missing does not mean that its marks were deleted. With a file of the calendar,
    `row_per_pupil` has told of each.
    """
    if calendar_file(reading.settings) is not None:
        return covers
    there = _sessions_of(columns(reading))
    school_week = 7 if (there["date"].dt.weekday() > 5).any() else 5
    days = pl.DataFrame({"date": pl.date_range(covers.first, covers.last, eager=True)})
    days = days.filter(pl.col("date").dt.weekday() <= school_week)
    sessions = days.join(pl.DataFrame({"session": ["AM", "PM"]}), how="cross")
    week = pl.col("date").dt.truncate("1w")
    sessions = sessions.join(there.select(week.alias("week")).unique(), left_on=week, right_on="week", how="semi")
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
    sessions = [(column.date, half) for column in found for half in halves(column.session)]
    return pl.DataFrame(sessions, schema={"date": pl.Date, "session": pl.String}, orient="row")


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
