"""A machine with the stand-in for CommandReporter on it, and little in its reports; what runs there."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest

from rollbook.contract import Problem, Secret, Window
from rollbook_sims.settings import SimsSettings
from rollbook_sims.simulator import launcher
from rollbook_sims.ways.reporter import Reporter

PASSWORD = "Gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n 47 & <Krokus>"
WEEK = Window(date(2026, 11, 9), date(2026, 11, 13))
PROMPTS = """<ReportParameters>
  <Parameter id="EffectiveDate" subreportfilter="FALSE" bypass="TRUE">
    <Name>EffectiveDate</Name><Type>Date</Type><PromptText>EffectiveDate</PromptText>
    <Values><Date>02/11/2026 00:00:00</Date></Values>
  </Parameter>
  <Parameter id="P1" subreportfilter="FALSE">
    <Name>Start</Name><Type>Date</Type><PromptText>First day</PromptText>
    <Values><Date>01/11/2026 00:00:00</Date></Values>
  </Parameter>
  <Parameter id="P2" subreportfilter="FALSE" bypass="TRUE">
    <Name>End</Name><Type>Date</Type><PromptText>Last day</PromptText>
    <Values><Date>08/11/2026 00:00:00</Date></Values>
  </Parameter>
</ReportParameters>
"""
_DAYS = [date(2026, 11, day) for day in range(6, 17)]


def report(*records: str) -> bytes:
    """A report as SIMS writes it, a record a line."""
    lines = ['<?xml version="1.0" encoding="iso-8859-1"?>', "<SuperStarReport>"]
    return "\r\n".join([*lines, *(f"<Record>{one}</Record>" for one in records), "</SuperStarReport>", ""]).encode()


class Machine:
    """In `folder`: the program and what it gives out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = launcher.install(folder)
        marks = [f"<multiple_id>1,{day.day}</multiple_id><date>{day}T00:00:00</date><Mark>/</Mark>" for day in _DAYS]
        (folder / "marks.xml").write_bytes(report(*marks))
        (folder / "pupils.xml").write_bytes(report("<Adno>001003</Adno><DOB>2015-12-10T00:00:00</DOB>"))
        (folder / "prompts.xml").write_text(PROMPTS, encoding="utf-8")
        self.says(
            server="SIMS-SRV",
            database="Larkspur",
            trusted=True,
            users={"rollbook": PASSWORD},
            reports={
                "Rollbook marks": {"file": "marks.xml", "dates": "date", "parameters": "prompts.xml"},
                "Rollbook pupils": {"file": "pupils.xml"},
            },
        )

    def says(self, **office: Any) -> None:
        """Change what the program knows."""
        path = self.folder / "office.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(json.dumps(known | office), encoding="utf-8")

    def settings(self, **more: Any) -> dict[str, Any]:
        """The settings of a connection to it, as a plugin has them; `password` as it is kept."""
        written = {"reporter": str(self.program), **{name: value for name, value in more.items() if name != "password"}}
        password = {"password": {"env": "SIMS_PASSWORD"}} if "password" in more else {}
        loaded: dict[str, Any] = SimsSettings().load(written | password)
        return loaded | ({"password": Secret(more["password"])} if password else {})

    def misbehave(self, mode: str, **more: Any) -> None:
        """From now on it fails in that mode."""
        (self.folder / "mode.json").write_text(json.dumps({"mode": mode, **more}), encoding="utf-8")

    def runs(self) -> list[dict[str, Any]]:
        """What it was asked, run by run, but for passwords."""
        path = self.folder / "runs.log"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def alive(self) -> list[int]:
        """The numbers of its processes that run, and of those that they started."""
        started = self.folder / "children.txt"
        numbers = {int(one) for one in started.read_text().split()} if started.exists() else set()
        return [one.pid for one in psutil.process_iter() if (one.pid in numbers or self._is_it(one)) and _runs(one)]

    def _is_it(self, process: psutil.Process) -> bool:
        try:
            return str(self.folder) in process.cmdline()
        except psutil.Error:
            return False


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def runs_out(once: Callable[[], bool] = lambda: True) -> Callable[[], float]:
    """A clock by which a report has begun in time, its turn came in time, and then, when `once` holds, time is over."""
    asked = 0

    def clock() -> float:
        nonlocal asked
        asked += 1
        while asked > 2 and not once():
            time.sleep(0.01)
        return 0.0 if asked <= 2 else 1e9

    return clock


def text_of(reporter: Reporter, report: str = "pupils", **more: Any) -> str:
    """The report as it comes."""
    with reporter.fetch(report, **more) as fetched:
        return fetched[0].path.read_text(encoding="cp1252")


def problem_of(machine: Machine, mode: str, *, reporter: Reporter | None = None, **more: Any) -> Problem:
    """What is said when the machine misbehaves in that mode."""
    machine.misbehave(mode, **more)
    with pytest.raises(Problem) as raised, (reporter or Reporter(machine.settings())).fetch("pupils"):
        pass
    return raised.value


def days(text: str) -> list[str]:
    """The days of a report's records."""
    return re.findall("<date>(.{10})", text)
