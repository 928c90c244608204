"""Who is absent when, and why: the codes of a made-up school as they stand once everything is known.

Arrays are of pupils by open school days, with a last axis of morning and afternoon where a session is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from rollbook.testing.phases import WEEKDAYS, WEEKS, Phase

Array: TypeAlias = np.ndarray[Any, Any]
_WRITTEN = r"/ \ L B K P V W C C1 C2 E I J1 M R S T G N O U Q Y1 Y7 D X Z # - Y ZZ 7 ?"
LETTERS = ["", *_WRITTEN.split()]
OF = {letter: number for number, letter in enumerate(LETTERS)}
UNAUTHORISED = tuple(OF[letter] for letter in "GNOU")
MOST_ABSENT = 0.9


@dataclass
class Sheet:
    """A register being made. `codes`: (pupils, days, 2) of numbers of LETTERS. `free`: sessions without a reason yet.

    `plain`: pupils with no story of their own so far. `rates`: the share of sessions each pupil is to miss.
    """

    days: list[date]
    groups: Array
    classes: Array
    codes: Array
    free: Array
    plain: Array
    rates: Array

    @property
    def pupils(self) -> int:
        """How many pupils."""
        return len(self.groups)

    def put(self, where: Any, letter: str) -> None:
        """Write `letter` in those of the sessions that no other reason has taken."""
        meant = np.zeros_like(self.free)
        meant[where] = True
        meant &= self.free
        self.codes[meant] = OF[letter]
        self.free[meant] = False

    def take(self, count: int, rng: np.random.Generator, least: float = 0.0, most: float = 1.0) -> Array:
        """That many plain pupils whose rate lies between, who from now on have a story; fewer if there are not as many.

        At random, in an order that is the same for the same seed.
        """
        fit = np.flatnonzero(self.plain & (self.rates >= least) & (self.rates <= most))
        chosen = rng.permutation(fit)[:count]
        self.plain[chosen] = False
        return chosen


def blank_sheet(pupils: pl.DataFrame, calendar: pl.DataFrame, last: date, phase: Phase, seed: int) -> Sheet:
    """Everybody present at every open session up to `last`; each pupil with a rate of absence to come."""
    open_days = calendar.filter(pl.col("date") <= last).group_by("date", maintain_order=True).agg("open")
    open_days = open_days.filter(pl.col("open").list.any())
    is_open = np.array(open_days["open"].to_list(), dtype=bool).reshape(-1, 2)
    shape = (pupils.height, len(is_open), 2)
    codes = np.where(is_open, [OF["/"], OF["\\"]], OF[""]).astype(np.uint8)
    return Sheet(
        days=open_days["date"].to_list(),
        groups=pupils["year_group"].to_numpy(),
        classes=pupils["class_name"].rank("dense").to_numpy(),
        codes=np.broadcast_to(codes, shape).copy(),
        free=np.broadcast_to(is_open, shape).copy(),
        plain=np.ones(pupils.height, dtype=bool),
        rates=_rates(pupils.height, phase, np.random.default_rng([seed, 1])),
    )


def _rates(count: int, phase: Phase, rng: np.random.Generator) -> Array:
    """Rates at even steps along the curve, dealt at random: the shape holds whatever the seed."""
    curve = NormalDist(float(np.log(phase.middle)), phase.spread)
    steps = [curve.inv_cdf((n + 0.5) / count) for n in range(count)]
    return rng.permutation(np.minimum(np.exp(steps), MOST_ABSENT))


def everyday_absence(sheet: Sheet, phase: Phase, rng: np.random.Generator) -> None:
    """Fill what each pupil still has to miss: whole days in episodes, and single sessions.

    A pupil's most likely days are those with the highest score: noise that lasts some days, plus the season and the
    day of the week. The number of days is exact, so that the year's figures come out as the rates say.
    """
    possible = (sheet.codes != OF[""]).sum(axis=(1, 2)) - _not_possible(sheet)
    wanted = np.rint(sheet.rates * possible).astype(int) - _absent(sheet).sum(axis=(1, 2))
    wanted = np.maximum(wanted, 0)
    single = rng.binomial(wanted, 0.14)
    single += (wanted - single) % 2
    whole_free = sheet.free.all(axis=2)
    score = _score(sheet, rng)
    chosen = _highest(np.where(whole_free, score, -np.inf), (wanted - single) // 2) & whole_free
    codes = _reasons(sheet, chosen, phase, rng)
    sheet.codes[chosen] = codes[chosen][:, None]
    sheet.free[chosen] = False
    _single_sessions(sheet, single, rng)


def _score(sheet: Sheet, rng: np.random.Generator) -> Array:
    count = len(sheet.days)
    fresh = rng.standard_normal((sheet.pupils, count))
    for day in range(1, count):
        fresh[:, day] = 0.6 * fresh[:, day - 1] + 0.8 * fresh[:, day]
    first_week = sheet.days[0].isocalendar().week if sheet.days else 0
    weeks = [min(max(day.isocalendar().week - first_week, 0), len(WEEKS) - 1) for day in sheet.days]
    likely = np.array(WEEKS)[weeks] * np.array(WEEKDAYS)[[day.weekday() for day in sheet.days]]
    scored: Array = fresh + np.log(likely) / 1.7
    return scored


def _highest(score: Array, count: Array) -> Array:
    """In each row, its `count` highest."""
    rank = np.argsort(np.argsort(-score, axis=1), axis=1)
    highest: Array = rank < count[:, None]
    return highest


def _reasons(sheet: Sheet, chosen: Array, phase: Phase, rng: np.random.Generator) -> Array:
    """A code for each chosen day, the same through an episode. The more a pupil misses, the more of it is O."""
    begins = chosen & ~np.pad(chosen, ((0, 0), (1, 0)))[:, :-1]
    episode = np.cumsum(begins.ravel()).reshape(chosen.shape)
    draw = rng.random(int(episode[-1, -1]) + 1 if episode.size else 1)[episode]
    days = chosen.sum(axis=1)
    leaning = sheet.rates / (sheet.rates + 0.08)
    other = leaning * phase.other * days.sum() / max((leaning * days).sum(), 1)
    rest = np.array([0.075, 0.025, 0.012, 0.002])  # C, M, R, T
    edges = np.cumsum(
        np.concatenate([np.minimum(other, 0.8)[:, None], np.tile(rest, (sheet.pupils, 1))], axis=1), axis=1
    )
    which = (draw[:, :, None] >= edges[:, None, :]).sum(axis=2)
    codes: Array = np.array([OF[letter] for letter in ("O", "C", "M", "R", "T", "I")], dtype=np.uint8)[which]
    return codes


def _single_sessions(sheet: Sheet, single: Array, rng: np.random.Generator) -> None:
    """Appointments, mornings missed by arriving late, afternoons gone home ill: Friday's more than others."""
    kind = rng.choice(4, p=[0.26, 0.33, 0.29, 0.12], size=sheet.free.shape[:2])  # M, U, I, O
    half = np.where(kind == 1, 0, (rng.random(kind.shape) < 0.65).astype(int))
    free = np.take_along_axis(sheet.free, half[:, :, None], axis=2)[:, :, 0]
    score = rng.random(kind.shape) + 0.1 * np.array([day.weekday() == 4 for day in sheet.days])
    chosen = _highest(np.where(free, score, -np.inf), single) & free
    rows, days = np.nonzero(chosen)
    codes = np.array([OF[letter] for letter in "MUIO"], dtype=np.uint8)[kind[chosen]]
    sheet.codes[rows, days, half[chosen]] = codes
    sheet.free[rows, days, half[chosen]] = False


def _absent(sheet: Sheet) -> Array:
    absent: Array = np.isin(sheet.codes, [OF[letter] for letter in LETTERS[OF["C"] : OF["U"] + 1]])
    return absent


def _not_possible(sheet: Sheet) -> Array:
    none = [OF[letter] for letter in ("Q", "Y1", "Y7", "D", "X", "Z", "#")]
    counted: Array = np.isin(sheet.codes, none).sum(axis=(1, 2))
    return counted
