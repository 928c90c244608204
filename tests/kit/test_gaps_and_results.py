"""What a vendor sees of a run of the kit: gaps with their reasons, a table, and a result that can be trusted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rollbook.host import conformance
from rollbook.host.plugins import PluginRecord
from rollbook.testing import never, not_yet, pytest_plugin
from rollbook.testing.kit.check import Check, DoesNotApply, Failed, Grade
from rollbook.testing.kit.gaps import Gap, check_gaps
from rollbook.testing.kit.outcome import State, outcome_of, result_of, written
from support.plugins import TESTS, installer

ENDS = {"passes": None, "fails": Failed("it was seen"), "crashes": KeyError("x"), "has none": DoesNotApply("server")}


class Bare:
    """A stage with nothing on it."""

    def __enter__(self) -> Bare:
        return self

    def __exit__(self, *_: object) -> None: ...


def check(end: str, grade: Grade = Grade.REQUIRED, number: int = 1) -> Check:
    def run(_: Any) -> None:
        if ENDS[end] is not None:
            raise ENDS[end]  # type: ignore[misc]

    return Check(f"S{number:02}", "4.2", grade, "keys_are_unique", "No two rows are the same.", run)


@pytest.mark.parametrize(
    ("end", "gap", "state", "well"),
    [
        ("passes", None, State.PASSED, True),
        ("fails", None, State.FAILED, False),
        ("crashes", None, State.FAILED, False),
        ("has none", None, State.DOES_NOT_APPLY, True),
        ("fails", not_yet("the vendor is asked"), State.GAP, True),
        ("crashes", never("the vendor has none"), State.GAP, True),
        ("passes", not_yet("the vendor is asked"), State.CLOSED, False),
        ("has none", never("the vendor has none"), State.CLOSED, False),
    ],
)
def test_how_a_check_ends(end: str, gap: Gap | None, state: State, well: bool) -> None:
    outcome = outcome_of(check(end), Bare(), gap)
    assert (outcome.state, outcome.well) == (state, well)


@pytest.mark.parametrize("say", [not_yet, never])
def test_a_gap_says_its_reason(say: Any) -> None:
    with pytest.raises(ValueError, match="a gap says its reason"):
        say("later")


@pytest.mark.parametrize("gaps", [{"S99": never("there is no such check")}, {"S01": "later"}])
def test_a_gap_in_what_is_no_check_and_what_is_no_gap_are_refused(gaps: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        check_gaps(gaps, ["S01"])


def result(*ends: str, known: int | None = None) -> dict[str, Any]:
    outcomes = [outcome_of(check(end, number=n), Bare(), None) for n, end in enumerate(ends, 1)]
    whose = {"kind": "source", "name": "acme", "distribution": "rollbook-acme", "version": "1.2"}
    return result_of(whose, outcomes, known or len(ends))


def test_what_does_not_apply_is_not_counted_against_a_plugin() -> None:
    assert conformance.summary(result("passes", "fails", "has none")) == "contract 1.0: 1 of 2 required, 0 of 0 advised"


def test_what_was_not_run_is_said() -> None:
    assert conformance.summary(result("passes", known=3)).endswith(", 2 not run")


def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None) -> conformance.Kept:
    installer(tmp_path, monkeypatch)("acme", module="acme_package")
    package = tmp_path / "site/acme_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('this is not run')")
    if text is not None:
        (package / conformance.file_name("acme")).write_text(text)
    return conformance.kept(PluginRecord("acme", "rollbook-acme", "1.2"))


def test_a_result_is_read_beside_the_package_whose_code_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = kept(tmp_path, monkeypatch, written(result("passes", "fails")))
    assert (found.text, found.sound) == ("contract 1.0: 1 of 2 required, 0 of 0 advised", True)
    assert found.open == ("S02 keys_are_unique (required): failed: it was seen",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told["totals"]["required"].update(passed=2), "was changed after it was made"),
        (lambda told: told.update(form=9), "a form that this Rollbook does not know"),
        (lambda told: told.pop("checks"), "was changed after it was made"),
    ],
)
def test_a_result_that_was_changed_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any, said: str
) -> None:
    told = result("passes", "fails")
    change(told)
    found = kept(tmp_path, monkeypatch, json.dumps(told))
    assert said in found.text
    assert not found.sound


@pytest.mark.parametrize(
    ("text", "said"), [(None, "no result came with it"), ("{", "cannot be read"), ("[]", "cannot be read")]
)
def test_no_result_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, said: str) -> None:
    assert said in kept(tmp_path, monkeypatch, text).text


def test_a_result_of_another_version_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = result("passes")
    told["plugin"]["version"] = "1.1"
    told["digest"] = conformance.digest(told)
    found = kept(tmp_path, monkeypatch, json.dumps(told))
    assert "but that was rollbook-acme 1.1" in found.text
    assert not found.sound


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


def test_a_vendors_run_shows_a_table_keeps_the_result_and_fails_for_a_gap_that_is_closed(tmp_path: Path) -> None:
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
    told = json.loads((tmp_path / "conformance-plain.json").read_text(encoding="utf-8"))
    states = {one["id"]: one["state"] for one in told["checks"]}
    assert states == {"P01": "gap", "P07": "closed", "P08": "passed"}
    assert told["digest"] == conformance.digest(told)


def test_a_failed_check_does_not_drown_in_the_log_of_its_requests() -> None:
    sections = [("Captured log call", "INFO request"), ("Captured stdout call", "what it printed")]
    of_a_check = SimpleNamespace(user_properties=[(pytest_plugin.PROPERTY, "{}")], sections=list(sections))
    another = SimpleNamespace(user_properties=[], sections=list(sections))
    for report in (of_a_check, another):
        pytest_plugin.pytest_runtest_logreport(report)
    assert of_a_check.sections == sections[1:]
    assert another.sections == sections
