"""The contract is compared with what was written down of it: what is released changes in a new version alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import contract_versions
from support.contract_samples import ADDITIONS, CHANGES
from support.contract_versions import DOCS, Surface, differences, of_code, read, stale, written, wrong

CHANGELOG = (DOCS.parent / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_contract_of_the_code_is_the_one_that_is_written_down() -> None:
    reason = stale(written(), of_code())
    assert reason is None, reason


def test_each_file_is_as_the_program_writes_it() -> None:
    for one in written():
        assert (DOCS / f"contract-{one.version}.txt").read_text(encoding="utf-8") == one.text()


def test_a_released_rollbook_has_a_released_contract() -> None:
    newest = re.findall(r"^## .*$", CHANGELOG, flags=re.MULTILINE)[0]
    assert written()[-1].released or "unreleased" in newest.lower()


@pytest.mark.parametrize("name", ADDITIONS)
def test_what_is_added_needs_a_minor_version(name: str) -> None:
    old, new = ADDITIONS[name]
    assert [one.breaks for one in differences(old, new)] == [False] * max(1, len(new.keys() - old.keys()))


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_changed_or_taken_away_needs_a_major_version(name: str) -> None:
    old, new = CHANGES[name]
    assert any(one.breaks for one in differences(old, new))


@pytest.mark.parametrize("name", [*ADDITIONS, *CHANGES])
def test_a_difference_survives_being_written_and_read(name: str, tmp_path: Path) -> None:
    _, new = (ADDITIONS | CHANGES)[name]
    path = tmp_path / "contract-1.0.txt"
    path.write_text(Surface("1.0", new, released=True).text(), encoding="utf-8")
    assert read(path) == Surface("1.0", new, released=True)


ADDED = ADDITIONS["a keyword with a default"]
BROKEN = CHANGES["another default"]


@pytest.mark.parametrize(
    ("change", "version", "said"),
    [
        (ADDED, "1.0", "adds    added: Source(slow)  keyword  bool  = False\nSet CONTRACT_VERSION to 1.1"),
        (ADDED, "1.1", None),
        (ADDED, "2.0", None),
        (BROKEN, "1.0", "breaks  changed: Source(loud)  keyword  bool  = False  ->  Source(loud)  keyword"),
        (BROKEN, "1.1", "Set CONTRACT_VERSION to 2.0, then `make contract`, or keep what was there"),
        (BROKEN, "2.0", None),
    ],
)
def test_what_a_released_contract_asks_of_the_next(change: Any, version: str, said: str | None) -> None:
    old, new = Surface("1.0", change[0], released=True), Surface(version, change[1])
    reason = wrong(old, new)
    assert reason is said is None or (said in (reason or ""))


def test_a_contract_that_is_not_released_is_written_anew() -> None:
    reason = stale([Surface("1.0", BROKEN[0])], Surface("1.0", BROKEN[1]))
    assert reason
    assert "which is not yet released, has changed" in reason
    assert "CONTRACT_VERSION" not in reason


def test_a_released_contract_binds_the_next_through_one_that_is_not() -> None:
    released, draft = Surface("1.0", BROKEN[0], released=True), Surface("1.1", BROKEN[1])
    assert "Set CONTRACT_VERSION to 2.0" in (stale([released, draft], draft) or "")


def test_a_new_version_is_written_down() -> None:
    reason = stale([Surface("1.0", ADDED[0], released=True)], Surface("1.1", ADDED[1]))
    assert reason
    assert "docs/contract-1.1.txt is not the newest" in reason


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch) -> Callable[[Surface], None]:
    """Sets what the code is taken to be."""
    return lambda one: monkeypatch.setattr(contract_versions, "of_code", lambda: one)


def test_what_is_released_is_never_written_over(tmp_path: Path, code: Callable[[Surface], None]) -> None:
    path = tmp_path / "contract-1.0.txt"
    released = Surface("1.0", BROKEN[0], released=True).text()
    path.write_text(released, encoding="utf-8")
    code(Surface("1.0", BROKEN[1]))
    with pytest.raises(SystemExit, match=r"Set CONTRACT_VERSION to 2\.0"):
        contract_versions.write(tmp_path)
    code(Surface("2.0", BROKEN[1]))
    contract_versions.write(tmp_path)
    assert path.read_text(encoding="utf-8") == released
    assert [one.version for one in written(tmp_path)] == ["1.0", "2.0"]


def test_what_is_not_released_is_written_over(tmp_path: Path, code: Callable[[Surface], None]) -> None:
    for facts in BROKEN:
        code(Surface("1.0", facts))
        contract_versions.write(tmp_path)
    assert [one.facts for one in written(tmp_path)] == [BROKEN[1]]


def test_a_version_that_was_never_released_makes_room(tmp_path: Path, code: Callable[[Surface], None]) -> None:
    (tmp_path / "contract-1.0.txt").write_text(Surface("1.0", ADDED[0], released=True).text(), encoding="utf-8")
    draft, next_one = Surface("1.1", ADDED[1]), Surface("2.0", ADDED[1])
    code(draft)
    contract_versions.write(tmp_path)
    assert stale(written(tmp_path), draft) is None
    assert "docs/contract-2.0.txt is not the newest" in (stale(written(tmp_path), next_one) or "")
    code(next_one)
    contract_versions.write(tmp_path)
    assert [one.version for one in written(tmp_path)] == ["1.0", "2.0"]
    assert stale(written(tmp_path), next_one) is None


def test_a_thing_is_since_the_version_in_which_it_came() -> None:
    versions = [Surface("1.0", ADDED[0], released=True), Surface("1.1", ADDED[1])]
    assert contract_versions.since("Source(times)", versions) == "1.0"
    assert contract_versions.since("Source(slow)", versions) == "1.1"
