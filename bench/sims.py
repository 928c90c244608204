"""How long it takes to read a school year of marks out of SIMS's XML, beside merely parsing it with the same library.

    make bench-sims
    python bench/sims.py [--pupils 1000] [--rounds 3]

Each task runs in a process of its own, whose memory is looked at as it runs; they take turns, and of each the best
round counts, which other work on the machine disturbed least. Only ratio and memory are promised: seconds are those of
the machine. Ends with 1 when a promise is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psutil
from lxml import etree

MOST_TIMES, MOST_MEMORY = 10, 200_000_000
_FIRST, _DAYS = date(2025, 9, 3), 190
_MARKS = {
    "/": ("Present (AM)", "Present"),
    "\\": ("Present (PM)", "Present"),
    "I": ("Illness", "Authorised absence"),
    "L": ("Late (before registers closed)", "Present"),
    "N": ("No reason yet provided for absence", "Unauthorised absence"),
}
_RECORD = (
    "  <Record>\n    <multiple_id>{person},{row}</multiple_id>\n    <Unique_x0020_ID>{upn}</Unique_x0020_ID>\n"
    "    <Mark>{mark}</Mark>\n    <school>{school}</school>\n    <statistical>{statistical}</statistical>\n"
    "    <date>{day}T00:00:00</date>\n    <AM_x002F_PM>{session}</AM_x002F_PM>\n  </Record>\n"
)


def write_school(folder: Path, pupils: int) -> Path:
    """A folder with the reports of a school. Returns that of the marks."""
    folder.mkdir()
    people = "".join(
        f"  <Record><multiple_id>{6000 + pupil}</multiple_id><Adno>{pupil:06d}</Adno><UPN>B80120{pupil:07d}</UPN>"
        f"<DOB>2014-03-10T00:00:00</DOB></Record>\n"
        for pupil in range(pupils)
    )
    (folder / "pupils.xml").write_text(f"<SuperStarReport>\n{people}</SuperStarReport>\n", encoding="utf-8")
    write_year(folder / "marks.xml", pupils)
    return folder / "marks.xml"


def write_year(path: Path, pupils: int) -> None:
    """A report of marks: every pupil of the school, every session of a school year."""
    days = [_FIRST + timedelta(days=number + number // 5 * 2) for number in range(_DAYS)]
    with path.open("w", encoding="iso-8859-1") as file:
        file.write('<?xml version="1.0" encoding="iso-8859-1"?>\n<SuperStarReport>\n')
        for pupil in range(pupils):
            for number in range(_DAYS * 2):
                file.write(_record(pupil, number, days[number // 2], "AM" if number % 2 == 0 else "PM"))
        file.write("</SuperStarReport>\n")


def _record(pupil: int, number: int, day: date, session: str) -> str:
    present = "/" if session == "AM" else "\\"
    mark = {3: "I", 7: "L", 11: "N"}.get((pupil * 31 + number) % 60, present)
    school, statistical = _MARKS[mark]
    return _RECORD.format(
        person=6000 + pupil,
        row=100_000 + pupil * _DAYS * 2 + number,
        upn=f"B80120{pupil:07d}",
        mark=mark,
        school=school,
        statistical=statistical,
        day=day.isoformat(),
        session=session,
    )


def parsed_whole(path: Path) -> int:
    """etree.parse: the whole tree in memory."""
    return len(etree.parse(path).getroot())


def parsed_as_stream(path: Path) -> int:
    """etree.iterparse: each record is thrown away without a look at it."""
    count = 0
    for _, record in etree.iterparse(path, tag="Record"):
        count += 1
        record.clear()
        while record.getprevious() is not None:
            del record.getparent()[0]
    return count


def pulled(path: Path) -> int:
    """Ours, the whole pull of the marks out of a folder, to the pages that the host gets."""
    from rollbook.contract import Client, Page, SchoolRef, Window
    from rollbook.tables.schemas import Table
    from rollbook_sims.source import SimsSource

    settings = SimsSource.Settings().load({"kind": "folder", "folder": str(path.parent), "urn": "900001"})
    source = SimsSource(settings, Client())
    year = Window(_FIRST, _FIRST + timedelta(days=365))
    pages = source.pull(Table.MARKS, SchoolRef("900001", "", 900001), year, None)
    return sum(page.rows.height for page in pages if isinstance(page, Page))


def read(path: Path) -> int:
    """Ours, to frames of text."""
    from rollbook_sims.captions import captions_of
    from rollbook_sims.reports.report import Report
    from rollbook_sims.ways.way import Fetched

    report = Report(Fetched(path, path.name, ""), captions_of("marks", {}), {"encoding": None})
    return sum(chunk.height for chunk in report.chunks())


TASKS: Mapping[str, Callable[[Path], int]] = {
    "parse": parsed_whole,
    "iterparse": parsed_as_stream,
    "read": read,
    "pull": pulled,
}


@dataclass(frozen=True)
class Measured:
    """Seconds, rows, and the most memory that the process held, in bytes."""

    seconds: float
    rows: int
    peak: int


def child(task: str, path: Path) -> None:
    """The task once: prints seconds and rows. What it imports is not counted, as a night's other schools have it."""
    TASKS[task](path.parent.with_name("warm") / path.name)
    began = time.perf_counter()
    rows = TASKS[task](path)
    print(json.dumps([time.perf_counter() - began, rows]))


def measure(task: str, path: Path) -> Measured:
    """A child process, looked at every 10 ms. Raises SystemExit when it fails."""
    peak = 0
    with psutil.Popen([sys.executable, __file__, "--child", task, path], stdout=subprocess.PIPE) as process:
        while process.poll() is None:
            peak = max(peak, _memory(process))
            time.sleep(0.01)
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{task} failed")
    seconds, rows = json.loads(said)
    return Measured(seconds, rows, peak)


def _memory(process: psutil.Popen) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def main(pupils: int, rounds: int) -> int:
    """Measure, print, and say whether the promises are kept."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_school(Path(folder) / "year", pupils)
        write_school(Path(folder) / "warm", 1)
        records, size = pupils * _DAYS * 2, path.stat().st_size
        print(f"{records:,} records, {size / 1e6:.0f} MB; the best of {rounds} rounds; load {os.getloadavg()[0]:.1f}\n")
        found: dict[str, list[Measured]] = {task: [] for task in TASKS}
        for _ in range(rounds):
            for task, each in found.items():
                each.append(measure(task, path))
    return _told(found, records)


def _told(found: Mapping[str, list[Measured]], records: int) -> int:
    best = {task: min(one.seconds for one in each) for task, each in found.items()}
    for task, each in found.items():
        if any(one.rows != records for one in each):
            raise SystemExit(f"{task} lost records")
        peak = max(one.peak for one in each)
        print(f"{task:<10}{best[task]:>8.2f} s{peak / 1e6:>8.0f} MB   {TASKS[task].__doc__}")
    print()
    kept = True
    for task in ("read", "pull"):
        times, memory = best[task] / best["iterparse"], max(one.peak for one in found[task])
        print(f"{task} / parse: {best[task] / best['parse']:.1f}")
        print(f"{task} / iterparse: {times:.1f}, promised <= {MOST_TIMES}")
        print(f"memory of {task}: {memory / 1e6:.0f} MB, promised <= {MOST_MEMORY / 1e6:.0f}")
        kept = kept and times <= MOST_TIMES and memory <= MOST_MEMORY
    return 0 if kept else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pupils", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], Path(given.child[1]))
    else:
        sys.exit(main(given.pupils, given.rounds))
