"""Nights of a school whose authority takes forms: into a folder, and onto an SFTP server, through real processes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rollbook.host import check, report
from support.host_journey import TOML, Trust
from support.sftp_server import PASSWORD, Running, running

FIRST, TENTH, MONDAY = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)
ABSENT = {("001", FIRST, TENTH): "O"}
ILL_AFTER_ALL = {("001", FIRST, TENTH): "I"}
HEAD = TOML.partition("[destinations.council]")[0]
FORM = "00001-attendance-return-100001"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "server").mkdir()
    with running(tmp_path / "server") as made:
        yield made


def trust(folder: Path, destination: str) -> Trust:
    """The school, with a destination for which there are the folders `forms` and `records`."""
    for name in ("forms", "records"):
        (folder / name).mkdir()
    (folder / "password").write_text(PASSWORD, "utf-8")
    (folder / "password").chmod(0o600)
    place = '[destinations.council]\nplugin = "la_files"\nauthorities = ["801"]\nkinds = ["attendance_return"]\n'
    place += 'records = "records"\n'
    returns = '\n[returns]\nattendance_return = "automatic"\n'
    (folder / "rollbook.toml").write_text(HEAD + place + destination + returns, "utf-8")
    return Trust(folder)


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_form_is_made_and_withdrawn_and_what_is_to_be_filled_in_is_said(tmp_path: Path) -> None:
    school = trust(tmp_path, 'template = "stockport"\nfolder = "forms"\n')
    school.export(TENTH, ABSENT)
    said = [line.text for line in check.check(school.config) if line.about == "council"]
    assert any("Attendance return asks for what a person fills in or adds" in text for text in said)

    first = school.sync(TENTH)
    assert (first.exit_status, first.sentence) == (0, "1 school: 1 ok. Messages: 1 delivered.")
    assert there(tmp_path / "forms") == [f"{FORM}-register.csv", f"{FORM}.html"]
    [row] = report.outbox(school.config)
    assert row.reasons[0].startswith(f"Fill in by hand in {FORM}.html: ")
    assert "UPN" in row.reasons[0]

    second = school.night(MONDAY, ILL_AFTER_ALL)
    assert second.sentence == "1 school: 1 ok. Messages: 1 delivered."
    assert there(tmp_path / "forms")[-1] == "00002-attendance-return-100001-withdrawn.html"


def test_a_connection_that_is_lost_on_the_way_leaves_one_form_after_the_next_night(
    tmp_path: Path, server: Running
) -> None:
    place = (
        f'format = "csv"\n[destinations.council.sftp]\nhost = "127.0.0.1"\nport = {server.port}\nuser = "school"\n'
        f'folder = "in"\npassword = {{file = "password"}}\nhost_key = "{server.key.fingerprint}"\n'
    )
    school = trust(tmp_path, place)
    server.loss.step, server.loss.done = "rename", True
    assert school.night(TENTH, ABSENT).exit_status != 0
    assert school.night(MONDAY, ABSENT).exit_status == 0
    assert there(tmp_path / "server" / "in") == server.taken == [f"{FORM}.csv"]
    assert [row.state for row in report.outbox(school.config)] == ["delivered"]
