"""From nothing to green: the starter's wheel is built, installed and tested, as it is and when it is filled in."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from rollbook.host.new_plugin import Kind
from rollbook.testing.kit.all_checks import OF_DESTINATIONS, OF_SOURCES
from support.starter import fill, fresh

pytestmark = pytest.mark.slow
KINDS: list[Kind] = ["source", "destination"]


SHOW = "import sys; sys.argv = ['rollbook', 'plugins', 'show', 'acme']; from rollbook.cli.start import main; main()"
RECORD = """
import os, subprocess, sys
from datetime import date
from pathlib import Path
from rollbook.testing.schools import make_school
from rollbook_acme.simulator import AcmeSimulator

school = make_school("primary", 900001, 32, seed=3, first=date(2026, 9, 1), last=date(2026, 11, 20))
sandbox = AcmeSimulator(Path(sys.argv[1]), school)
sandbox.publish(school.last)
token = Path(sandbox.settings["token"]["file"]).read_text()
recording = {"ROLLBOOK_RECORD": "1", "ACME_URL": sandbox.settings["url"], "ACME_TOKEN": token}
test = [sys.executable, "-m", "pytest", "-q", "-rs", "tests/test_recorded.py"]
made = subprocess.run(test, env={**os.environ, **recording})
sandbox.close()
played = subprocess.run(test)
sys.exit(made.returncode or played.returncode)
"""


def python(*words: str | Path, folder: Path, site: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Python in that folder, with `site` on its path; nothing is asked of any network."""
    env = {**os.environ, "PYTHONPATH": str(site or ""), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


def run(*words: str | Path, folder: Path, site: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A program of Python's."""
    return python("-m", *words, folder=folder, site=site)


def installed(made: Path) -> Path:
    """Its wheel, built and installed into a folder of its own."""
    wheels = Path(tempfile.mkdtemp(prefix="wheels", dir=made.parent))
    site = Path(tempfile.mkdtemp(prefix="site", dir=made.parent))
    built = run("hatchling", "build", "-t", "wheel", "-d", wheels, folder=made)
    assert built.returncode == 0, built.stderr
    (wheel,) = wheels.iterdir()
    done = run("pip", "install", "-q", "--no-index", "--no-deps", "--target", site, wheel, folder=made)
    assert done.returncode == 0, done.stderr
    return site


def said_of_its_tests(made: Path, *more: str) -> dict[str, str]:
    """What its tests say: the failure of each, empty where it passes."""
    site, report = installed(made), made.parent / "report.xml"
    run("pytest", "-q", "-p", "no:randomly", f"--junitxml={report}", *more, folder=made, site=site)
    cases = {str(case.get("name")): case for case in ET.parse(report).iter("testcase")}
    return {name: _failure(case) for name, case in cases.items()}


def _failure(case: ET.Element) -> str:
    found = [part for part in case if part.tag in ("failure", "error")]
    return " ".join(f"{part.get('message')} {part.text}" for part in found)


def checks(found: dict[str, str], letters: str) -> dict[str, str]:
    return {
        name: said for name, said in found.items() if name.startswith(tuple(f"test_conformance[{x}" for x in letters))
    }


NOT_PROMISED = tuple(f"test_conformance[{id_}-" for id_ in ("D29", "D30", "D31", "D32", "D33"))
"""Of the regular feed and of news, which the starter's destination does not carry: nothing of it can fail."""


@pytest.mark.parametrize("kind", KINDS)
def test_as_it_is_written_what_is_still_to_be_done_fails_with_its_clause(kind: Kind, tmp_path: Path) -> None:
    every = said_of_its_tests(fresh(tmp_path, kind))
    found = {name: said for name, said in every.items() if not name.startswith(NOT_PROMISED)}
    failed = {name: said for name, said in found.items() if said}
    assert checks(failed, "P") == {}
    assert len(checks(failed, "SD")) > len(checks(found, "SD")) * 0.8
    assert failed == checks(failed, "SD")
    for name, said in failed.items():
        assert "Read: docs/contract.md, clause" in said, name
        in_a_worker = "NotImplementedError" in said  # which never shows the text of an error that is no Problem
        assert f"docs/writing-a-{kind}.md, step" in said or in_a_worker, name


@pytest.mark.parametrize("kind", KINDS)
def test_filled_in_as_the_guide_says_it_keeps_the_contract_and_shows_its_grade(kind: Kind, tmp_path: Path) -> None:
    made = fresh(tmp_path, kind)
    fill(made, kind)
    found = said_of_its_tests(made, "--conformance-result", "src/rollbook_acme")
    assert len(checks(found, "PSD")) == len(OF_SOURCES if kind == "source" else OF_DESTINATIONS)
    assert {name: said for name, said in found.items() if said} == {}
    shown = python("-c", SHOW, folder=made, site=installed(made))
    assert "conformance: " in shown.stdout
    assert "not run" not in shown.stdout


def test_a_week_of_a_sandbox_is_recorded_without_its_names_and_played_without_it(tmp_path: Path) -> None:
    made = fresh(tmp_path, "source")
    fill(made, "source")
    ran = python("-c", RECORD, tmp_path, folder=made, site=installed(made))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "nothing is recorded yet" not in ran.stdout
    assert (made / "tests" / "cassettes" / "a_week.yaml").is_file()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("done", ["as written", "filled in"])
def test_its_files_are_in_form_and_typed(kind: Kind, done: str, tmp_path: Path) -> None:
    made = fresh(tmp_path, kind)
    if done == "filled in":
        fill(made, kind)
    for tool in (["ruff", "check", "--no-cache", "."], ["ruff", "format", "--no-cache", "--check", "."], ["mypy"]):
        ran = run(*tool, folder=made)
        assert ran.returncode == 0, ran.stdout + ran.stderr
