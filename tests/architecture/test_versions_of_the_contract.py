"""The contract is compared with what was written down of it: what is released changes in a new version alone."""

from __future__ import annotations

import dataclasses
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest

from rollbook.tables.schemas import Column
from support import contract_surface, contract_versions
from support.contract_surface import Fact
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


# What a change of the code becomes. Each function makes the class (or the like) before and after.


class Colour(StrEnum):
    RED = "red"


class MoreColours(StrEnum):
    RED = "red"
    BLUE = "blue"


def told(times: int, *, loud: bool = False) -> str: ...
def told_optional_last(times: int, after: int = 0, *, loud: bool = False) -> str: ...
def told_needed_last(times: int, after: int, *, loud: bool = False) -> str: ...
def told_between(after: int = 0, times: int = 1, *, loud: bool = False) -> str: ...
def told_with_keyword(times: int, *, loud: bool = False, slow: bool = False) -> str: ...
def told_with_needed_keyword(times: int, *, slow: bool, loud: bool = False) -> str: ...
def told_with_default(times: int = 1, *, loud: bool = False) -> str: ...
def told_by_keyword(*, times: int, loud: bool = False) -> str: ...
def told_narrower(times: bool, *, loud: bool = False) -> str: ...
def told_another_default(times: int, *, loud: bool = True) -> str: ...
def told_another_answer(times: int, *, loud: bool = False) -> str | None: ...
def told_less(times: int) -> str: ...
def told_no_default(times: int, *, loud: bool) -> str: ...


@dataclasses.dataclass(frozen=True)
class Pair:
    left: int
    right: int = 0


@dataclasses.dataclass(frozen=True)
class PairAndMore:
    left: int
    right: int = 0
    note: str = ""


@dataclasses.dataclass(frozen=True)
class PairAndNeeded:
    left: int
    right: int = 0
    note: str = dataclasses.field(kw_only=True)


@dataclasses.dataclass(frozen=True)
class PairBetween:
    left: int
    note: str = ""
    right: int = 0


@dataclasses.dataclass(frozen=True)
class PairWithoutRight:
    left: int


class Base(ABC):
    name: ClassVar[str]
    days: ClassVar[int] = 31

    @abstractmethod
    def pull(self, table: str) -> Iterator[int]: ...


class BaseNewMethod(Base):
    name: ClassVar[str]
    days: ClassVar[int] = 31

    @abstractmethod
    def pull(self, table: str) -> Iterator[int]: ...
    def tidy(self) -> None: ...


class BaseNewDuty(BaseNewMethod):
    name: ClassVar[str]
    days: ClassVar[int] = 31

    @abstractmethod
    def pull(self, table: str) -> Iterator[int]: ...
    @abstractmethod
    def tidy(self) -> None: ...


class BaseNewVariable(Base):
    name: ClassVar[str]
    days: ClassVar[int] = 31
    polite: ClassVar[bool] = False

    @abstractmethod
    def pull(self, table: str) -> Iterator[int]: ...


class BaseNewNeededVariable(Base):
    name: ClassVar[str]
    days: ClassVar[int] = 31
    polite: ClassVar[bool]

    @abstractmethod
    def pull(self, table: str) -> Iterator[int]: ...


class BaseHandsMore(Base):
    name: ClassVar[str]
    days: ClassVar[int] = 31

    @abstractmethod
    def pull(self, table: str, hint: str = "") -> Iterator[int]: ...


class BaseWritten(Base):
    name: ClassVar[str]
    days: ClassVar[int] = 31

    def pull(self, table: str) -> Iterator[int]: ...


Facts = dict[str, Fact]


def named(thing: Any, name: str = "Source") -> Facts:
    """As if `thing` were a public name; the bases of a class are left aside, for here one is made of another."""
    facts = contract_surface.of_name(name, thing)
    return {f.path: dataclasses.replace(f, says="") if f.kind == "class" else f for f in facts}


def page(**columns: Column) -> Facts:
    return {fact.path: fact for fact in contract_surface.of_page("marks", columns, ("pupil",))}


def of_error(base: type) -> Facts:
    return {"Away": next(contract_surface.of_name("Away", type("Away", (base,), {})))}


