"""The sorted days: for each pupil, each day on which the school was open, with what both sessions say.

This is what every rule reads. Marks are laid onto the calendar by counting, never by a hash: a mark's place is where
its pupil begins, and how many open days came before. That is why the marks must be sorted (`registers.check_marks`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from rollbook.rules.ages import compulsory_from, compulsory_to
from rollbook.rules.registers import Registers, first_of_pupil, owners
from rollbook.rules.thresholds import Settings
from rollbook.tables import codes
from rollbook.tables.schemas import AM, PM

# What a session of a day may be besides a code: there is no such session, or the pupil was not on the roll.
CLOSED, OFF_ROLL = 126, 127
ROW = pl.UInt32
CLOSED_DAY = 2**32 - 1
_NEVER = date(2022, 9, 1)  # stands for the days of a calendar that has none


@dataclass(frozen=True)
class Days:
    """A register as the rules read it, up to a day.

    calendar: a row for each open day of each school, the future too: `c` (its number), school, date, am, pm (open?).
    enrolments: a row for each pupil of a school: `e` (its number), school, pupil, dob, la, type, lowest_year,
        highest_year, `first` and `last` (day on the roll; null if none, or if still on it), year_group, boarder (of
        the latest spell that has begun), age_from, age_to (compulsory school age), on_roll (on `as_at`), `lo` and `hi`
        (its days are those of the calendar from lo up to but not hi), `base` (its first row in `days`).
    days: a row for each open day of an enrolment up to `as_at`, in order: e, c, pair (what its sessions say:
        AM * 128 + PM; a code's id, a gap's, CLOSED or OFF_ROLL), csa (of compulsory school age that day).
    """

    as_at: date
    calendar: pl.DataFrame
    enrolments: pl.DataFrame
    days: pl.DataFrame

    def dated(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` with the `date` of each, from its `c`."""
        return rows.with_columns(date=self.calendar.get_column("date").gather(rows.get_column("c")))

    def since(self, first: date) -> pl.DataFrame:
        """The days from `first` on."""
        late = self.calendar.get_column("date") >= first
        if late.all():
            return self.days
        return self.days.filter(late.gather(self.days.get_column("c")))

    def between(self, first: date, last: date) -> pl.DataFrame:
        """The days from `first` to `last`, both included."""
        if last >= self.as_at:
            return self.since(first)
        within = self.calendar.get_column("date").is_between(first, last)
        return self.days.filter(within.gather(self.days.get_column("c")))

    def keyed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` with school and pupil in place of `e`."""
        keys = self.enrolments.select("school", "pupil")[rows.get_column("e")]
        return pl.concat([keys, rows.drop("e")], how="horizontal")

    def only(self, chosen: pl.Series) -> Days:
        """Of these enrolments (their `e`) alone, which keep their numbers: rows are `keyed` by the whole."""
        people = self.enrolments.filter(pl.col("e").is_in(chosen.unique().implode()))
        length = pl.col("hi") - pl.col("lo")
        rows = people.select(pl.int_ranges("base", pl.col("base") + length, dtype=ROW).alias("row")).explode("row")
        days = self.days[rows.get_column("row").drop_nulls()]
        return Days(self.as_at, self.calendar, people.with_columns(base=(length.cum_sum() - length).cast(ROW)), days)


def build(registers: Registers, settings: Settings) -> Days:
    """The days of checked registers up to `settings.as_at`. Sessions before the first that is judged are left out."""
    as_at = settings.as_at
    calendar = _calendar(registers.sessions, settings.law("judged_from"))
    places = _Places.of(registers, calendar)
    people = _enrolments(registers, settings, places)
    rows = people.filter(pl.col("hi") > pl.col("lo")).select(
        "e", "age_lo", "age_hi", c=pl.int_ranges("lo", "hi", dtype=ROW)
    )
    rows = rows.explode("c")
    csa = rows.select((pl.col("c") >= pl.col("age_lo")) & (pl.col("c") < pl.col("age_hi"))).to_series().alias("csa")
    days = rows.select(pl.col("e").set_sorted(), "c").with_columns(csa)
    sessions = _lay(_within(registers.marks, places.first, min(places.last, as_at)), people, places, len(days))
    am, pm = (_expected(sessions[n], days, calendar, people, name) for n, name in ((AM, "am"), (PM, "pm")))
    pair = (am.cast(pl.UInt16) * 128 + pm.cast(pl.UInt16)).alias("pair")
    return Days(as_at, calendar, people.drop("start", "age_lo", "age_hi", "spells"), days.with_columns(pair))


def _calendar(sessions: pl.DataFrame, judged_from: date) -> pl.DataFrame:
    opened = sessions.filter(pl.col("open") & (pl.col("date") >= judged_from))
    halves = {"am": (pl.col("session") == AM).any(), "pm": (pl.col("session") == PM).any()}
    days = opened.group_by("school", "date").agg(**halves).sort("school", "date")
    return days.with_row_index("c")


@dataclass(frozen=True)
class _Places:
    """Where a date stands in a school's calendar: a row for each day from `first` to `last`, school after school.

    schools: with `start`, which added to a day's number (since 1970) gives its row. next: the first open day on or
    after it. day: itself where it is open, else CLOSED_DAY.
    """

    schools: pl.DataFrame
    first: date
    last: date
    next: pl.Series
    day: pl.Series

    @classmethod
    def of(cls, registers: Registers, calendar: pl.DataFrame) -> _Places:
        dates = calendar.get_column("date")
        first = next(iter(dates.bottom_k(1)), _NEVER) - timedelta(days=1)
        last = next(iter(dates.top_k(1)), _NEVER) + timedelta(days=2)
        span = pl.DataFrame({"date": pl.date_range(first, last, eager=True)})
        start = pl.int_range(pl.len(), dtype=pl.Int32) * len(span) - (first - date(1970, 1, 1)).days
        schools = registers.schools.sort("school").with_columns(start=start)
        table = schools.select("school").join(span, how="cross", maintain_order="left_right")
        day = table.join(calendar, on=["school", "date"], how="left", maintain_order="left").get_column("c")
        is_open = day.is_not_null()
        following = (is_open.cum_sum() - is_open.cast(ROW)).cast(ROW)
        return cls(schools, first, last, following, day.fill_null(CLOSED_DAY))

    def at(self, day: pl.Expr) -> pl.Expr:
        """The first open day on or after `day`, at the school whose `start` is in the row."""
        return pl.lit(self.next).gather((pl.col("start") + day.clip(self.first, self.last).to_physical()).cast(ROW))


def _enrolments(registers: Registers, settings: Settings, places: _Places) -> pl.DataFrame:
    people = registers.pupils.select("school", "pupil", "dob").sort("school", "pupil")
    kept = places.schools.select("school", "start", "la", "type", "lowest_year", "highest_year")
    people = people.join(kept, on="school", how="left", maintain_order="left").with_row_index("e")
    years, ends = settings.law("compulsory_age_begins"), settings.law("compulsory_age_ends")
    age_from = compulsory_from(years, settings.law("compulsory_age_prescribed_days"))
    people = people.with_columns(age_from=age_from, age_to=compulsory_to(ends))
    spells = _spells(registers.roll, people, settings.as_at, places)
    people = people.join(spells, on="e", how="left", maintain_order="left")
    day_after = pl.col("age_to").dt.offset_by("1d")
    people = people.with_columns(
        pl.col("lo", "hi").fill_null(0),
        pl.col("on_roll").fill_null(False),
        age_lo=places.at(pl.col("age_from")),
        age_hi=places.at(day_after),
    )
    days = pl.col("hi") - pl.col("lo")
    return people.with_columns(base=(days.cum_sum() - days).cast(ROW))


def _spells(roll: pl.DataFrame, people: pl.DataFrame, as_at: date, places: _Places) -> pl.DataFrame:
    """A row for each enrolment that has a spell on the roll: its spells are one enrolment."""
    begun = pl.col("from") <= as_at
    end = pl.min_horizontal(pl.col("to").fill_null(as_at), pl.lit(as_at)).dt.offset_by("1d")
    spells = (
        roll.join(people.select("e", "start", "school", "pupil"), on=["school", "pupil"], how="inner")
        .sort("e", "from")
        .with_columns(lo=places.at(pl.col("from")))
        .with_columns(hi=pl.max_horizontal("lo", places.at(end)))
        .with_columns(begun=begun, now=begun & (pl.col("to").is_null() | (pl.col("to") >= as_at)))
    )
    begun_ones = pl.col("begun")
    latest = [
        pl.col(name).filter(begun_ones).last().fill_null(pl.col(name).first()) for name in ("year_group", "boarder")
    ]
    return spells.group_by("e", maintain_order=True).agg(
        *latest,
        first=pl.col("from").min(),
        last=pl.when(pl.col("to").is_null().any()).then(None).otherwise(pl.col("to").max()),
        spells=pl.struct("lo", "hi").filter(begun_ones),
        on_roll=pl.col("now").any() | _between(begun_ones),
        lo=pl.col("lo").filter(begun_ones).min(),
        hi=pl.col("hi").filter(begun_ones).max(),
    )


def _between(begun: pl.Expr) -> pl.Expr:
    """Between two spells with no open day between them: the enrolment goes on."""
    ended = pl.col("hi").filter(begun).max()
    return begun.any() & (pl.col("lo").filter(~begun).min() == ended).fill_null(False)


def _lay(marks: pl.DataFrame, people: pl.DataFrame, places: _Places, rows: int) -> dict[int, pl.Series]:
    """For each session of the day, the code of every row of `days`; not recorded where there is no mark."""
    new = first_of_pupil(marks)
    each = owners(marks).join(people, on=["school", "pupil"], how="left", maintain_order="left")
    owned = each.select("start", "lo", "hi", shift=_shift())[(new.cum_sum() - 1).cast(ROW)]
    slot = (pl.col("start") + pl.col("date").to_physical()).cast(ROW)
    laid = pl.concat([marks.select("date", "session", "code"), owned], how="horizontal")
    laid = laid.with_columns(c=pl.lit(places.day).gather(slot))
    read = (pl.col("c") >= pl.col("lo")) & (pl.col("c") < pl.col("hi"))
    laid = laid.filter(read).select("session", "code", row=(pl.col("c").cast(pl.Int32) + pl.col("shift")).cast(ROW))
    found = {}
    for session in (AM, PM):
        own = laid.filter(pl.col("session") == session)
        blank = pl.repeat(codes.NOT_RECORDED, rows, dtype=pl.UInt8, eager=True)
        found[session] = blank.scatter(own.get_column("row"), own.get_column("code"))
    return found


def _within(marks: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """The marks from `first` to `last`; themselves when that is all of them."""
    inside = pl.col("date").is_between(first, last)
    return marks if marks.select(inside.all()).item() else marks.filter(inside)


def _expected(
    said: pl.Series, days: pl.DataFrame, calendar: pl.DataFrame, people: pl.DataFrame, half: str
) -> pl.Series:
    """What a session says once it is known whether it was open, and whether the pupil could be given that code."""
    x, z = codes.ids("X"), codes.ids("Z")
    wrong = (pl.col("said").is_in(x) & pl.col("csa")) | pl.col("said").is_in(z)
    frame = days.with_columns(said=said)
    found = frame.select(pl.when(wrong).then(pl.lit(codes.INVALID, pl.UInt8)).otherwise("said")).to_series()
    if not calendar.get_column(half).all():
        open_half = calendar.get_column(half).gather(days.get_column("c"))
        found = pl.select(pl.when(open_half).then(found).otherwise(pl.lit(CLOSED, pl.UInt8))).to_series()
    gaps = _gaps(people)
    return found.scatter(gaps, pl.repeat(OFF_ROLL, len(gaps), dtype=pl.UInt8, eager=True)) if len(gaps) else found


def _gaps(people: pl.DataFrame) -> pl.Series:
    """The rows of `days` that lie between two spells on the roll."""
    several = people.filter(pl.col("spells").list.len() > 1).select("e", "spells", shift=_shift())
    spells = several.explode("spells").unnest("spells")
    until = pl.when(pl.col("e") == pl.col("e").shift(-1)).then(pl.col("lo").shift(-1))
    gap = spells.select("shift", a=pl.col("hi"), b=until).filter(pl.col("a") < pl.col("b"))
    rows = gap.select("shift", c=pl.int_ranges("a", "b", dtype=ROW)).explode("c")
    return rows.select((pl.col("c").cast(pl.Int32) + pl.col("shift")).cast(ROW).alias("row")).to_series()


def _shift() -> pl.Expr:
    """What to add to a day's number in the calendar to have its row in `days`."""
    return pl.col("base").cast(pl.Int32) - pl.col("lo").cast(pl.Int32)
