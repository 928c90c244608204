"""Two children leave and nobody says where to: from the school's export to two transfer files, and back again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host import decide, report
from support.csv_school import export
from support.host_world import World
from support.leavers import (
    FIRST,
    FIRST_DAY,
    FOLDER,
    ILL,
    LEFT,
    MONDAY,
    SECOND,
    TUESDAY,
    UPNS,
    WEDNESDAY,
    WHO,
    case_of,
    leavers,
    outbox,
    people,
    roll,
)
from support.transfer_files import elements, files, lines


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return leavers(tmp_path, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / FOLDER


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
    assert said(world, case)[1][0].startswith(f"{FIRST} is withdrawn: do not upload it")


def test_what_a_person_does_with_the_file_is_said_by_the_sync_and_kept(world: World, folder: Path) -> None:
    world.sync(MONDAY)
    case = case_of(world, lacking=False)
    decide.approve(world.config, case, **WHO)
    result = world.sync(MONDAY)
    to_do = (f"Upload {FIRST} by hand to School to School (S2S): it is in {folder}",)
    assert [one.notes for one in result.deliveries if one.destination == "s2s"] == [to_do]
    assert report.run(world.config, result.run or 0).deliveries == result.deliveries
    assert [row.reasons for row in report.case(world.config, case).messages] == [to_do]
    assert result.exit_status == 0


def test_from_when_it_is_to_be_withdrawn_nothing_says_to_upload_it(world: World) -> None:
    world.sync(MONDAY)
    case = case_of(world, lacking=False)
    decide.approve(world.config, case, **WHO)
    world.sync(MONDAY)
    export(world, LEFT, ILL, pupils=people(), roll=roll("900002"))
    world.sync(TUESDAY)
    first, withdrawal = said(world, case)
    assert first == ("Revision 2 overtakes it.",)
    assert withdrawal == ("The register was corrected: it no longer shows this leaver without a known destination.",)
    decide.approve(world.config, case, **WHO)
    world.sync(TUESDAY)
    assert said(world, case)[0] == ("Revision 2 overtakes it.",)


def test_where_it_is_not_to_be_withdrawn_after_all_it_is_to_be_uploaded_again(world: World) -> None:
    world.sync(MONDAY)
    case = case_of(world, lacking=False)
    decide.approve(world.config, case, **WHO)
    world.sync(MONDAY)
    before = said(world, case)
    export(world, LEFT, ILL, pupils=people(), roll=roll("900002"))
    world.sync(TUESDAY)
    export(world, LEFT, ILL, pupils=people(), roll=roll())
    world.sync(WEDNESDAY)
    assert (said(world, case)[0], outbox(world)[2][3]) == (before[0], "void")


def said(world: World, case: int) -> list[tuple[str, ...]]:
    return [row.reasons for row in report.case(world.config, case).messages]


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
    away = {("001", FIRST_DAY, LEFT): "O"}
    export(world, LEFT, away, pupils=people(), roll=roll())
    world.sync(MONDAY)
    sent = {(row.kind, row.destination) for row in report.outbox(world.config)}
    assert sent == {("attendance_return", "council"), ("transfer_file", "s2s")}
