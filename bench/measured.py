"""What `bench/rules.py` measures, and how: each task in a process of its own, whose memory is looked at as it runs.

python bench/measured.py TASK FOLDER...     # what the parent starts: prints seconds as JSON
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import made_registers
import plain_loop
import polars as pl
import psutil

from rollbook.rules.evaluate import evaluate
from rollbook.rules.registers import Registers

AS_AT = made_registers.LAST
WORKERS = os.cpu_count() or 1
TABLES = ("schools", "sessions", "pupils", "roll", "marks", "leave", "notices")


def scan(folders: list[Path]) -> Iterator[int]:
    """Polars reads the five columns, and takes the greatest of each."""
    for folder in folders:
        found = pl.read_parquet(folder / "marks.parquet", columns=made_registers.MARK_COLUMNS)
        yield len(found) + found.select(pl.all().max()).height


def scan_pyarrow(folders: list[Path]) -> Iterator[int]:
    """pyarrow reads the five columns."""
    from pyarrow import parquet  # type: ignore[import-not-found]

    for folder in folders:
        yield parquet.read_table(folder / "marks.parquet", columns=made_registers.MARK_COLUMNS).num_rows


def all_rules(folders: list[Path]) -> Iterable[int]:
    """Every rule on every mark, one folder of about 30 schools at a time on each core."""
    return _on_each(folders, None)


def rules_of_the_loop(folders: list[Path]) -> Iterable[int]:
    """The rules that the plain loop has."""
    return _on_each(folders, plain_loop.RULES_OF_LOOP)


def rules_of_the_judge(folders: list[Path]) -> Iterable[int]:
    """The rules that the plain judge of the tests has."""
    return _on_each(folders, plain_loop.RULES_OF_JUDGE)


def one_school(folders: list[Path]) -> Iterator[int]:
    """Every rule on one school whose register changed, read out of its folder."""
    folder = folders[len(folders) // 2]
    schools = pl.read_parquet(folder / "schools.parquet").get_column("school").sort()
    yield judged(registers(folder, schools[len(schools) // 2]), None)


def _on_each(folders: list[Path], rules: list[str] | None) -> Iterator[int]:
    with ThreadPoolExecutor(WORKERS) as pool:
        yield from pool.map(lambda folder: judged(registers(folder), rules), folders)


def registers(folder: Path, school: int | None = None) -> Registers:
    """The tables of a folder; of one school of it, if named."""
    if school is None:
        return Registers(**{table: pl.read_parquet(folder / f"{table}.parquet").rechunk() for table in TABLES})
    own = pl.col("school") == school
    return Registers(**{table: pl.scan_parquet(folder / f"{table}.parquet").filter(own).collect() for table in TABLES})


def judged(tables: Registers, rules: list[str] | None) -> int:
    """How many answers and findings there are."""
    said = evaluate(tables, AS_AT, rules=rules)
    return sum(map(len, said.answers.values())) + len(said.findings)


# Each with how often it is timed in one process: what is over in an instant more often than once.
TASKS: Mapping[str, tuple[Callable[[list[Path]], Iterable[int]], int]] = {
    "scan": (scan, 5),
    "scan_pyarrow": (scan_pyarrow, 5),
    "all_rules": (all_rules, 1),
    "rules_of_the_loop": (rules_of_the_loop, 1),
    "rules_of_the_judge": (rules_of_the_judge, 1),
    "one_school": (one_school, 5),
}


@dataclass(frozen=True)
class Measured:
    """Of a task: seconds, and the most memory that its process held, in bytes."""

    seconds: float
    peak: int


def child(task: str, folders: list[Path]) -> None:
    """Once on the first folders to warm up, then timed: prints seconds."""
    work, times = TASKS[task]
    sum(work(folders[:WORKERS]))
    print(json.dumps(statistics.median(_timed(work, folders) for _ in range(times))))


def _timed(work: Callable[[list[Path]], Iterable[int]], folders: list[Path]) -> float:
    began = time.perf_counter()
    if not sum(work(folders)):
        raise SystemExit("nothing was done")
    return time.perf_counter() - began


def measure(task: str, folders: list[Path]) -> Measured:
    """A child process, looked at every 10 ms. Raises SystemExit when it fails."""
    peak = 0
    command = [sys.executable, __file__, task, *map(str, folders)]
    with psutil.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, _memory(process))
            time.sleep(0.01)
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"measuring {task} failed")
    return Measured(float(json.loads(said)), peak)


def _memory(process: psutil.Popen) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def medians(rounds: int, tasks: Mapping[str, tuple[str, list[Path]]]) -> dict[str, Measured]:
    """Of each task, the median of its rounds. They are run in turn, so that a busy machine slows all."""
    found: dict[str, list[Measured]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, (task, folders) in tasks.items():
            found[name].append(measure(task, folders))
    return {
        name: Measured(statistics.median(one.seconds for one in each), max(one.peak for one in each))
        for name, each in found.items()
    }


if __name__ == "__main__":
    child(sys.argv[1], [Path(folder) for folder in sys.argv[2:]])
