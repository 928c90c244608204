"""Ages in law: compulsory school age, and the age on 31 August that DfE's statistics go by.

Education Act 1996, s8: it begins on the fifth birthday or the next prescribed day (31 March, 31 August,
31 December), and ends at the end of the last Friday in June of the school year in which the child turns 16. That
school year begins with September, so a child born in August leaves with the year group.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

_year, _month, _day = pl.col("dob").dt.year(), pl.col("dob").dt.month(), pl.col("dob").dt.day()


def compulsory_from(years: int, prescribed: list[str]) -> pl.Expr:
    """The first day of compulsory school age, from the column `dob`. `prescribed`: days as `MM-DD`, in order."""
    days = [(int(day[:2]), int(day[3:])) for day in prescribed]
    month, day = days[-1]
    found = pl.date(_year + years, month, day)
    for month, day in reversed(days[:-1]):
        on_or_before = (_month < month) | ((_month == month) & (_day <= day))
        found = pl.when(on_or_before).then(pl.date(_year + years, month, day)).otherwise(found)
    return found


def compulsory_to(years: int) -> pl.Expr:
    """The last day of compulsory school age, from the column `dob`: the last Friday in June."""
    summer = pl.date(_year + years + (_month >= 9).cast(pl.Int32), 6, 30)
    back = (summer.dt.weekday().cast(pl.Int32) + 2) % 7  # Friday is 5
    return summer.dt.offset_by(pl.format("-{}d", back))


def age_on_31_august(year: int) -> pl.Expr:
    """The age, in whole years, on 31 August of `year`, from the column `dob`."""
    return pl.lit(year) - _year - (_month > 8).cast(pl.Int32)


def school_year_start(day: date) -> date:
    """The first day of the school year that `day` is in: it runs from 1 August to 31 July."""
    return date(day.year if day.month >= 8 else day.year - 1, 8, 1)


def spring_bank_holiday(year: int) -> date:
    """The last Monday in May."""
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())
