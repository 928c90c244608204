"""From a folder of exported files, what rests on flags, contacts, contact attempts and destinations is judged."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from rollbook.host.clock import end_of
from rollbook.host.state import opened
from rollbook.host.store.followup import quarantine
from support.csv_school import PUPILS, csv_world, export, loaded, said
from support.host_world import ELMS, OAKS, World

FIRST, TENTH, MONDAY, TUESDAY = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5), date(2026, 10, 6)
AWAY = {("001", FIRST, TENTH): "O"}
ROLL = ("Adno,From,To,Year,Destination", "001,2026-09-03,,7,", "002,2026-09-03,2026-09-25,7,unknown")
ROLL += ("003,2026-09-03,2026-09-25,7,900002", "004,2026-09-03,,7,")
FLAGS = ("Adno,Flag,From,To", "001,social worker,2026-09-01,", "003,fsm,,", "004,breakfast club,,")
LOG = ("Adno,Date,Type,By,To,Outcome", "001,2026-09-21,call,A. Clerk,Mrs Surname-001,no answer")
CONTACTS = ("Adno,Name", "001,Contact-one", "001,Contact-two", "004,Contact-three")
UPNS = ("B801200005001", "Q801200005002", "E801200005003", "U801200005004")
GOOD_NOTICE = "001,mother,2026-09-10,"
EVERYTHING = {"roll": ROLL, "flags": FLAGS, "contact_log": LOG, "contacts": CONTACTS}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return csv_world(tmp_path, monkeypatch)


def test_without_the_files_it_is_not_judged_and_says_why(world: World) -> None:
    export(world, TENTH, AWAY)
    world.sync(TENTH)
    for rule, table in (("cohorts", "flags"), ("worker_notice", "flags"), ("missing", "contact_log")):
        assert f"({table})" in said(world, rule, TENTH)["001"]["not_judged"]
    assert said(world, "missing", TENTH)["001"]["attempts"] is None
    assert said(world, "register_quality", TENTH)["001"]["contacts"] is None
    assert "(notices)" in said(world, "notice_ladder", TENTH)["001"]["not_judged"]
    assert "(leave)" in said(world, "ground_review", TENTH)["001"]["not_judged"]


def test_with_them_it_is_judged(world: World) -> None:
    export(world, TENTH, AWAY, **EVERYTHING)
    result = world.sync(TENTH)
    assert result.schools[0].findings["worker_notice"] == 1
    cohorts = said(world, "cohorts", TENTH)
    assert {
        key: (row["cohorts"], row["unknown"]) for key, row in cohorts.items() if row["cohorts"] or row["unknown"]
    } == {
        "001": (["social_worker"], []),
        "003": (["fsm"], []),
        "004": ([], ["breakfast club"]),
    }
    assert said(world, "worker_notice", TENTH)["001"]["workers"] == ["social worker"]
    missing = {key: row["case_type"] for key, row in said(world, "missing", TENTH).items() if row["due"]}
    assert missing == {"001": "missing_registered_pupil", "002": "leaver_destination_unknown"}
    assert said(world, "missing", TENTH)["001"]["attempts"] == 1
    contacts = {key: row["contacts"] for key, row in said(world, "register_quality", TENTH).items()}
    assert contacts == {"001": 2, "002": 0, "003": 0, "004": 1}
    assert [said(world, rule, TENTH)["001"]["not_judged"] for rule in ("cohorts", "worker_notice", "missing")] == [
        None
    ] * 3


def test_a_file_without_rows_says_that_there_are_none(world: World) -> None:
    heads = {"flags": FLAGS[:1], "contact_log": LOG[:1], "contacts": CONTACTS[:1]}
    export(world, TENTH, AWAY, **heads, notices=("Adno,Parent,Issued",), leave=("Adno,From,To",))
    world.sync(TENTH)
    assert said(world, "cohorts", TENTH)["001"] | {"not_judged": None} == said(world, "cohorts", TENTH)["001"]
    assert said(world, "missing", TENTH)["001"]["attempts"] == 0
    assert said(world, "register_quality", TENTH)["001"]["contacts"] == 0
    assert said(world, "notice_ladder", TENTH)["001"]["not_judged"] is None
    assert said(world, "ground_review", TENTH)["001"]["not_judged"] is None


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ({"flags": (*FLAGS, "002,ehcp,,")}, True),
        ({"contact_log": (*LOG, "001,2026-09-22,visit,,,reached")}, True),
        ({"contacts": CONTACTS[:-1]}, True),
        ({"roll": (*ROLL[:2], "002,2026-09-03,2026-09-25,7,abroad", *ROLL[3:])}, True),
        ({"contacts": (*CONTACTS[:-1], "004,Another-name")}, False),
        ({"contact_log": (LOG[0], "001,2026-09-21,call,Another,,no_answer")}, False),
    ],
)
def test_what_the_rules_read_makes_a_new_decision_and_a_name_does_not(
    world: World, changed: dict[str, tuple[str, ...]], again: bool
) -> None:
    export(world, TENTH, AWAY, **EVERYTHING)
    world.sync(TENTH)
    before = loaded(world, TENTH).digest
    export(world, TENTH, AWAY, **(EVERYTHING | changed))
    world.sync(TENTH)
    assert (loaded(world, TENTH).digest != before) is again


def test_what_was_known_on_a_day_is_not_what_came_later(world: World) -> None:
    export(world, TENTH, AWAY, roll=ROLL)
    world.sync(TENTH)
    export(world, MONDAY, AWAY, **EVERYTHING)
    world.sync(MONDAY)
    assert "flags" in said(world, "cohorts", MONDAY, known=end_of(TENTH))["001"]["not_judged"]
    export(world, TUESDAY, AWAY, **(EVERYTHING | {"flags": FLAGS[:1]}))
    world.sync(TUESDAY)
    assert said(world, "cohorts", TUESDAY)["001"]["cohorts"] == []
    assert said(world, "cohorts", MONDAY, known=end_of(MONDAY))["001"]["cohorts"] == ["social_worker"]


def test_a_file_that_comes_no_longer_is_told_and_what_it_said_stands(world: World) -> None:
    export(world, TENTH, AWAY, **EVERYTHING)
    world.sync(TENTH)
    export(world, MONDAY, AWAY, **(EVERYTHING | {"flags": None}))
    result = world.sync(MONDAY)
    assert result.exit_status == 3
    assert result.schools[0].sentences == (
        "The connection c100001 of School 100001 (100001) no longer gives the table flags: what was known before "
        "stands, and is judged by. See that it is still exported; when there is nothing of the kind, export it "
        "without rows.",
    )
    assert said(world, "cohorts", MONDAY)["001"]["cohorts"] == ["social_worker"]


def test_a_spell_that_ends_before_it_begins_is_set_aside(world: World) -> None:
    flags = (*FLAGS, "002,ehcp,2026-09-14,2026-09-11")
    notices = ("Adno,Parent,Issued,Kind,Ends", GOOD_NOTICE + ",", "002,mother,2026-09-14,improve,2026-09-11")
    leave = ("Adno,From,To", "002,2026-09-14,2026-09-11", "002,2026-09-14,2026-09-14")
    export(world, TENTH, AWAY, **(EVERYTHING | {"flags": flags, "notices": notices, "leave": leave}))
    world.sync(TENTH)
    found = loaded(world, TENTH).registers
    assert [len(table) for table in (found.flags, found.notices, found.leave) if table is not None] == [3, 1, 1]
    with opened(world.config) as database, database.read() as conn:
        rows = conn.execute(sa.select(quarantine.c.table, quarantine.c.kind).order_by(quarantine.c.table)).all()
    assert [tuple(row) for row in rows] == [("flags", "backwards"), ("leave", "backwards"), ("notices", "backwards")]


def test_notices_of_another_school_count_for_parent_and_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = csv_world(tmp_path, monkeypatch, schools=2)
    upns = tuple(f"{n},Surname-{n},Forename-{n},2014-03-10,{upn}" for n, upn in zip(PUPILS, UPNS, strict=True))
    pupils = ("Adno,Legal Surname,Legal Forename,DOB,UPN", *upns)
    notices = ("Adno,Parent,Issued,Outcome,Kind", "001,mother,2026-09-10,paid,", "001,mother,2026-09-14,,improve")
    export(world, TENTH, urn=ELMS, pupils=pupils, notices=notices)
    export(world, TENTH, urn=OAKS, pupils=pupils, notices=notices[:1])
    world.sync(TENTH)
    ladder = said(world, "notice_ladder", TENTH)
    assert [(one["notice"], one["counted"]) for one in ladder["001"]["parents"]] == [("second", 1)]
    assert ladder["002"]["parents"] == []


def test_no_person_is_in_what_was_set_aside_or_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    bad = {
        "flags": (*FLAGS, "009,Secretflag,,", "001,Secretflag,2026-09-31,"),
        "contact_log": (*LOG, "001,2026-09-22,Secretway,Secretclerk,Secretmother,", "001,2026-09-22,,,,Secretword"),
        "roll": (*ROLL[:3], "003,2026-09-03,2026-09-25,7,Secretplace", ROLL[4]),
        "notices": ("Adno,Parent,Issued,Kind", "001,Secretmother,2026-09-10,Secretkind", GOOD_NOTICE),
    }
    export(world, TENTH, AWAY, **(EVERYTHING | bad))
    result = world.sync(TENTH)
    with opened(world.config) as database, database.read() as conn:
        rows = [dict(row) for row in conn.execute(sa.select(quarantine)).mappings()]
    assert {row["table"] for row in rows} == {"flags", "contact_log", "roll", "notices"}
    logged = "".join(file.read_text() for file in (world.config.folder / "state").rglob("*.log*"))
    written = json.dumps([rows, result.sentence, [school.__dict__ for school in result.schools], logged], default=str)
    assert "Secret" not in written + capsys.readouterr().err
