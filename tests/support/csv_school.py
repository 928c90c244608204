"""A school's exported folder, with every file that the plugin `csv` reads, and a `World` that syncs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rollbook.host.config import ConnectionConfig
from rollbook.host.load import Loaded, load
from rollbook.host.state import opened, register_files
from rollbook.rules.evaluate import Evaluation, evaluate
from support.host_plugins import weekdays
from support.host_world import HALF_TERM, OAKS, TERM, World, build

PUPILS = ("001", "002", "003", "004")
DAYS = weekdays(*TERM, without=[HALF_TERM])
FILES: Mapping[str, tuple[str, ...]] = {
    "pupils.csv": (
        "Adno,Legal Surname,Legal Forename,DOB",
        *(f"{n},Surname-{n},Forename-{n},2014-03-10" for n in PUPILS),
    ),
    "roll.csv": ("Adno,From,To,Year,Destination,Ground", *(f"{n},2026-09-03,,7,," for n in PUPILS)),
    "calendar.csv": ("Date,AM/PM,Open", *(f"{day},{half},yes" for day in DAYS for half in ("AM", "PM"))),
}


def csv_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, schools: int = 1) -> World:
    """Schools whose connections read the folders `drop-URN` below `tmp_path`, one of which is `OAKS`."""
    world = build(tmp_path, monkeypatch, schools=schools)
    for urn in world.mis:
        (tmp_path / f"drop-{urn}").mkdir()
        settings = {"folder": str(tmp_path / f"drop-{urn}"), "date_form": "yyyy-mm-dd"}
        connection = replace(world.config.connections[f"c{urn}"], plugin="csv", settings=settings)
        assert isinstance(connection, ConnectionConfig)
        world.config = replace(world.config, connections={**world.config.connections, f"c{urn}": connection})
    return world


def export(
    world: World,
    until: date,
    absent: Mapping[tuple[str, date, date], str] | None = None,
    urn: int = OAKS,
    **files: tuple[str, ...] | None,
) -> None:
    """Write the school's files as an evening's export: of `files`, by their names without `.csv`; None is no file."""
    folder = Path(str(world.config.connections[f"c{urn}"].settings["folder"]))
    written: dict[str, tuple[str, ...] | None] = {**FILES, **{f"{name}.csv": lines for name, lines in files.items()}}
    left = {line.split(",")[0]: line.split(",")[2] for line in written["roll.csv"] or ()}
    written["marks.csv"] = tuple(_marks(until, absent or {}, left))
    for name, lines in written.items():
        (folder / name).unlink(missing_ok=True)
        if lines is not None:
            (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")


def loaded(world: World, as_at: date, urn: int = OAKS, known: datetime | None = None) -> Loaded:
    """What the rules are given of a school."""
    with opened(world.config) as database, database.read() as conn:
        return load(
            conn, register_files(world.config), world.config.school(urn), as_at, known, schools=world.config.schools
        )


def said(world: World, rule: str, as_at: date, urn: int = OAKS, known: datetime | None = None) -> dict[str, Any]:
    """What a rule says of each pupil of the school, by the number that the export has: field -> value."""
    found = loaded(world, as_at, urn, known)
    evaluation: Evaluation = evaluate(found.registers, as_at, rules=[rule])
    people = found.registers.pupils.select("pupil", key=pl.col("surname").str.strip_prefix("Surname-"))
    rows = evaluation.answers[rule].filter(school=urn).join(people, on="pupil")
    return {row.pop("key"): row for row in rows.to_dicts()}


def _marks(until: date, absent: Mapping[tuple[str, date, date], str], left: Mapping[str, str]) -> list[str]:
    lines = ["Adno,Date,AM/PM,Mark"]
    for pupil in PUPILS:
        for day in (day for day in DAYS if day <= until and day.isoformat() <= (left[pupil] or "9")):
            code = next((c for (who, first, last), c in absent.items() if who == pupil and first <= day <= last), None)
            lines += [f"{pupil},{day},AM,{code or '/'}", f"{pupil},{day},PM,{code or chr(92)}"]
    return lines
