"""How long all rules take on an authority's registers, beside a bare scan of the same columns and two plain loops.

    make bench-rules [MARKS=MILLIONS]    # lends it pyarrow, which nothing else of ours uses
    python bench/rules.py [--marks MILLIONS] [--rounds 3]

Everything is measured in one run, in turn; the figures are medians. Only ratios are promised: seconds are those of the
machine. Ends with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import made_registers
import plain_loop
import polars as pl
from measured import WORKERS, Measured, medians, registers

GIB = 2**30
ALL_SCHOOLS = 600
NAMES = {
    "scan": "a bare scan of the five columns, by Polars",
    "scan_pyarrow": "a bare scan of the five columns, by pyarrow",
    "all": "all rules on all marks",
    "tenth": "all rules on a tenth as many marks",
    "one": "all rules on one school",
    "rules_of_the_judge": f"the {len(plain_loop.RULES_OF_JUDGE)} rules of the plain judge on all marks",
    "rules_of_the_loop": f"the {len(plain_loop.RULES_OF_LOOP)} rules of the plain loop on all marks",
}


@dataclass(frozen=True)
class Promise:
    """What is promised: a ratio, and the most or the least that it may be."""

    what: str
    found: float
    most: float | None = None
    least: float | None = None

    @property
    def kept(self) -> bool:
        return (self.most is None or self.found <= self.most) and (self.least is None or self.found >= self.least)

    def __str__(self) -> str:
        target = f"<= {self.most:.4g}" if self.most is not None else f">= {self.least:.4g}"
        return f"{self.what:<76}{self.found:>9.3g}  {target:<10} {'met' if self.kept else 'missed'}"


def main(millions: float, rounds: int) -> int:
    """Make the registers, measure, print, and say whether the promises are kept."""
    folders, tenth = made_registers.made(round(millions * 1e6)), made_registers.made(round(millions * 1e5))
    tasks = {name: (name, folders) for name in ("scan", "scan_pyarrow", "rules_of_the_judge", "rules_of_the_loop")}
    tasks |= {"all": ("all_rules", folders), "one": ("one_school", folders), "tenth": ("all_rules", tenth)}
    load = os.getloadavg()[0]
    found = medians(rounds, tasks)
    loops = [plain_loop.seconds_a_mark(registers(folders[0]), made_registers.LAST) for _ in range(rounds)]
    judge, loop = (statistics.median(times) for times in zip(*loops, strict=True))
    marks, pupils, schools = (total(folders, table) for table in ("marks", "pupils", "schools"))
    print(f"{marks:,} marks of {pupils:,} pupils at {schools} schools, in {len(folders)} folders; medians of {rounds}")
    print(f"{WORKERS} cores; load {load:.1f} when it began, {os.getloadavg()[0]:.1f} at the end\n")
    of = {name: total(some, "marks") for name, (_, some) in tasks.items()} | {"one": marks // schools}
    for name, one in found.items():
        each = one.seconds / of[name] * 1e6
        print(f"{NAMES[name]:<60}{one.seconds:>9.3f} s {one.peak / GIB:>6.2f} GiB {each:>8.3f} us a mark")
    print(f"{'the plain judge of the tests':<60}{'':>20}{judge * 1e6:>9.3f} us a mark")
    print(f"{'the plain loop':<60}{'':>20}{loop * 1e6:>9.3f} us a mark\n")
    promises = list(promised(found, (judge, loop), marks, of["tenth"], schools))
    print(*promises, sep="\n")
    own = found["all"].seconds / found["scan"].seconds
    print(f"\nall rules / a scan by Polars, of which nothing is promised: {own:.1f}")
    return 0 if all(promise.kept for promise in promises) else 1


def promised(
    found: Mapping[str, Measured], plain: tuple[float, float], marks: int, of_tenth: int, schools: int
) -> Iterator[Promise]:
    """Each promise, with what was found."""
    every = found["all"].seconds
    # The target was set against pyarrow's scan: Polars' own takes half as long, and moves with each of its versions.
    yield Promise("all rules / a scan by pyarrow", every / found["scan_pyarrow"].seconds, most=15)
    growth = every / found["tenth"].seconds / (marks / of_tenth)
    yield Promise(f"time / marks, from {of_tenth / 1e6:.1f} to {marks / 1e6:.1f} million", growth, most=1.1)
    share = found["one"].seconds / (every * ALL_SCHOOLS / schools)
    yield Promise(f"one school / all rules on {ALL_SCHOOLS} schools", share, most=1 / 60)
    for name, seconds in zip(("rules_of_the_judge", "rules_of_the_loop"), plain, strict=True):
        other = name.removeprefix("rules_of_the_")
        yield Promise(f"the plain {other} / the same rules, a mark", seconds / (found[name].seconds / marks), least=30)
    yield Promise("most memory of all rules, GiB", found["all"].peak / GIB, most=1.5)


def total(folders: list[Path], table: str) -> int:
    """Rows of a table in all folders."""
    return sum(pl.scan_parquet(folder / f"{table}.parquet").select(pl.len()).collect().item() for folder in folders)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--marks", type=float, default=10, help="millions of marks")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    sys.exit(main(given.marks, given.rounds))
