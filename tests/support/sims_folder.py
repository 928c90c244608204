"""A folder of files to be picked up: written at a given time, and what is taken of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import Problem
from rollbook_sims.settings import SimsSettings
from rollbook_sims.ways.condition import AN_HOUR
from rollbook_sims.ways.contents import digest
from rollbook_sims.ways.drop import Drop
from support.sims_run import report

NOW = 1_800_000_000.0
JUST_NOW, LONG_AGO = NOW - AN_HOUR + 1, NOW - AN_HOUR
WHOLE = report("<Mark>/</Mark>")
HALF = WHOLE[: len(WHOLE) // 2]
LINES = b"Adno,Mark\r\n001003,/\r\n"
FAILED = b"<CommandReporterError>Ada Lovelace has no class</CommandReporterError>"


def marks(number: int) -> bytes:
    """A whole report of marks like no other."""
    return report(f"<Mark>{number}</Mark>")


def put(folder: Path, files: Mapping[str, bytes], changed: float = LONG_AGO) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)
        os.utime(folder / name, (changed, changed))


def dropped(folder: Path, **more: Any) -> Drop:
    return Drop(SimsSettings().load({"kind": "folder", "folder": str(folder)} | more), now=lambda: NOW)


def taken(folder: Path, report: str = "marks", known: Mapping[str, bytes] = {}, **more: Any) -> list[str]:
    """The names of what is taken, where files with the contents of `known` were taken before."""
    before = {digest(folder / name) for name in known}
    with dropped(folder, **more).fetch(report, taken=before) as fetched:
        return [one.name for one in fetched]


def problem(folder: Path, report: str = "marks", **more: Any) -> Problem:
    with pytest.raises(Problem) as raised, dropped(folder, **more).fetch(report):
        pass
    return raised.value


def remarks(folder: Path, **more: Any) -> list[tuple[bool, str]]:
    """What check says of the files: whether it is well, and the words."""
    return [(remark.ok, remark.text) for remark in dropped(folder, **more).remarks()]
