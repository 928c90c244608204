"""Two children leave and nobody says where to: from the school's export to two transfer files, and back again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host import check, decide, report
from rollbook.host.config import DestinationConfig, load
from support.csv_school import PUPILS, csv_world, export
from support.host_world import OAKS, World
from support.transfer_files import elements, files, lines

LEFT = date(2026, 9, 18)  # a Friday
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "to upload"
    made.mkdir()
    return made


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> World:
    world = csv_world(tmp_path, monkeypatch)
    world.with_school(OAKS, laestab="100/0001")
    s2s = DestinationConfig(
        "s2s",
        "ctf_files",
        {"folder": str(folder)},
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


def test_both_are_held_and_the_one_without_a_upn_says_so(world: World, folder: Path) -> None:
    world.sync(MONDAY)
    assert outbox(world) == [("s2s", 1, "send", "held")] * 2
    assert sorted(row.lacks for row in report.outbox(world.config)) == [(), ("pupil.upn",)]
    assert files(folder) == []


def test_a_yes_makes_a_file_whose_counts_are_those_of_its_marks(world: World, folder: Path) -> None:
    world.sync(MONDAY)
    decide.approve(world.config, case_of(world, lacking=False), **WHO)
    world.sync(MONDAY)
    assert files(folder) == [FIRST]
    found = elements(folder, FIRST)
    year = "CTFpupilData/Pupil/Attendance/YearData/"
    assert found["CTFpupilData/Pupil/UPN"] == UPNS["002"]
    marks = found[f"{year}AttendSessions/AttendanceMarks"].split(",")
    assert (found[f"{year}AttendSessions/AttendanceStartDate"], len(marks)) == ("2026-09-03", 2 * 12)
    assert Counter(marks) == {"/": 9, "\\": 9, "I": 4, "G": 2}
    counts = [found[f"{year}Sessions{name}"] for name in ("Possible", "Attended", "Authorised", "Unauthorised")]
    assert counts == ["24", "18", "4", "2"]


def test_the_one_without_a_upn_goes_when_a_person_has_given_it(world: World, folder: Path) -> None:
    world.sync(MONDAY)
    lacks, whole = case_of(world, lacking=True), case_of(world, lacking=False)
    decide.fill(world.config, lacks, "pupil.upn", "E801200005003", **WHO, in_process=True)
    for case in (whole, lacks):
        decide.approve(world.config, case, **WHO)
    world.sync(MONDAY)
    assert files(folder) == [FIRST, SECOND]
    upns = {elements(folder, name)["CTFpupilData/Pupil/UPN"] for name in files(folder)}
    assert upns == {UPNS["002"], "E801200005003"}


def test_a_sex_that_no_file_can_have_is_not_filled_in(world: World) -> None:
    world.sync(MONDAY)
    with pytest.raises(FixSettings, match="sex is F or M"):
        decide.fill(world.config, case_of(world, lacking=False), "pupil.sex", "Female", **WHO, in_process=True)


def test_another_sync_makes_no_other_file(world: World, folder: Path) -> None:
    world.sync(MONDAY)
    decide.approve(world.config, case_of(world, lacking=False), **WHO)
    world.sync(MONDAY)
    world.sync(TUESDAY)
    assert files(folder) == [FIRST]
    assert len(lines(folder)) == 2


def test_a_corrected_mark_makes_a_new_file_after_another_yes(world: World, folder: Path) -> None:
    world.sync(MONDAY)
    case = case_of(world, lacking=False)
    decide.approve(world.config, case, **WHO)
    world.sync(MONDAY)
    export(world, LEFT, pupils=people(), roll=roll())
    world.sync(TUESDAY)
    assert ("s2s", 2, "amend", "held") in outbox(world)
    decide.approve(world.config, case, **WHO)
    world.sync(TUESDAY)
    assert files(folder) == [FIRST, SECOND]
    assert elements(folder, SECOND)["CTFpupilData/Pupil/Attendance/YearData/SessionsAttended"] == "24"
    assert lines(folder)[-1]["replaces"] == [FIRST]


def test_where_the_school_learns_where_the_child_went_the_file_is_withdrawn(world: World, folder: Path) -> None:
    world.sync(MONDAY)
    case = case_of(world, lacking=False)
    decide.approve(world.config, case, **WHO)
    world.sync(MONDAY)
    export(world, LEFT, ILL, pupils=people(), roll=roll("900002"))
    world.sync(TUESDAY)
    decide.approve(world.config, case, **WHO)
    world.sync(WEDNESDAY)
    assert files(folder) == [FIRST]
    told = [row.reasons for row in report.outbox(world.config) if row.action == "withdraw"]
    assert told[0][0].startswith(f"{FIRST} is withdrawn: do not upload it")


def test_a_child_who_is_back_before_anybody_said_yes_needs_no_file(world: World, folder: Path) -> None:
    world.sync(MONDAY)
    held = case_of(world, lacking=False)
    back = (*roll(), "002,2026-09-22,,7,,")
    export(world, TUESDAY, ILL, pupils=people(), roll=back)
    world.sync(TUESDAY)
    states = [row.state for row in report.outbox(world.config) if row.case == held]
    assert (states, files(folder)) == (["void"], [])


def test_where_nobody_takes_the_files_a_person_settles_the_case(world: World) -> None:
    world.config = replace(world.config, destinations={})
    world.sync(MONDAY)
    waiting = [row.case for row in report.cases(world.config, kind="transfer_file", waiting=True)]
    assert (len(waiting), outbox(world)) == (2, [])
    decide.settle(world.config, waiting, **WHO)
    world.sync(TUESDAY)
    assert report.cases(world.config, kind="transfer_file", waiting=True) == []


def test_the_authority_is_sent_none_and_a_return_does_not_go_to_the_folder(world: World, folder: Path) -> None:
    away = {("001", date(2026, 9, 3), LEFT): "O"}
    export(world, LEFT, away, pupils=people(), roll=roll())
    world.sync(MONDAY)
    sent = {(row.kind, row.destination) for row in report.outbox(world.config)}
    assert sent == {("attendance_return", "council"), ("transfer_file", "s2s")}


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


def checked(world: World) -> list[tuple[bool, str]]:
    return [(line.ok, line.text) for line in check.check(world.config, in_process=True) if line.about == "s2s"]


def test_alone_and_without_kinds_it_is_said_that_the_returns_go_nowhere(world: World) -> None:
    configured(world, kinds="")
    said = "The plugin ctf_files takes no attendance returns: what the schools of the authority 801 must report to it"
    assert [ok for ok, text in checked(world) if text.startswith(said)] == [True]
    notes = world.sync(MONDAY).schools[0].notes
    assert any("takes attendance returns for the authority 801" in note for note in notes)


def test_kinds_that_the_plugin_does_not_take_are_a_mistake(world: World, folder: Path) -> None:
    configured(world, kinds='kinds = ["attendance_return", "transfer_file"]')
    why = "destinations.s2s.kinds: the plugin ctf_files does not take attendance_return; it takes transfer_file."
    assert [text for ok, text in checked(world) if not ok] == [f"{why} Correct `kinds`, or use another plugin."]
    result = world.sync(MONDAY)
    assert [said for one in result.deliveries for said in one.sentences if why in said]
    assert outbox(world) == []


def test_a_configuration_file_with_kinds_is_found_right_and_makes_a_file(world: World, folder: Path) -> None:
    configured(world)
    assert [ok for ok, _ in checked(world)] == [True, True]
    world.sync(MONDAY)
    decide.approve(world.config, case_of(world, lacking=False), **WHO)
    world.sync(MONDAY)
    assert elements(folder, FIRST)["Header/SupplierID"] == "EXAMPLE"
