"""The sorted days: for each pupil, each day on which the school was open, with what both sessions say.

This is what every rule reads. Marks are laid onto the calendar by counting, never by a hash (`lay`): that is why they
must be sorted (`registers.check_marks`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from rollbook.rules.ages import compulsory_from, compulsory_to
from rollbook.rules.lay import CLOSED, OFF_ROLL, lay, settled
from rollbook.rules.pairs import ALL_DAY
from rollbook.rules.places import ROW, Places
from rollbook.rules.registers import Registers
from rollbook.rules.thresholds import Settings
from rollbook.tables.schemas import AM, PM

__all__ = ["CLOSED", "OFF_ROLL", "ROW", "Days", "build"]


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
        return rows.hstack([self.calendar.get_column("date")[rows.get_column("c")]])

    @cached_property
    def rest(self) -> pl.DataFrame:
        """The days that are not wholly present, in order, and the `row` in `days` of each: about one in eight, and all
        that most rules need look at.
        """
        return self.days.with_row_index("row").filter(pl.col("pair") != ALL_DAY)

    def saying(self, wanted: pl.Series, *, of_age: bool = False) -> pl.DataFrame:
        """The days whose pair is `wanted` (`pairs.said`: true or false for each pair), in order, with their `row`;
        `of_age`: only those of compulsory school age.
        """
        days = self.days.with_row_index("row") if wanted[ALL_DAY] else self.rest
        chosen = wanted[days.get_column("pair")]
        return days.filter(chosen & days.get_column("csa") if of_age else chosen)

    def since(self, rows: pl.DataFrame, first: date) -> pl.DataFrame:
        """Those of `rows` (c) that are from `first` on."""
        late = self.calendar.get_column("date") >= first
        return rows if late.all() else rows.filter(late[rows.get_column("c")])

    def keyed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` with school and pupil in place of `e`."""
        e = rows.get_column("e")
        keys = [self.enrolments.get_column(name)[e] for name in ("school", "pupil")]
        return pl.DataFrame([*keys, *(rows.get_column(name) for name in rows.columns if name != "e")])

    def told(self, rows: pl.DataFrame, *names: str) -> pl.DataFrame:
        """`rows` (e) with these columns of the enrolment of each beside it."""
        numbers, at = self.enrolments.get_column("e"), rows.get_column("e")
        if len(numbers) and numbers[-1] >= len(numbers):  # only some of all
            at = numbers.search_sorted(at)
        return rows.hstack([self.enrolments.get_column(name)[at] for name in names])

    def only(self, chosen: pl.Series) -> Days:
        """Of these enrolments (their `e`) alone, which keep their numbers: rows are `keyed` by the whole."""
        if chosen.is_empty():
            return Days(self.as_at, self.calendar, self.enrolments.clear(), self.days.clear())
        people = self.enrolments[chosen.unique().sort()]
        base, length = people.get_column("base"), people.get_column("hi") - people.get_column("lo")
        rows = pl.select(pl.int_ranges(base, base + length, dtype=ROW).explode(empty_as_null=False)).to_series()
        begins = (length.cum_sum() - length).cast(ROW).alias("base")
        return Days(self.as_at, self.calendar, people.with_columns(begins), self.days[rows])


def build(registers: Registers, settings: Settings) -> Days:
    """The days of checked registers up to `settings.as_at`. Sessions before the first that is judged are left out."""
    calendar = _calendar(registers.sessions, settings.law("judged_from"))
    places = Places.of(registers, calendar)
    people = _enrolments(registers, settings, places)
    rows = people.select("e", c=pl.int_ranges("lo", "hi", dtype=ROW)).explode("c", empty_as_null=False)
    days = rows.with_columns(pl.col("e").set_sorted(), csa=_of_age(people, len(rows)))
    days = days.with_columns(lay(registers, people, places, len(rows)).alias("pair"))
    days = days.with_columns(settled(days, calendar, _gaps(people)).alias("pair"))
    return Days(settings.as_at, calendar, people.drop("start", "age_lo", "age_hi", "spells"), days)


def _of_age(people: pl.DataFrame, rows: int) -> pl.Series:
    """Whether each row of `days` is of compulsory school age."""
    begins, ends = (pl.col(name).clip(pl.col("lo"), pl.col("hi")) for name in ("age_lo", "age_hi"))
    young = people.select(shift=_shift(), a="lo", b=begins)
    old = people.select(shift=_shift(), a=pl.max_horizontal(begins, ends), b="hi")
    outside = pl.concat([_rows(young), _rows(old)])
    every = pl.repeat(True, rows, dtype=pl.Boolean, eager=True)
    return every.scatter(outside, pl.repeat(False, len(outside), dtype=pl.Boolean, eager=True))


def _calendar(sessions: pl.DataFrame, judged_from: date) -> pl.DataFrame:
    opened = sessions.filter(pl.col("open") & (pl.col("date") >= judged_from))
    halves = {"am": (pl.col("session") == AM).any(), "pm": (pl.col("session") == PM).any()}
    days = opened.group_by("school", "date").agg(**halves).sort("school", "date")
    return days.with_row_index("c")


def _enrolments(registers: Registers, settings: Settings, places: Places) -> pl.DataFrame:
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


def _spells(roll: pl.DataFrame, people: pl.DataFrame, as_at: date, places: Places) -> pl.DataFrame:
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


def _gaps(people: pl.DataFrame) -> pl.Series:
    """The rows of `days` that lie between two spells on the roll."""
    several = people.filter(pl.col("spells").list.len() > 1)
    if several.is_empty():
        return pl.Series("row", dtype=ROW)
    several = several.select("e", "spells", shift=_shift())
    spells = several.explode("spells").unnest("spells")
    until = pl.when(pl.col("e") == pl.col("e").shift(-1)).then(pl.col("lo").shift(-1))
    return _rows(spells.select("shift", a="hi", b=until))


def _rows(spans: pl.DataFrame) -> pl.Series:
    """The rows of `days` of the open days from `a` up to but not `b`."""
    first, end = (pl.col(name).cast(pl.Int32) + pl.col("shift") for name in ("a", "b"))
    some = spans.filter(pl.col("a") < pl.col("b"))
    return some.select(row=pl.int_ranges(first, end, dtype=ROW).explode(empty_as_null=False)).to_series()


def _shift() -> pl.Expr:
    """What to add to a day's number in the calendar to have its row in `days`."""
    return pl.col("base").cast(pl.Int32) - pl.col("lo").cast(pl.Int32)
