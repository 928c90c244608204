"""A CSV file of marks brought into the register by a sync, as a trust's machine does it: in a process of its own.

    python bench/csv_sync.py FOLDER     # what the parent starts: prints seconds by stage as JSON

The sync stops where the register is published: judging it is what `make bench-rules` measures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import psutil

_URN = 900001
_CONFIG = """
[installation]
name = "Example Trust"
state = "state"
contact = {{name = "Office", role = "office", telephone = "01632 960001"}}

[connections.files]
plugin = "csv"
folder = "files"
date_form = "dd/mm/yyyy"

[[schools]]
urn = "{urn}"
name = "Larkspur"
la = "801"
type = "academy"
lowest_year = 7
highest_year = 11
connection = "files"
judge_from = {first}
"""


@dataclass(frozen=True)
class Synced:
    """Seconds of the pull (through the worker, checked and staged) and of what follows until the register is published;
    the most memory that all processes held together, in bytes.
    """

    pull: float
    publish: float
    peak: int

    @property
    def seconds(self) -> float:
        """Of the whole."""
        return self.pull + self.publish

    def said(self) -> str:
        """How the time was spent."""
        return f"A sync to the published register: {self.pull:.2f} s the pull, {self.publish:.2f} s the host's part."


class _PublishedError(BaseException):
    """Stops the sync: the register is kept, and nothing is judged."""


def write_school(folder: Path, marks: Path, days: pl.Series) -> None:
    """A trust's folder: its configuration, and beside `marks` the files of the pupils, the roll and the calendar."""
    first = days[0]
    (folder / "rollbook.toml").write_text(_CONFIG.format(urn=_URN, first=first), encoding="utf-8")
    (folder / "last.txt").write_text(str(days[-1]), encoding="utf-8")
    (folder / "files").mkdir()
    os.link(marks, folder / "files" / "marks.csv")
    pupils = pl.read_csv(marks, columns=["Adno"], infer_schema=False)["Adno"].unique().sort()
    people = pl.DataFrame({"Adno": pupils}).with_columns(
        pl.lit("Surname").alias("Surname"), pl.lit("Forename").alias("Forename"), pl.lit("10/03/2014").alias("DOB")
    )
    people.write_csv(folder / "files" / "pupils.csv")
    roll = people.select("Adno", pl.lit(f"{first:%d/%m/%Y}").alias("From"), pl.lit("").alias("To"))
    roll.with_columns(Year=pl.lit("7")).write_csv(folder / "files" / "roll.csv")
    sessions = pl.DataFrame({"AM/PM": ["AM", "PM"], "Open": ["yes", "yes"]})
    pl.DataFrame({"Date": days.dt.strftime("%d/%m/%Y")}).join(sessions, how="cross").write_csv(
        folder / "files" / "calendar.csv"
    )


def child(folder: Path) -> None:
    """Sync the folder once, into a state that knows nothing yet. Prints when the pull began, ended, and was kept."""
    from rollbook.host import config, run

    times: dict[str, float] = {}

    def tell(_name: str, stage: str, _at: int, _of: int | None) -> None:
        times.setdefault(stage, time.perf_counter())
        if stage == "judge":
            raise _PublishedError

    last = date.fromisoformat((folder / "last.txt").read_text(encoding="utf-8"))
    now = datetime.combine(last, datetime.min.time()).astimezone() + timedelta(hours=19)
    try:
        said = run.sync(config.load(folder / "rollbook.toml"), as_at=last, now=lambda: now, progress=tell)
    except _PublishedError:
        print(json.dumps([times["register"] - times["marks"], times["judge"] - times["register"]]))
        return
    raise SystemExit(f"nothing was published: {[school.sentences for school in said.schools]}")


def measure(marks: Path, days: pl.Series, rows: int) -> Synced:
    """A sync of a school with that file of marks. Raises SystemExit when it fails or lost marks."""
    with tempfile.TemporaryDirectory(dir=marks.parent) as folder:
        write_school(Path(folder), marks, days)
        found = _synced(Path(folder))
        if (
            sum(pl.scan_parquet(path).select(pl.len()).collect().item() for path in Path(folder).rglob("*.parquet"))
            != rows
        ):
            raise SystemExit("the sync lost marks")
    return found


def _synced(folder: Path) -> Synced:
    """A child process and its workers, looked at every 10 ms."""
    peak = 0
    with psutil.Popen([sys.executable, __file__, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, _memory(process))
            time.sleep(0.01)
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit("the sync failed")
    return Synced(*json.loads(said), peak)


def _memory(process: psutil.Popen) -> int:
    try:
        return sum(int(one.memory_info().rss) for one in [process, *process.children(recursive=True)])
    except psutil.Error:
        return 0


if __name__ == "__main__":
    child(Path(sys.argv[1]))