TEXT = Column(pl.String, False, "text")
NEEDED = Column(pl.String, True, "text")
WORDS = Column(pl.String, False, "words", form="home|abroad")

ADDITIONS: Mapping[str, tuple[Facts, Facts]] = {
    "a new name": ({}, named(Pair)),
    "a new name, of which a part is needed": ({}, named(Base)),
    "a method that we write": (named(Base), named(BaseNewMethod)),
    "a class variable with a default": (named(Base), named(BaseNewVariable)),
    "a method that need no longer be written": (named(Base), named(BaseWritten)),
    "an argument with a default, last": (named(told), named(told_optional_last)),
    "a keyword with a default": (named(told), named(told_with_keyword)),
    "an argument that may now be left out": (named(told), named(told_with_default)),
    "a field with a default, last": (named(Pair), named(PairAndMore)),
    "a member of an enumeration": (named(Colour, "Kind"), named(MoreColours, "Kind")),
    "a column that may be left out": (page(code=TEXT), page(code=TEXT, line=TEXT)),
    "a word of a column": (page(code=WORDS), page(code=dataclasses.replace(WORDS, form="home|abroad|other"))),
    "a table": ({}, page(code=NEEDED)),
}
CHANGES: Mapping[str, tuple[Facts, Facts]] = {
    "a name that is gone": (named(Pair), {}),
    "a method that a plugin must write": (named(Base), named(BaseNewDuty)),
    "a method that a plugin must write now": (named(BaseWritten), named(Base)),
    "a class variable that is needed": (named(Base), named(BaseNewNeededVariable)),
    "a method that is gone": (named(BaseNewMethod), named(Base)),
    "an argument more for what a plugin wrote": (named(Base), named(BaseHandsMore)),
    "an argument that is needed": (named(told), named(told_needed_last)),
    "an argument before another": (named(told), named(told_between)),
    "a keyword that is needed": (named(told), named(told_with_needed_keyword)),
    "an argument that is now a keyword": (named(told), named(told_by_keyword)),
    "an argument that is gone": (named(told), named(told_less)),
    "a narrower type": (named(told), named(told_narrower)),
    "another default": (named(told), named(told_another_default)),
    "a default that is gone": (named(told), named(told_no_default)),
    "another type of answer": (named(told), named(told_another_answer)),
    "a field that is needed": (named(Pair), named(PairAndNeeded)),
    "a field between others": (named(Pair), named(PairBetween)),
    "a field that is gone": (named(Pair), named(PairWithoutRight)),
    "a member that is gone": (named(MoreColours, "Kind"), named(Colour, "Kind")),
    "a member that plugins are handed": (named(Colour, "Action"), named(MoreColours, "Action")),
    "another base of an error": (of_error(ValueError), of_error(RuntimeError)),
    "a column that is needed": (page(code=TEXT), page(code=TEXT, line=NEEDED)),
    "a column that is needed now": (page(code=TEXT), page(code=NEEDED)),
    "a column that rules may find empty now": (page(code=NEEDED), page(code=TEXT)),
    "a column of another type": (page(code=TEXT), page(code=dataclasses.replace(TEXT, dtype=pl.Int8))),
    "a column that is personal now": (page(code=TEXT), page(code=dataclasses.replace(TEXT, personal=True))),
    "a column that has words now": (page(code=TEXT), page(code=WORDS)),
    "a word that is gone": (page(code=WORDS), page(code=dataclasses.replace(WORDS, form="home"))),
    "rows set aside for another word": (page(code=WORDS), page(code=dataclasses.replace(WORDS, else_aside=True))),
    "a column that is gone": (page(code=TEXT, line=TEXT), page(code=TEXT)),
}


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
    assert "docs/contract-1.1.txt is not there" in reason


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


def test_a_thing_is_since_the_version_in_which_it_came() -> None:
    versions = [Surface("1.0", ADDED[0], released=True), Surface("1.1", ADDED[1])]
    assert contract_versions.since("Source(times)", versions) == "1.0"
    assert contract_versions.since("Source(slow)", versions) == "1.1"
