"""Evenings on which the folder holds the wrong files: what was known stands, and a person is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from support.csv_school import csv_world, export
from support.host_world import OAKS, World

THURSDAY, FRIDAY = date(2026, 10, 1), date(2026, 10, 2)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = csv_world(tmp_path, monkeypatch)
    export(made, THURSDAY, {("001", THURSDAY, THURSDAY): "I"})
    assert made.sync(THURSDAY).schools[0].status == "ok"
    return made


def test_an_older_export_undoes_no_correction(world: World) -> None:
    export(world, date(2026, 9, 30))
    [school] = world.sync(FRIDAY).schools
    assert school.status != "ok"
    assert "marks.csv is older than the file that was taken last" in school.sentences[0]
    export(world, FRIDAY)
    assert world.sync(FRIDAY).schools[0].status == "ok"


def test_an_export_that_another_has_superseded_undoes_no_correction(world: World) -> None:
    corrected = {("001", THURSDAY, THURSDAY): "N"}
    export(world, THURSDAY, corrected)
    assert world.sync(FRIDAY).schools[0].status == "ok"
    export(world, THURSDAY, {("001", THURSDAY, THURSDAY): "I"})
    [school] = world.sync(FRIDAY).schools
    assert school.status != "ok"
    assert "the very same was taken before that" in school.sentences[0]


def test_the_same_export_again_is_well(world: World) -> None:
    assert world.sync(FRIDAY).schools[0].status == "ok"


def test_a_roll_a_third_smaller_is_held_until_somebody_accepts_it(world: World, tmp_path: Path) -> None:
    export(world, FRIDAY)
    for name in ("pupils", "roll", "marks"):
        _without(tmp_path / f"drop-{OAKS}" / f"{name}.csv", "003", "004")
    [held] = world.sync(FRIDAY).schools
    assert held.status != "ok"
    assert "2 of the 4 pupils on the roll" in held.sentences[0]
    [accepted] = world.sync(FRIDAY, accept_smaller_roll_by="A. Registrar").schools
    assert "are gone from what" not in " ".join(accepted.sentences)


@pytest.mark.parametrize(("file", "which"), [("marks", "the marks"), ("pupils", "the list of pupils")])
def test_numbers_that_lost_their_zeros_are_said_first_and_nothing_is_called_cut_off(
    world: World, tmp_path: Path, file: str, which: str
) -> None:
    export(world, FRIDAY)
    spoiled = tmp_path / f"drop-{OAKS}" / f"{file}.csv"
    spoiled.write_text(spoiled.read_text(encoding="utf-8").replace("\n00", "\n"), encoding="utf-8")
    [school] = world.sync(FRIDAY, accept_smaller_roll_by="A. Registrar").schools
    assert school.status == "degraded"
    assert school.counts["removed"] == 0
    assert "None of the 4 pupils of the marks" in school.sentences[0]
    assert f"The numbers of {which} lack the zeros" in school.sentences[0]
    assert "column of a workbook as text" in school.sentences[0]
    assert "cut off" not in " ".join(school.sentences)


def _without(file: Path, *pupils: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*(line for line in lines if line[:3] not in pupils), ""]), encoding="utf-8")
