"""How long it takes to read a CSV file with a row for each mark, and to bring it into the register, beside
parsing alone the same bytes to typed columns.

    make bench-csv
    python bench/csv_files.py [--rows 2] [--rounds 3]

They take turns, and of each the best round counts. Ends with 1 when a promise is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import csv_sync
import polars as pl

LEAST_ROWS, MOST_TIMES = 5_000_000, 10
_FIRST, _LAST = date(2025, 9, 1), date(2026, 7, 17)
_DAYS = pl.date_range(_FIRST, _LAST, eager=True).to_frame("day").filter(pl.col("day").dt.weekday() < 6)["day"].head(190)


def write(path: Path, rows: int) -> None:
    """So many rows of the plain form: pupils of 190 days of two sessions."""
    number = pl.int_range(0, rows, eager=True)
    sessions = (number % 2).replace_strict({0: "AM", 1: "PM"}, return_dtype=pl.String)
    marks = pl.Series(["/", "\\", "I", "L", "N"]).gather(((number * 31 % 60) // 15).cast(pl.UInt32))
    frame = pl.DataFrame(
        {
            "Adno": (number // 380).cast(pl.String).str.zfill(6),
            "Date": _DAYS.dt.strftime("%d/%m/%Y").gather((number // 2 % 190).cast(pl.UInt32)),
            "AM/PM": sessions,
            "Mark": marks,
        }
    )
    frame.write_csv(path)


def parsed(path: Path) -> int:
    """Polars' reader and nothing else: days as days."""
    frame = pl.read_csv(path, infer_schema=False, quote_char=None)
    return frame.with_columns(pl.col("Date").str.to_date("%d/%m/%Y")).height


def read(path: Path) -> int:
    """Polars' reader alone, all columns text."""
    return pl.read_csv(path, infer_schema=False, quote_char=None).height


def pulled(path: Path) -> int:
    """Ours: the whole pull of the marks, to the pages that the host gets."""
    from rollbook.contract import Client, Page, SchoolRef, Window
    from rollbook.tables.schemas import Table
    from rollbook_csv.source import CsvSource

    settings = CsvSource.Settings().load({"folder": str(path.parent), "date_form": "dd/mm/yyyy"})
    pages = CsvSource(settings, Client()).pull(
        Table.MARKS, SchoolRef(path.parent.name, "", 900001), Window(_FIRST, _LAST), None
    )
    return sum(page.rows.height for page in pages if isinstance(page, Page))


def main(rows: int, rounds: int) -> int:
    """Measure, print, and say whether the promises are kept."""
    tasks: dict[str, Callable[[Path], int]] = {"read": read, "parse": parsed, "pull": pulled}
    best = dict.fromkeys(tasks, float("inf"))
    syncs: list[csv_sync.Synced] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marks.csv"
        write(path, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB; best of {rounds}; load {os.getloadavg()[0]:.1f}\n")
        for _ in range(rounds):
            for name, task in tasks.items():
                began = time.perf_counter()
                if task(path) != rows:
                    raise SystemExit(f"{name} lost rows")
                best[name] = min(best[name], time.perf_counter() - began)
            syncs.append(csv_sync.measure(path, _DAYS, rows))
    for name, seconds in best.items():
        print(f"{name:<8}{seconds:>8.2f} s{rows / seconds / 1e6:>8.1f} million rows a second   {tasks[name].__doc__}")
    sync = min(syncs, key=lambda one: one.seconds)
    print(f"sync    {sync.seconds:>8.2f} s{rows / sync.seconds / 1e6:>8.1f} million rows a second   {sync.said()}")
    print(f"\nmost memory of a sync, with its worker: {max(one.peak for one in syncs) / 1e6:.0f} MB")
    rate, times = rows / best["parse"], best["pull"] / best["parse"]
    print(f"parse: {rate / 1e6:.1f} million rows a second, promised >= {LEAST_ROWS / 1e6:.0f}")
    print(f"pull / parse: {times:.1f}, promised <= {MOST_TIMES}")
    print(
        f"sync / parse: {sync.seconds / best['parse']:.1f}, of which the host's part {sync.publish / best['parse']:.1f}"
    )
    return 0 if rate >= LEAST_ROWS and times <= MOST_TIMES else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=float, default=2, help="millions")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    sys.exit(main(int(given.rows * 1_000_000), given.rounds))
