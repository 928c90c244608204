"""What a vendor sees of a run of the kit: gaps with their reasons, a table, and a result that can be trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rollbook.host import conformance
from rollbook.host.plugins import PluginRecord
from rollbook.testing import never, not_yet
from rollbook.testing.kit.check import Check, DoesNotApply, Failed, Grade
from rollbook.testing.kit.gaps import Gap, check_gaps
from rollbook.testing.kit.outcome import State, begin_with, outcome_of, result_of, written
from support.plugins import installer

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
    ids = [f"S{number:02}" for number in range(1, (known or len(ends)) + 1)]
    return result_of(whose, outcomes, ids)


def test_what_does_not_apply_is_not_counted_against_a_plugin() -> None:
    assert conformance.summary(result("passes", "fails", "has none")) == "contract 1.0: 1 of 2 required, 0 of 0 advised"


def test_what_was_not_run_is_said() -> None:
    assert conformance.summary(result("passes", known=3)).endswith(", 2 not run")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    installer(tmp_path, monkeypatch)("acme", module="acme_package")
    package = tmp_path / "site/acme_package"
    (package / "lists").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('this is not run')\n")
    (package / "lists/codes.toml").write_text('ILL = "I"\n')
    return package


def kept(package: Path, told: dict[str, Any] | str | None, **change: Any) -> conformance.Kept:
    """What is read of a result, where it is of this code and something was changed as a maker of results might."""
    if isinstance(told, dict):
        told = {**told, "code": conformance.code_digest("acme"), **change}
        told = written({**told, "digest": conformance.digest(told)})
    if told is not None:
        (package / conformance.file_name("acme")).write_text(told)
    return conformance.kept(PluginRecord("acme", "rollbook-acme", "1.2"))


def test_a_result_is_read_beside_the_package_whose_code_is_not_run(package: Path) -> None:
    found = kept(package, result("passes", "passes"))
    assert found == conformance.Kept("contract 1.0: 2 of 2 required, 0 of 0 advised", sound=True, passes=True)


def test_a_result_that_is_sound_may_say_that_a_required_check_fails(package: Path) -> None:
    found = kept(package, result("passes", "fails"))
    assert found.text == "contract 1.0: 1 of 2 required, 0 of 0 advised; 1 required fail"
    assert (found.sound, found.passes) == (True, False)
    assert found.open == ("S02 keys_are_unique (required): failed: it was seen",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told["totals"]["required"].update(passed=2), "was changed after it was made"),
        (lambda told: told.update(form=9), "a form that this Rollbook does not know"),
        (lambda told: told.pop("checks"), "was changed after it was made"),
    ],
)
def test_a_result_that_was_changed_says_nothing(package: Path, change: Any, said: str) -> None:
    told = result("passes", "fails")
    change(told)
    found = kept(package, json.dumps(told))
    assert said in found.text
    assert not found.sound


def test_totals_that_are_not_those_of_the_checks_say_nothing(package: Path) -> None:
    found = kept(package, result("passes", "fails"), totals={"required": {"passed": 2}, "advised": {}})
    assert "was changed after it was made" in found.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no result came with it"),
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
    ],
    ids=["none", "cut", "a list", "deep"],
)
def test_no_result_is_no_error(package: Path, text: str | None, said: str) -> None:
    assert said in kept(package, text).text


def test_a_result_of_another_version_says_so(package: Path) -> None:
    found = kept(package, result("passes"), plugin={**result("passes")["plugin"], "version": "1.1"})
    assert "but that was rollbook-acme 1.1" in found.text
    assert not found.sound


@pytest.mark.parametrize(
    ("name", "content"),
    [("__init__.py", "x = 1\n"), ("lists/codes.toml", 'ILL = "M"\n'), ("lists/more.py", "")],
    ids=["changed", "a table changed", "added"],
)
def test_a_result_is_old_where_the_code_was_changed_since(package: Path, name: str, content: str) -> None:
    code = conformance.code_digest("acme")
    (package / name).write_text(content)
    found = kept(package, result("passes"), code=code)
    assert "its code was changed since" in found.text
    assert (found.sound, found.stale, found.passes) == (False, True, False)


def test_a_result_that_does_not_say_of_which_code_it_is_is_old(package: Path) -> None:
    assert kept(package, result("passes"), code="").stale


def test_line_ends_and_what_is_no_code_change_nothing(package: Path) -> None:
    code = conformance.code_digest("acme")
    (package / "__init__.py").write_bytes(b"raise SystemExit('this is not run')\r\n")
    (package / "notes.txt").write_text("no code")
    assert conformance.code_digest("acme") == code


@pytest.mark.parametrize(
    ("failing", "first"),
    [(["S30", "S09", "S04"], "S09"), (["S09", "S07"], "S07"), (["S07", "P08"], "P08"), (["S30", "S04"], "S04")],
    ids=lambda one: str(one),
)
def test_it_is_said_where_to_begin(failing: list[str], first: str) -> None:
    outcomes = [replace(outcome_of(check("fails"), Bare(), None), id=id_) for id_ in failing]
    said = begin_with([*outcomes, outcome_of(check("passes"), Bare(), None)])
    assert said.startswith(f"Begin with {first}: keys_are_unique, clause 4.2.")


def test_what_is_advised_is_not_where_to_begin_while_something_required_fails() -> None:
    outcomes = [
        outcome_of(check("fails", grade, number), Bare(), None) for grade, number in zip(Grade, (30, 1), strict=True)
    ]
    assert [one.grade for one in outcomes] == [Grade.REQUIRED, Grade.ADVISED]
    assert begin_with(outcomes).startswith("Begin with S30")


def test_where_all_is_well_there_is_nowhere_to_begin() -> None:
    assert begin_with([outcome_of(check("passes"), Bare(), None)]) == ""


def test_a_crash_says_where() -> None:
    why = outcome_of(check("crashes"), Bare(), None).why
    assert why.startswith(f"KeyError at {__name__}, line ")
