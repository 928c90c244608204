"""Two children who left a school of exported files and of whom nobody says where to, and a folder for their files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.host import report
from rollbook.host.config import DestinationConfig, load
from support.csv_school import PUPILS, csv_world, export
from support.host_world import OAKS, World

FOLDER = "to upload"
FIRST_DAY, LEFT = date(2026, 9, 3), date(2026, 9, 18)  # a Thursday, a Friday
MONDAY, TUESDAY, WEDNESDAY = date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 23)
ILL = {("002", date(2026, 9, 7), date(2026, 9, 8)): "I", ("002", date(2026, 9, 9), date(2026, 9, 9)): "G"}
UPNS = {"001": "B801200005001", "002": "Q801200005002", "003": "", "004": "U801200005004"}
SEX = {"001": "F", "002": "Male", "003": "Girl", "004": "M"}
FIRST, SECOND, THIRD = (f"1000001_CTF_XXXXXXX_00{n}.xml" for n in (1, 2, 3))
WHO: Any = {"by": "A. Officer"}


def people() -> tuple[str, ...]:
    rows = (f"{n},{UPNS[n]},Surname-{n},Forename-{n},2014-03-10,{SEX[n]}" for n in PUPILS)
    return ("Adno,UPN,Legal Surname,Legal Forename,DOB,Sex", *rows)


def roll(went: str = "unknown") -> tuple[str, ...]:
    left = {"002": f"{LEFT},7,{went},", "003": f"{LEFT},7,unknown,"}
    rows = (f"{n},2026-09-03,{left.get(n, ',7,,')}" for n in PUPILS)
    return ("Adno,From,To,Year,Destination,Ground", *rows)


def leavers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world, with the destination `s2s`, on the evening of the day on which both left."""
    (tmp_path / FOLDER).mkdir()
    world = csv_world(tmp_path, monkeypatch)
    world.with_school(OAKS, laestab="100/0001")
    s2s = DestinationConfig(
        "s2s",
        "ctf_files",
        {"folder": str(tmp_path / FOLDER)},
        role="destination",
        authorities=("801",),
        kinds=("transfer_file",),
    )
    world.config = replace(world.config, destinations={**world.config.destinations, "s2s": s2s})
    export(world, LEFT, ILL, pupils=people(), roll=roll())
    return world


def outbox(world: World) -> list[tuple[str, int, str, str]]:
    rows = [row for row in report.outbox(world.config) if row.kind == "transfer_file"]
    return [(row.destination, row.revision, row.action, row.state) for row in rows]


def case_of(world: World, lacking: bool) -> int:
    [found] = {
        row.case for row in report.outbox(world.config) if row.kind == "transfer_file" and bool(row.lacks) is lacking
    }
    assert found is not None
    return found


CONFIGURATION = """
[installation]
name = "Example Trust"
state = "state"
contact = {{name = "Office", role = "office"}}
[connections.c{urn}]
plugin = "csv"
folder = "drop-{urn}"
date_form = "yyyy-mm-dd"
[[schools]]
urn = {urn}
name = "Oaks"
la = "801"
laestab = "100/0001"
type = "academy"
connection = "c{urn}"
judge_from = 2026-09-03
[destinations.s2s]
plugin = "ctf_files"
authorities = ["801"]
kinds = ["transfer_file"]
folder = "to upload"
supplier_id = "EXAMPLE"
"""


def configured(world: World, **changed: str) -> None:
    """The world has the configuration file, in which each of `changed` stands for the line of that setting."""
    lines = CONFIGURATION.format(urn=OAKS).splitlines()
    said = [changed.get(line.split(" = ")[0], line) for line in lines]
    world.config.path.write_text("\n".join(said), encoding="utf-8")
    world.config = load(world.config.path)
