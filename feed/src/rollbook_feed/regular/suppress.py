"""Hiding small numbers of a week, and others beside them from which they could be reckoned: for who sends one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rollbook_feed.regular.week import FIGURES, LEAST

Rows = Sequence[Mapping[str, Any]]


def suppress(rows: Rows, least: int = LEAST) -> list[dict[str, Any]]:
    """The rows of a week, of which one is of the cohort `all`, as they may be sent: in their order, each with
    `suppressed`. As few as will do are hidden beside those of fewer than `least` pupils, the smallest first.

    Year groups are left out where hiding them all would still hide but one. Raises ValueError without a row of all
    pupils, for more pupils in year groups, or in a cohort, than there are, and for `least` below 5.
    """
    if least < LEAST:
        raise ValueError(f"no fewer than {LEAST} pupils are shown, whatever is asked")
    every = [row["pupils"] for row in rows if row.get("cohort") == "all"]
    if len(every) != 1:
        raise ValueError("one row is of all pupils")
    years = [index for index, row in enumerate(rows) if "year_group" in row]
    if max(sum(rows[index]["pupils"] for index in years), *(row["pupils"] for row in rows)) > every[0]:
        raise ValueError("there are more pupils in the rows than there are")
    hidden = {index for index, row in enumerate(rows) if _is_small(row, every[0], least)}
    hidden |= set(range(len(rows))) if every[0] < least else _years(rows, years, hidden, every[0], least)
    alone = every[0] >= least and len(hidden & set(years)) == 1
    return [_sent(row, index in hidden) for index, row in enumerate(rows) if not (alone and index in years)]


def _is_small(row: Mapping[str, Any], every: int, least: int) -> bool:
    """Whether a row has too few pupils, or leaves too few outside its cohort."""
    return bool(row["pupils"] < least or ("cohort" in row and 0 < every - row["pupils"] < least))


def _years(rows: Rows, years: list[int], hidden: set[int], every: int, least: int) -> set[int]:
    """The year groups to hide: those that are small, and others until what is left is nobody or enough, and not one."""
    mine = hidden & set(years)
    for index in [*sorted(set(years) - mine, key=lambda index: (rows[index]["pupils"], index)), None]:
        left = every - sum(rows[year]["pupils"] for year in years if year not in mine)
        if len(mine) != 1 and (left == 0 or left >= least):
            break
        if index is not None:
            mine.add(index)
    return mine


def _sent(row: Mapping[str, Any], hidden: bool) -> dict[str, Any]:
    figures = () if hidden else FIGURES
    group = {name: row[name] for name in ("year_group", "cohort") if name in row}
    return group | {"suppressed": hidden} | {name: row[name] for name in figures}
