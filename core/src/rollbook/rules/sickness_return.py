"""The sickness return: fifteen days of illness in a school year. It prompts a person, who knows what is to come."""

from __future__ import annotations

from datetime import date

import polars as pl

from rollbook.rules.ages import school_year_start
from rollbook.rules.days import ROW
from rollbook.rules.finding import findings_of
from rollbook.rules.pairs import ATTENDED, sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.rules.tallies import tally, this_year
from rollbook.tables import codes
from rollbook.tables.schemas import FINDINGS, empty


def judge(reading: Reading) -> Judged:
    """True from the session that makes fifteen days, to the end of the school year, while on the roll."""
    ids = codes.ids(*reading.settings.law("sickness_return_codes"))
    tallied = tally(reading, ids)
    now = this_year(reading, tallied)
    number = _sessions(reading)
    sums = now.group_by("e", maintain_order=True).agg(
        n=pl.len(), reached_on=pl.col("date").filter(pl.col("k") == number).first()
    )
    answer = reading.spread(sums).with_columns(reading.days.enrolments.get_column("on_roll"))
    answer = answer.select(
        prompt=pl.col("reached_on").is_not_null() & pl.col("on_roll"),
        days=pl.col("n").fill_null(0) / 2,
        reached_on="reached_on",
    )
    prompted = reading.days.enrolments.select("e").filter(answer.get_column("prompt"))
    listed = reading.days.keyed(now.join(prompted, on="e", how="semi", maintain_order="left"))
    return Judged(answer, _findings(reading, tallied, ids), listed.select(*SESSION_LIST))


def _sessions(reading: Reading) -> int:
    """Fifteen days, in sessions."""
    return 2 * int(reading.settings.law("sickness_return_school_days"))


def _findings(reading: Reading, tallied: pl.DataFrame, ids: tuple[int, ...]) -> pl.DataFrame:
    """One for each spell of illness, from the one in which the year's total reached fifteen days on.

    A spell is ended by an attended session, and by the end of the school year, with which the count begins again.
    Evidence is every session of the year that counts up to the day: the total, not the spell, is what was reached.
    """
    number = _sessions(reading)
    over = tallied.get_column("group").filter(tallied.get_column("k") == number)
    if over.is_empty():
        return empty(FINDINGS)
    groups = tallied.get_column("group")
    known = tallied.filter(pl.Series([False]).new_from_index(0, groups[-1] + 1).scatter(over, True)[groups])
    spells = _spells(_with_spells(reading, known, ids), number)
    year = school_year_start(reading.as_at).year
    spells = reading.days.told(spells, "on_roll")
    goes_on = pl.col("on_roll") & ~pl.col("attended") & (pl.col("year") == year)
    spells = spells.filter(pl.col("reached") >= SICKNESS_RETURN.first_day).with_columns(ended=~goes_on)
    spells = spells.with_row_index("run")
    evidence = spells.select("run", "group", "reached").join(
        known, on="group", how="inner", maintain_order="left_right"
    )
    evidence = evidence.filter(pl.col("date") <= pl.col("reached"))
    figures = spells.select(days=pl.col("k") / 2, year_reached_on="year_reached", due_by=pl.lit(None, pl.Date))
    return findings_of(SICKNESS_RETURN, reading, spells, figures, evidence)


def _with_spells(reading: Reading, known: pl.DataFrame, ids: tuple[int, ...]) -> pl.DataFrame:
    """`known` with `spell` (a number) and `attended` (whether an attended session came after it)."""
    days = reading.days.only(known.get_column("e")).days
    said = sessions(days, (*ids, *ATTENDED))
    before = said.select(pl.col("code").is_in(ATTENDED).cum_sum().alias("before")).to_series()
    own = _order(said).search_sorted(_order(known))
    last = said.get_column("e").search_sorted(known.get_column("e"), side="right") - 1
    placed = known.hstack([before[own], before[last].alias("final")])
    new = (pl.col("group") != pl.col("group").shift(1)) | (pl.col("before") != pl.col("before").shift(1))
    return placed.with_columns(
        spell=new.fill_null(True).cum_sum().cast(ROW), attended=pl.col("before") != pl.col("final")
    )


def _order(rows: pl.DataFrame) -> pl.Series:
    """Sessions of all enrolments in one order: by enrolment, then by day and session."""
    return rows.select(
        pl.col("e").cast(pl.Int64) * 2**33 + pl.col("c").cast(pl.Int64) * 2 + pl.col("session")
    ).to_series()


def _spells(known: pl.DataFrame, number: int) -> pl.DataFrame:
    """The spells that the year's total had reached `number` in or before."""
    reached = known.filter(pl.col("k") == number).select("group", year_reached="date")
    spells = known.group_by("spell", maintain_order=True).agg(
        pl.col("e", "group", "year", "attended").first(),
        first=pl.col("date").first(),
        last=pl.col("date").last(),
        k=pl.col("k").last(),
    )
    spells = spells.join(reached, on="group", how="left", maintain_order="left").filter(pl.col("k") >= number)
    return spells.with_columns(reached=pl.max_horizontal("first", "year_reached"))


SICKNESS_RETURN = Rule(
    id="sickness_return",
    title="Sickness return: fifteen days of illness",
    says=(
        "A person is asked whether to send a sickness return, once a pupil of compulsory school age has missed fifteen "
        "days of the school year through illness, in a row or not, half days as halves; and again for each further "
        "spell. Whether a pupil will miss fifteen days, only a person can foresee: the return may be due sooner."
    ),
    law=("SI 2024/208, reg 13 (sickness returns)", "DfE, Working together to improve school attendance"),
    first_day=date(2024, 8, 19),
    settings=("sickness_return_school_days", "sickness_return_codes"),
    answer=(
        Field("prompt", pl.Boolean, "whether a person is asked: from the thirtieth session to the end of the year"),
        Field("days", pl.Float64, "sessions of I at compulsory school age in the school year to date, halved"),
        Field("reached_on", pl.Date, "day of the thirtieth session, or null"),
    ),
    due="prompt",
    judge=judge,
)
