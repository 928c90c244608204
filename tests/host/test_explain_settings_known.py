"""What was set locally, as it is kept with since when: a past day is explained by the values of that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config as Alembic

from rollbook.contract.errors import FixSettings
from rollbook.host import clock, known_settings
from rollbook.host.load import load
from rollbook.host.state import opened, register_files
from rollbook.host.store.database import Database, open_database
from rollbook.host.store.policy import settings_known
from rollbook.tables.checks import upn_check_letter
from support.host_world import OAKS, World, build

MONDAY, TUESDAY, WEDNESDAY = date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 7)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return build(tmp_path, monkeypatch)


def known(world: World, day: date) -> known_settings.Known:
    """What was in force at the end of a day."""
    with opened(world.config) as database, database.read() as conn:
        return known_settings.as_known(conn, world.config, world.config.schools[0], clock.end_of(day))


def test_each_day_has_the_values_that_were_in_force_then(world: World) -> None:
    world.config = replace(world.config, authorities={"801": {"irregular_sessions": 20}})
    world.sync(MONDAY)
    world.config = replace(
        world.config,
        authorities={"801": {"irregular_sessions": 12, "children_not_in_school_commenced": date(2027, 1, 1)}},
        policy={"worker_notice_deletion_days": 14},
    )
    world.with_school(OAKS, policy={"cohort_groups": ["chess"]})
    world.sync(TUESDAY)
    monday, tuesday = known(world, MONDAY).local, known(world, TUESDAY).local
    assert (monday.authorities, monday.trust, monday.schools) == ({"801": {"irregular_sessions": 20}}, {}, {OAKS: {}})
    assert tuesday.authorities == {
        "801": {"irregular_sessions": 12, "children_not_in_school_commenced": date(2027, 1, 1)}
    }
    assert tuesday.trust == {"worker_notice_deletion_days": 14}
    assert tuesday.schools == {OAKS: {"cohort_groups": ["chess"]}}


def test_the_facts_of_a_school_are_those_of_the_day_too(world: World) -> None:
    world.sync(MONDAY)
    world.with_school(OAKS, type="independent")
    world.sync(TUESDAY)
    assert [known(world, day).school.type for day in (MONDAY, TUESDAY)] == ["academy", "independent"]


def test_of_a_day_before_the_first_note_the_configuration_of_now_is_told_and_said_so(world: World) -> None:
    world.sync(TUESDAY)
    world.config = replace(world.config, authorities={"801": {"irregular_sessions": 9}})
    told = known(world, MONDAY)
    assert (told.noted, told.local.authorities) == (False, {"801": {"irregular_sessions": 9}})
    assert known(world, TUESDAY).noted


def test_what_is_the_same_is_noted_once(world: World) -> None:
    world.config = replace(world.config, authorities={"801": {"irregular_sessions": 20}})
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        world.sync(day)
    with opened(world.config) as database, database.read() as conn:
        rows = conn.execute(sa.select(settings_known).where(settings_known.c.name == "irregular_sessions")).all()
    assert [(row.value, row.set_by, row.known_to) for row in rows] == [("20", "authority", None)]


def test_a_dry_run_notes_nothing(world: World) -> None:
    world.sync(MONDAY, dry_run=True)
    assert not known(world, MONDAY).noted


def test_a_setting_that_no_rule_has_any_more_says_nothing_and_one_out_of_bounds_is_told(world: World) -> None:
    moment = datetime(2026, 10, 5, 19, tzinfo=UTC)
    with opened(world.config) as database, database.write() as conn:
        row = {"school": OAKS, "set_by": "authority", "known_from": moment}
        conn.execute(settings_known.insert(), [row | {"name": "gone_with_the_years", "value": "7"}])
    assert known(world, MONDAY).local.authorities == {"801": {}}
    with opened(world.config) as database, database.write() as conn:
        conn.execute(settings_known.insert(), [row | {"name": "irregular_sessions", "value": "0"}])
    with pytest.raises(FixSettings, match=r"on that day cannot be used by this version: .*from 1 to 380"):
        known(world, MONDAY)


def test_another_value_is_another_judgement(world: World) -> None:
    world.mis[OAKS].mark("p1", MONDAY, MONDAY, "O")
    world.sync(TUESDAY)
    world.config = replace(world.config, authorities={"801": {"irregular_sessions": 2}})
    assert world.sync(TUESDAY).schools[0].findings["irregular"] == 1


def test_a_state_of_the_first_form_gains_the_table_and_keeps_what_it_had(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    first = Database(f"sqlite:///{folder / 'rollbook.sqlite3'}", "the state")
    alembic = Alembic()
    alembic.set_main_option("script_location", "rollbook.host:migrations")
    alembic.set_main_option("path_separator", "os")
    with first.write() as conn:
        alembic.attributes["connection"] = conn
        command.upgrade(alembic, "0001")
        conn.execute(sa.text("INSERT INTO installation VALUES (1, x'07', '2026-10-05 19:00:00')"))
    first.close()
    brought = open_database(folder)
    with brought.read() as conn:
        assert sa.inspect(conn).has_table("settings_known")
        assert conn.execute(sa.text("SELECT key FROM installation")).scalar_one() == b"\x07"
    brought.close()


def test_marks_at_another_school_are_those_known_on_the_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(tmp_path, monkeypatch, schools=2)
    upn = upn_check_letter("801200015001") + "801200015001"
    for mis in world.mis.values():
        mis.pupils[0]["upn"] = upn
    mis = world.mis[100002]
    gone = mis.pupils.pop(0)
    world.sync(MONDAY)
    mis.pupils.insert(0, gone)
    world.sync(TUESDAY)
    with opened(world.config) as database, database.read() as conn:
        school, files = world.config.schools[0], register_files(world.config)
        then = load(conn, files, school, TUESDAY, clock.end_of(MONDAY), schools=world.config.schools).registers
        now = load(conn, files, school, TUESDAY, schools=world.config.schools).registers
    assert then.elsewhere is None
    assert now.elsewhere is not None
