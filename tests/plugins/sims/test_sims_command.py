"""The reporter's command line, for each way in which the settings may put it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import Secret
from rollbook_sims.settings import SimsSettings
from rollbook_sims.ways.command import HIDDEN, by_hand, command_line, output, program

SIMS = "/opt/SIMS .net/CommandReporter.exe"


def settings(**more: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = SimsSettings().load({"reporter": SIMS})
    return loaded | more


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ({}, ["/TRUSTED"]),
        ({"server": "SRV\\SIMS"}, ["/TRUSTED", "/SERVERNAME:SRV\\SIMS"]),
        ({"server": "SRV", "database": "St Mary's"}, ["/TRUSTED", "/SERVERNAME:SRV", "/DATABASENAME:St Mary's"]),
        ({"user": "roll book", "password": Secret("a b")}, ["/USER:roll book", "/PASSWORD:a b"]),
    ],
    ids=["of the Windows account", "a server", "a server and a database", "a user and a password"],
)
def test_the_settings_say_who_signs_in_and_where(given: dict[str, Any], flags: list[str]) -> None:
    assert command_line(settings(**given), "R", password="a b") == [SIMS, *flags, "/REPORT:R"]


def test_a_report_is_written_into_a_file_without_windows() -> None:
    assert output(Path("/a b/marks.xml"), None) == ("/OUTPUT:/a b/marks.xml", "/QUIET")


def test_a_report_with_prompts_is_given_the_answers() -> None:
    assert output(Path("/a/m.xml"), Path("/a/p.xml"))[-1] == "/PARAMFILE:/a/p.xml"


def test_a_report_of_any_name_is_one_part_of_the_line() -> None:
    assert command_line(settings(), "Mrs Ó'Neill's \"marks\"", password="")[-1] == "/REPORT:Mrs Ó'Neill's \"marks\""


def test_the_program_is_found_from_whatever_folder() -> None:
    assert program(settings(reporter=Path("SIMS/CommandReporter.exe"))).is_absolute()


def test_the_command_that_people_run_by_hand_has_no_password() -> None:
    shown = by_hand(settings(user="rollbook", password=Secret("a b")), "Rollbook marks")
    assert f"/PASSWORD:{HIDDEN}" in shown.replace("'", "")
    assert "a b" not in shown


def test_the_command_that_people_run_by_hand_keeps_names_with_spaces_together() -> None:
    told = by_hand(settings(), "Rollbook marks", windows=False)
    assert told.endswith(": '/opt/SIMS .net/CommandReporter.exe' /TRUSTED '/REPORT:Rollbook marks' /OUTPUT:report.xml")


@pytest.mark.parametrize(
    ("report", "part"),
    [
        ("Rollbook pupils", '"/REPORT:Rollbook pupils"'),
        ("Pupils", "/REPORT:Pupils"),
        ("R&D", '"/REPORT:R&D"'),
        ("Pupils (all)", '"/REPORT:Pupils (all)"'),
        ("St Mary's", '"/REPORT:St Mary\'s"'),
    ],
)
def test_on_windows_the_command_is_quoted_as_cmd_takes_it(report: str, part: str) -> None:
    told = by_hand(settings(), report, windows=True)
    assert told.endswith(f': "/opt/SIMS .net/CommandReporter.exe" /TRUSTED {part} /OUTPUT:report.xml')


def test_who_runs_it_by_hand_is_told_to_delete_what_it_wrote() -> None:
    assert "delete report.csv afterwards: it holds pupils' data" in by_hand(settings(form="csv"), "R")


def test_who_runs_it_by_hand_is_told_of_the_dates_that_the_marks_are_asked_for() -> None:
    assert "it asks for the dates; delete" in by_hand(settings(), "R", dates=True)
    assert "dates" not in by_hand(settings(), "R")
