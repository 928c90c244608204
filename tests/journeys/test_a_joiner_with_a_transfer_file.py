"""A pupil joins with a Common Transfer File: the ten sessions of a penalty notice are made at two schools."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from rollbook.host import explain
from rollbook.host.clock import end_of
from rollbook.host.state import opened
from rollbook.host.store.followup import quarantine
from rollbook.host.store.people import elsewhere
from support.csv_school import csv_world, export, loaded, said
from support.ctf_files import NAME, UPN, pupil, transfer, write, year
from support.host_world import World

MONDAY, TUESDAY, WEDNESDAY = date(2026, 9, 28), date(2026, 9, 29), date(2026, 9, 30)
AWAY = {("001", MONDAY, TUESDAY): "O"}  # four sessions here
PUPILS = ("Adno,Legal Surname,Legal Forename,DOB,UPN", f"001,Surname-001,Pat,2014-03-10,{UPN}")
PUPILS += tuple(f"{n},Surname-{n},Forename-{n},2014-03-10," for n in ("002", "003", "004"))
ROLL = ("Adno,From,To,Year", "001,2026-09-21,,7", *(f"{n},2026-09-03,,7" for n in ("002", "003", "004")))
SIX = "O,O,O,O,O,O,/,\\,/,\\"  # Monday to Wednesday at the school before


def transferred(marks: str = SIX, unauthorised: int = 6) -> str:
    counts = (10, 10 - unauthorised, 0, unauthorised)
    return transfer(
        pupil(year(marks, first="2026-09-07", counts=counts), surname="Surname-001"), made="2026-09-18T16:00:00"
    )


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return csv_world(tmp_path, monkeypatch)


def night(world: World, day: date, text: str | None) -> World:
    export(world, day, AWAY, pupils=PUPILS, roll=ROLL)
    folder = next(iter(world.config.folder.glob("drop-*")))
    (folder / NAME).unlink(missing_ok=True)
    if text is not None:
        write(folder, text)
    result = world.sync(day)
    assert result.schools[0].status != "failed", result.schools[0].sentences
    return world


def penalty(world: World, day: date, **known: object) -> tuple[str, int]:
    found = said(world, "penalty_notice", day, **known)["001"]  # type: ignore[arg-type]
    return found["status"], found["sessions"]


def test_six_sessions_there_and_four_here_meet_the_threshold(world: World) -> None:
    night(world, TUESDAY, None)
    assert penalty(world, TUESDAY) == ("not_met", 4)
    night(world, WEDNESDAY, transferred())
    assert penalty(world, WEDNESDAY) == ("met", 10)
    assert said(world, "penalty_notice", WEDNESDAY)["002"]["sessions"] == 0


def test_absence_figures_stay_those_of_this_school(world: World) -> None:
    night(world, WEDNESDAY, transferred())
    absence = said(world, "absence", WEDNESDAY)["001"]
    assert (absence["possible"], absence["unauthorised"]) == (16, 4)


def test_what_was_known_before_the_file_came_stays_what_was_known(world: World) -> None:
    night(world, TUESDAY, None)
    night(world, WEDNESDAY, transferred())
    assert penalty(world, TUESDAY, known=end_of(TUESDAY)) == ("not_met", 4)
    assert penalty(world, TUESDAY, known=end_of(WEDNESDAY)) == ("met", 10)


def test_a_corrected_file_takes_its_place(world: World) -> None:
    night(world, TUESDAY, transferred())
    night(world, WEDNESDAY, transferred("/,\\,O,O,O,O,/,\\,/,\\", 4))
    assert penalty(world, WEDNESDAY) == ("not_met", 8)


def test_a_damaged_file_takes_nothing_back_and_is_told(world: World) -> None:
    night(world, TUESDAY, transferred())
    night(world, WEDNESDAY, transferred()[:-20])
    assert penalty(world, WEDNESDAY) == ("met", 10)
    with opened(world.config) as database, database.read() as conn:
        aside = sa.select(quarantine.c.state, quarantine.c.place).where(quarantine.c.table == "elsewhere")
        assert conn.execute(aside).all() == [("open", NAME)]


def test_files_that_are_gone_are_told_and_what_they_said_stands(world: World) -> None:
    night(world, TUESDAY, transferred())
    export(world, WEDNESDAY, AWAY, pupils=PUPILS, roll=ROLL)
    next(iter(world.config.folder.glob(f"drop-*/{NAME}"))).unlink()
    result = world.sync(WEDNESDAY)
    assert any("no longer gives the table elsewhere" in sentence for sentence in result.schools[0].sentences)
    assert penalty(world, WEDNESDAY) == ("met", 10)


def test_the_same_file_every_night_is_kept_once(world: World) -> None:
    night(world, TUESDAY, transferred())
    night(world, WEDNESDAY, transferred())
    with opened(world.config) as database, database.read() as conn:
        assert len(conn.execute(sa.select(elsewhere)).all()) == 1


def test_it_is_explained_with_the_sessions_of_both_schools(world: World) -> None:
    night(world, WEDNESDAY, transferred())
    pupils = loaded(world, WEDNESDAY).registers.pupils
    number = pupils.filter(pl.col("surname") == "Surname-001")["pupil"][0]
    told = explain.of_rule(world.config, "penalty_notice", number, as_at=WEDNESDAY, now=lambda: world.clock[0])
    assert "10 sessions of unauthorised absence" in told.text
    assert "Monday 7 to Wednesday 9 September 2026, 6 sessions: O" in told.text


def test_no_name_is_in_what_is_kept_or_said_of_a_file(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    bad = transfer(pupil(year("Secretmark,/"), year(where=("Sec", "ret"), first="Secretday"), surname="Secretname"))
    night(world, TUESDAY, bad)
    write(next(iter(world.config.folder.glob("drop-*"))), "<CTfile>Secret", "Secret_CTF_Name.xml")
    result = world.sync(WEDNESDAY)
    with opened(world.config) as database, database.read() as conn:
        rows = [dict(row) for row in conn.execute(sa.select(quarantine)).mappings()]
    logged = "".join(file.read_text() for file in (world.config.folder / "state").rglob("*.log*"))
    written = json.dumps([rows, result.sentence, [one.__dict__ for one in result.schools], logged], default=str)
    assert {row["table"] for row in rows} >= {"elsewhere"}
    assert "Secret" not in written + capsys.readouterr().err
