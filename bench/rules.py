"""How long all rules take on an authority's registers, beside a bare scan of the same columns and a plain loop.

    python bench/rules.py [--marks MILLIONS] [--rounds 3]

Everything is measured in one run, in turn, each in a process of its own; the figures are medians. Ends with 1 when a
target is missed. Only ratios are promised: seconds are those of the machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import made_registers
import plain_loop
import polars as pl
import psutil

from rollbook.rules.evaluate import evaluate
from rollbook.rules.registers import Registers
from rollbook.rules.thresholds import Settings

GIB = 2**30
AS_AT = made_registers.LAST
ALL_SCHOOLS = 600
# The targets were set against pyarrow's scan of the five columns. Where pyarrow is not installed it is taken to be this
# many times Polars' scan, as it was where both were measured on the same files.
PYARROW_TO_POLARS = 1.9
TABLES = ("schools", "sessions", "pupils", "roll", "marks", "leave", "notices")
Row = tuple[str, float, str, float]


# What is measured: each of these runs in a child process, and gives seconds and a number that shows that work was done.


def scan(folders: list[Path]) -> Iterator[float]:
    """Polars reads the five columns, and takes the greatest of each."""
    for folder in folders:
        found = pl.read_parquet(folder / "marks.parquet", columns=made_registers.MARK_COLUMNS)
        yield float(len(found)) if found.select(pl.all().max()).item(0, "code") else 0.0


def scan_pyarrow(folders: list[Path]) -> Iterator[float]:
    """pyarrow reads the five columns."""
    from pyarrow import parquet  # type: ignore[import-not-found]

    for folder in folders:
        yield float(parquet.read_table(folder / "marks.parquet", columns=made_registers.MARK_COLUMNS).num_rows)


def all_rules(folders: list[Path]) -> Iterator[float]:
    """Every rule on every mark, one folder of about 30 schools at a time on each core."""
    with ThreadPoolExecutor(WORKERS) as pool:
        yield from pool.map(lambda folder: judged(registers(folder)), folders)


def one_school(folders: list[Path]) -> Iterator[float]:
    """Every rule on the one school whose register changed, read out of its folder."""
    folder = folders[len(folders) // 2]
    schools = pl.read_parquet(folder / "schools.parquet").get_column("school").sort()
    yield judged(registers(folder, schools[len(schools) // 2]))


def registers(folder: Path, school: int | None = None) -> Registers:
    """The tables of a folder; of one school of it, if named."""
    rows = pl.lit(True) if school is None else pl.col("school") == school
    return Registers(**{table: pl.scan_parquet(folder / f"{table}.parquet").filter(rows).collect() for table in TABLES})


def judged(tables: Registers) -> float:
    """How many answers and findings there are."""
    said = evaluate(tables, AS_AT)
    return float(sum(map(len, said.answers.values())) + len(said.findings))


TASKS: dict[str, Callable[[list[Path]], Iterator[float]]] = {
    one.__name__: one for one in (scan, scan_pyarrow, all_rules, one_school)
}
WORKERS = os.cpu_count() or 1


def loop_seconds_a_mark(folder: Path, schools: int = 2) -> float:
    """The plain loop on a few schools, for a mark; after a look at whether it says what the rules say."""
    from rollbook.rules.days import build

    tables = registers(folder)
    enrolments = build(tables, Settings(AS_AT, tables.schools)).enrolments
    enrolments = enrolments.select("school", "pupil", "age_from", "age_to", "first", "last")
    pupils, opened = plain_loop.read(folder, schools, enrolments)
    days = {school: sorted({day for day, _ in some if day <= AS_AT}) for school, some in opened.items()}
    began = time.perf_counter()
    found = [plain_loop.judge(pupil, days[pupil.school], opened[pupil.school], AS_AT) for pupil in pupils]
    seconds = time.perf_counter() - began
    compare(tables, pupils, found)
    return seconds / sum(len(pupil.marks) for pupil in pupils)


COMPARED = (
    ("absence", "possible", "possible"),
    ("absence", "persistent", "persistent"),
    ("marks", "not_recorded", "not_recorded"),
    ("attendance_return", "run_days", "run_days"),
    ("irregular", "sessions", "irregular"),
    ("sickness_return", "days", "illness"),
    ("unexplained", "overdue", "overdue"),
    ("not_seen", "days", "not_seen"),
)


def compare(tables: Registers, pupils: list[plain_loop.Pupil], found: list[dict[str, object]]) -> None:
    """Raises SystemExit when the plain loop and the rules differ: then there is nothing to compare."""
    said = evaluate(tables, AS_AT, rules=sorted({rule for rule, _, _ in COMPARED}))
    for rule, name, plain in COMPARED:
        values = {row[:2]: row[2] for row in said.answers[rule].select("school", "pupil", name).iter_rows()}
        wrong = [
            pupil for pupil, one in zip(pupils, found, strict=True) if values[pupil.school, pupil.number] != one[plain]
        ]
        if wrong:
            raise SystemExit(f"the plain loop differs from {rule}.{name} for {len(wrong)} of {len(pupils)} pupils")


@dataclass(frozen=True)
class Measured:
    """Of one child: seconds, and the most memory it held."""

    seconds: float
    peak: int


def child(task: str, folders: list[Path]) -> None:
    """Once on the first folder to warm up, then measured: prints seconds."""
    work = TASKS[task]
    for _ in work(folders[:1]):
        pass
    began = time.perf_counter()
    done = sum(work(folders))
    print(json.dumps({"seconds": time.perf_counter() - began, "done": done}))


def measure(task: str, folders: list[Path]) -> Measured:
    """A child process, looked at every 10 ms."""
    command = [sys.executable, __file__, "--child", task, *map(str, folders)]
    peak = 0
    with psutil.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            try:
                peak = max(peak, process.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(0.01)
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"measuring {task} failed")
    return Measured(json.loads(said)["seconds"], peak)


def medians(rounds: int, tasks: dict[str, tuple[str, list[Path]]]) -> dict[str, Measured]:
    """Of each task, the median of its rounds; the tasks are run in turn, so that a busy machine slows all."""
    found: dict[str, list[Measured]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, (task, folders) in tasks.items():
            found[name].append(measure(task, folders))
    return {
        name: Measured(statistics.median(one.seconds for one in each), max(one.peak for one in each))
        for name, each in found.items()
    }


def main(millions: float, rounds: int) -> int:
    """Make the registers, measure, print, and say whether the targets are met."""
    folders, tenth = made_registers.made(round(millions * 1e6)), made_registers.made(round(millions * 1e5))
    marks, schools, pupils = (total(folders, table) for table in ("marks", "schools", "pupils"))
    tasks = {"scan": ("scan", folders), "all": ("all_rules", folders), "one": ("one_school", folders)}
    tasks |= {"tenth": ("all_rules", tenth)}
    if importlib.util.find_spec("pyarrow"):
        tasks["pyarrow"] = ("scan_pyarrow", folders)
    busy = psutil.getloadavg()[0]
    found = medians(rounds, tasks)
    loop = statistics.median(loop_seconds_a_mark(folders[0]) for _ in range(rounds))
    print(f"{marks:,} marks of {pupils:,} pupils at {schools} schools, in {len(folders)} folders; medians of {rounds}")
    print(f"{WORKERS} cores, load {busy:.1f} when it began and {psutil.getloadavg()[0]:.1f} at the end\n")
    for name, one in found.items():
        print(f"{NAMES[name]:<52}{one.seconds:>9.3f} s  {one.peak / GIB:>6.2f} GiB")
    print(f"{'a plain loop, for a mark':<52}{loop * 1e6:>9.3f} us")
    print(f"{'all rules, for a mark':<52}{found['all'].seconds / marks * 1e6:>9.3f} us\n")
    rows = list(ratios(found, loop, marks, total(tenth, "marks"), schools))
    for what, ratio, sign, target in rows:
        verdict = "met" if target >= ratio or (sign == ">=" and ratio >= target) else "missed"
        if sign == ">=" and ratio < target:
            verdict = "missed"
        print(f"{what:<68}{ratio:>9.4g}  {sign} {target:<7.4g} {verdict}")
    return 0


NAMES = {
    "scan": "a bare scan of the five columns (Polars)",
    "pyarrow": "a bare scan of the five columns (pyarrow)",
    "all": "all rules on all marks",
    "tenth": "all rules on a tenth as many marks",
    "one": "all rules on one school",
}


def ratios(
    found: dict[str, Measured], loop: float, marks: int, marks_of_tenth: int, schools: int
) -> Iterator[Row]:
    """What is promised: what it is, the ratio found, and the target."""
    scanned = found["pyarrow"].seconds if "pyarrow" in found else found["scan"].seconds * PYARROW_TO_POLARS
    every = found["all"].seconds
    how = "measured" if "pyarrow" in found else f"taken as {PYARROW_TO_POLARS} times Polars' scan"
    yield f"all rules / pyarrow's scan ({how})", every / scanned, "<=", 15
    growth = (every / found["tenth"].seconds) / (marks / marks_of_tenth)
    yield f"time / marks, from {marks_of_tenth / 1e6:.1f} to {marks / 1e6:.1f} million", growth, "<=", 1.1
    yield f"one school / all rules on {ALL_SCHOOLS} schools", found["one"].seconds / (every * ALL_SCHOOLS / schools), "<=", 1 / 60
    yield "a plain loop / all rules, for a mark", loop / (every / marks), ">=", 30
    yield "most memory, GiB", found["all"].peak / GIB, "<=", 1.5


def total(folders: list[Path], table: str) -> int:
    """Rows of a table in all folders."""
    return sum(pl.scan_parquet(folder / f"{table}.parquet").select(pl.len()).collect().item() for folder in folders)


def arguments() -> Any:
    parser = argparse.ArgumentParser(description="measure the rules")
    parser.add_argument("--marks", type=float, default=10, help="millions of marks")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    if given.child:
        child(given.child[0], [Path(one) for one in given.child[1:]])
    else:
        sys.exit(main(given.marks, given.rounds))
