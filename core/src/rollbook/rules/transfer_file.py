"""The Common Transfer File of a leaver whose destination is not known, with the attendance of the year of leaving."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from rollbook.rules.case_types import LEAVER
from rollbook.rules.days import CLOSED, OFF_ROLL
from rollbook.rules.finding import findings_of
from rollbook.rules.leavers import NO_DESTINATION, find_leavers
from rollbook.rules.pairs import ATTENDED, AUTHORISED, SIZE, UNAUTHORISED
from rollbook.rules.rule import Field, Judged, Reading, Rule
from rollbook.rules.spells import last_open, next_open, spells
from rollbook.tables import codes
from rollbook.tables.schemas import AM, CODE, PM, SESSION

_CLOSED, _NOT_ON_ROLL, _NONE = "#", "Z", "-"
_COUNTED = {"attended": ATTENDED, "authorised": AUTHORISED, "unauthorised": UNAUTHORISED}
_FIGURES = ("left", "year", "start", "possible", *_COUNTED, "marks")
_DAY, _FRIDAY = timedelta(days=1), 5


def judge(reading: Reading) -> Judged:
    """From the first school day off the roll, until a place is known."""
    leavers = find_leavers(reading).filter(
        (pl.col("case_type") == LEAVER) & (pl.col("first") >= TRANSFER_FILE.first_day)
    )
    spans = leavers.select("e", "left", "first", "last", "ended", "judged", reached="first")
    answer = _answer(reading, spans.filter(~pl.col("ended")))
    told = spans.filter("judged").with_row_index("run")
    if told.is_empty():
        return Judged(answer)
    sessions = _sessions(reading, told)
    figures = told.join(_year_data(sessions), on="run", how="left", maintain_order="left")
    recorded = sessions.filter(pl.col("code").is_in(list(codes.by_id())))
    evidence = recorded.select("run", "date", "session", "code")
    findings = findings_of(TRANSFER_FILE, reading, told, figures.select(*_FIGURES), evidence)
    return Judged(answer, findings)


def _answer(reading: Reading, standing: pl.DataFrame) -> pl.DataFrame:
    each = reading.spread(standing.select("e", "left", "judged"))
    due = pl.when(pl.col("judged").is_null()).then(False).when("judged").then(True)
    without = pl.when(~pl.col("judged")).then(pl.lit(NO_DESTINATION))
    return each.select(due=due, left=pl.when("judged").then("left"), not_judged=without)


def _year_data(sessions: pl.DataFrame) -> pl.DataFrame:
    """For each run: year, start, the counts, marks."""
    counts = {name: pl.col("code").is_in(ids) for name, ids in _COUNTED.items()}
    each = sessions.with_columns(**counts).group_by("run", maintain_order=True)
    found = each.agg(*(pl.col("year", "start").first(), pl.col(*_COUNTED).sum()), marks=pl.col("written").str.join(","))
    return found.with_columns(possible=pl.sum_horizontal(*_COUNTED))


def _sessions(reading: Reading, leavers: pl.DataFrame) -> pl.DataFrame:
    """Both sessions of each Monday to Friday, from the first school day of the pupil in the school year of leaving to
    the last: run, year, start, date, session, code (as `days`: a code, a gap, CLOSED or OFF_ROLL), written (as in the
    file). `start` is the first of these days: a Monday, where that school day is a Saturday.
    """
    stays = _stays(reading, leavers)
    dates = stays.with_columns(date=pl.date_ranges("start", "until")).explode("date", empty_as_null=False)
    dates = dates.filter(pl.col("date").dt.weekday() <= _FRIDAY)
    dates = dates.with_columns(start=pl.col("date").min().over("run"))
    opened = reading.days.dated(reading.days.only(stays.get_column("e")).days).select("e", "date", "pair")
    rows = dates.join(opened, on=["e", "date"], how="left", maintain_order="left")
    halves = pl.DataFrame({"session": [AM, PM]}, schema={"session": SESSION})
    rows = rows.join(halves, how="cross", maintain_order="left")
    pair = pl.col("pair").fill_null(CLOSED * SIZE + CLOSED)
    code = pl.when(pl.col("session") == AM).then(pair // SIZE).otherwise(pair % SIZE).cast(CODE)
    return rows.with_columns(code=code).with_columns(written=_written())


def _written() -> pl.Expr:
    letters = {number: code.code for number, code in codes.by_id().items()}
    letters |= {CLOSED: _CLOSED, OFF_ROLL: _NOT_ON_ROLL}
    return pl.col("code").replace_strict(letters, default=_NONE, return_dtype=pl.String)


def _stays(reading: Reading, leavers: pl.DataFrame) -> pl.DataFrame:
    """run, e, school, year (by its August), start, until: of those for whom the school was open at all while there."""
    rows = reading.days.told(leavers.select("run", "e", "left"), "school")
    rows = rows.with_columns(until=last_open(reading, rows, "left")).drop_nulls("until")
    year = pl.col("until").dt.year() - (pl.col("until").dt.month() < 8).cast(pl.Int32)
    rows = rows.with_columns(year=year).with_columns(since=pl.date("year", 8, 1))
    begun = spells(reading).select("e", "from", to=pl.col("to").fill_null(reading.as_at))
    of_year = rows.select("run", "e", "since").join(begun, on="e", how="inner").filter(pl.col("to") >= pl.col("since"))
    firsts = of_year.group_by("run").agg(before=pl.max_horizontal("from", "since").min() - _DAY)
    rows = rows.join(firsts, on="run", how="inner", maintain_order="left")
    rows = rows.with_columns(start=next_open(reading, rows, "before")).filter(pl.col("start") <= pl.col("until"))
    return rows.select("run", "e", "school", "year", "start", "until")


TRANSFER_FILE = Rule(
    id="transfer_file",
    title="Common Transfer File of a leaver",
    says=(
        "A Common Transfer File, addressed to XXXXXXX, is to be made of a pupil who left the roll at compulsory school "
        "age and of whom it is not known where to: from the first school day off the roll, until a place is known. It "
        "has the attendance of the school year of leaving, Monday to Friday. No law sets a day by which. Of a child "
        "whose next school is known the school's own program makes the file."
    ),
    law=("DfE, guide to School to School (S2S), guidance and no law: a pupil whose next school is not known",),
    first_day=date(2024, 8, 19),  # from when the grounds of SI 2024/208 reg 9(1) tell where a leaver went
    settings=(),
    answer=(
        Field("due", pl.Boolean, "whether a file is to be made; null where that could not be judged"),
        Field("left", pl.Date, "the last day on the roll; null when not due"),
        Field("not_judged", pl.String, "what could not be judged, and why"),
    ),
    due="due",
    judge=judge,
)
