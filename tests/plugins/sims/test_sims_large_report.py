"""A report of any size takes the same memory: what was read is let go."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.sims_read import HEADER, csv, mark

LARGE = 60_000_000
ALLOWED = 30_000_000
_READER = """
import sys
from pathlib import Path
import psutil
from rollbook_sims.captions import captions_of
from rollbook_sims.reports.report import Report
from rollbook_sims.ways.way import Fetched

path = Path(sys.argv[1])
held, rows = [], 0
for chunk in Report(Fetched(path, path.name, ""), captions_of("marks", {}), {"encoding": None}).chunks():
    rows += chunk.height
    held.append(psutil.Process().memory_info().rss)
print(rows, max(held[2:]) - held[1])
"""


def write_large(path: Path, start: str, row: str, end: str) -> int:
    """So many rows, each with its own number, that the file is large. How many they are."""
    count = LARGE // len(row)
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write(start)
        file.writelines(row.replace("NUMBER", str(number)) for number in range(count))
        file.write(end)
    return count


@pytest.mark.slow
@pytest.mark.parametrize("name", ["marks.xml", "marks.csv"])
def test_a_large_report_takes_no_more_memory_than_its_first_chunks(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "marks.xml":
        record = f"  <Record>\n    {mark(UPN='NUMBER', Surname='Zoë')}\n  </Record>\n"
        count = write_large(path, f"{HEADER}<SuperStarReport>\n", record, "</SuperStarReport>\n")
    else:
        count = write_large(path, csv(), "NUMBER,2026-11-02T00:00:00,AM,/\r\n", "")
    said = subprocess.run([sys.executable, "-c", _READER, path], capture_output=True, text=True, check=True).stdout
    rows, growth = map(int, said.split())
    assert rows == count
    assert growth < ALLOWED
