"""What pytest shows of a run of the kit, and what of it is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rollbook.host import conformance
from rollbook.testing import pytest_plugin
from support.plugins import TESTS

VENDOR = """
from rollbook.testing import SourceConformance, not_yet, never
from support.kit_source import Plain

class TestPlain(SourceConformance):
    source = Plain
    gaps = {"P07": not_yet("this one passes, and is declared"), "P01": never("it is not installed here")}

class TestOtherSettings(SourceConformance):
    source = Plain
    kept = False
"""


def test_a_run_of_some_checks_shows_a_table_keeps_no_result_and_fails_for_a_closed_gap(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_vendor.py").write_text(VENDOR, encoding="utf-8")
    typed = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", "-k", "P01 or P07 or P08"]
    place = {"PYTHONPATH": str(TESTS), "PATH": "", "HOME": str(tmp_path)}
    ran = subprocess.run(
        [*typed, "--conformance-result", str(tmp_path), str(tmp_path)],
        capture_output=True,
        text=True,
        env=place,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout
    assert "Conformance of the source plain (TestPlain)" in ran.stdout
    assert "the gap is closed (it passes): take it from `gaps`" in ran.stdout
    assert "Read: docs/contract.md, clause 2.2" in ran.stdout
    assert "Begin with P07: refuses_unknown_settings, clause 2.2." in ran.stdout
    assert "conformance-plain.json is not written: 3 of" in ran.stdout
    assert list(tmp_path.glob("*.json")) == []


def test_a_failed_check_does_not_drown_in_the_log_of_its_requests() -> None:
    sections = [("Captured log call", "INFO request"), ("Captured stdout call", "what it printed")]
    of_a_check = SimpleNamespace(user_properties=[(pytest_plugin.PROPERTY, "{}")], sections=list(sections))
    another = SimpleNamespace(user_properties=[], sections=list(sections))
    for report in (of_a_check, another):
        pytest_plugin.pytest_runtest_logreport(report)
    assert of_a_check.sections == sections[1:]
    assert another.sections == sections


def result(**change: Any) -> dict[str, Any]:
    return {"checks": [{"id": "S01"}], "checks_not_run": 0, "digest": "sha256:1", **change}


def test_the_result_of_all_checks_is_kept(tmp_path: Path) -> None:
    said = pytest_plugin._keep("acme", [("TestAcme", result())], tmp_path)
    path = tmp_path / conformance.file_name("acme")
    assert said == f"Written to {path}: sha256:1"
    assert json.loads(path.read_text(encoding="utf-8")) == result()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ([("TestAcme", result(checks_not_run=2))], "is not written: 1 of 3 checks ran"),
        ([("TestB", result()), ("TestA", result())], "is not written: TestA, TestB each have a result of acme"),
    ],
    ids=["some checks", "two classes"],
)
def test_a_whole_result_is_not_replaced_by_less(tmp_path: Path, made: Any, said: str) -> None:
    path = tmp_path / conformance.file_name("acme")
    path.write_text("the whole one")
    assert said in pytest_plugin._keep("acme", made, tmp_path)
    assert path.read_text() == "the whole one"


def ran(place: str, state: str, id_: str = "S01") -> Any:
    told = {"name": "acme", "outcome": {"id": id_, "state": state}}
    kept = [(pytest_plugin.PROPERTY, json.dumps(told))]
    return SimpleNamespace(when="call", nodeid=f"{place}::test_conformance[{id_}]", user_properties=kept)


def states(*reports: Any) -> dict[str, list[str]]:
    gathered = pytest_plugin._gathered({"": list(reports)})
    return {whose[1]: [one["outcome"]["state"] for one in told] for whose, told in gathered.items()}


def test_classes_of_one_name_in_two_files_are_two() -> None:
    found = states(ran("test_a.py::TestAcme", "passed"), ran("test_b.py::TestAcme", "failed"))
    assert found == {"test_a.py::TestAcme": ["passed"], "test_b.py::TestAcme": ["failed"]}


@pytest.mark.parametrize("ends", [("failed", "passed"), ("passed", "failed")])
def test_a_check_that_passes_only_sometimes_does_not_pass(ends: tuple[str, str]) -> None:
    assert states(*(ran("test_a.py::TestAcme", end) for end in ends)) == {"test_a.py::TestAcme": ["failed"]}
