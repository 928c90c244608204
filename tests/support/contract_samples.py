"""What a change of the contract's code becomes: parts of a contract before and after, made of small classes."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, ClassVar

import pluggy
import polars as pl
import pytest

from rollbook import contract
from rollbook.tables.schemas import Column
from support import contract_surface
from support.contract_surface import Fact


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


class Away(Exception):
    def __init__(self, sentence: str, after: float) -> None:
        self.sentence, self.after = sentence, after


class AwayWithWait(Exception):
    def __init__(self, sentence: str, after: float) -> None:
        self.sentence, self.wait = sentence, after


class AwayWithMore(Exception):
    def __init__(self, sentence: str, after: float) -> None:
        self.sentence, self.after, self.wait = sentence, after, after


class BaseWithHelp(Base):
    name: ClassVar[str]
    days: ClassVar[int] = 31

    @abstractmethod
    def pull(self, table: str) -> Iterator[int]: ...
    @staticmethod
    def helped(times: int) -> str: ...


class BaseWithOtherHelp(Base):
    name: ClassVar[str]
    days: ClassVar[int] = 31

    @abstractmethod
    def pull(self, table: str) -> Iterator[int]: ...
    @staticmethod
    def helped(times: int, again: int) -> str: ...


@dataclasses.dataclass(eq=True, frozen=True)
class PairNotHashable:
    left: int
    right: int = 0

    __hash__ = None  # type: ignore[assignment]


@dataclasses.dataclass
class PairNotFrozen:
    left: int
    right: int = 0


def hooked() -> list[str]: ...
def hooked_once() -> list[str]: ...


pluggy.HookspecMarker("rollbook")(hooked)
pluggy.HookspecMarker("rollbook")(hooked_once, firstresult=True)

Facts = dict[str, Fact]


def named(thing: Any, name: str = "Source") -> Facts:
    """As if `thing` were a public name; the bases of a class are left aside, for here one is made of another."""
    facts = contract_surface.of_name(name, thing)
    return {f.path: dataclasses.replace(f, says="") if f.kind == "class" else f for f in facts}


def hook(one: Any) -> Facts:
    return {fact.path: fact for fact in contract_surface.of_hook("rollbook_rules", one)}


def limit(most: int) -> Facts:
    return {fact.path: fact for fact in contract_surface.of_limits({"rows": most})}


def text(said: str) -> Facts:
    """A `Key` of which `str` makes that."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(contract.Key, "__str__", lambda _: said)
        return named(contract.Key, "Key")


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
    "an attribute": (named(Away), named(AwayWithMore)),
    "a static method": (named(Base), named(BaseWithHelp)),
    "a higher limit": (limit(10), limit(11)),
}
CHANGES: Mapping[str, tuple[Facts, Facts]] = {
    "a name that is gone": (named(Pair), {}),
    "a method that a plugin must write": (named(Base), named(BaseNewDuty)),
    "a method that a plugin must write now": (named(BaseWritten), named(Base)),
    "a class variable that is needed": (named(Base), named(BaseNewNeededVariable)),
    "a method that is gone": (named(BaseNewMethod), named(Base)),
    "an argument more for what a plugin wrote": (named(Base), named(BaseHandsMore)),
    "an argument that is needed": (named(told), named(told_needed_last)),
    "an argument that is needed, of a function in a module": (
        named(told, "checks.told"),
        named(told_needed_last, "checks.told"),
    ),
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
    "an attribute of another name": (named(Away), named(AwayWithWait)),
    "a static method that asks for more": (named(BaseWithHelp), named(BaseWithOtherHelp)),
    "a lower limit": (limit(10), limit(9)),
    "a hook that stops at the first answer": (hook(hooked), hook(hooked_once)),
    "a value that can no longer be hashed": (named(Pair), named(PairNotHashable)),
    "a value that can now be altered": (named(Pair), named(PairNotFrozen)),
    "another text of a key": (text("attendance_return/1"), text("attendance_return-1")),
    "a column that is gone": (page(code=TEXT, line=TEXT), page(code=TEXT)),
}
