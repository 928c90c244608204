"""What a check is: one promise of the contract, proved of one plugin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

PAGE = "docs/contract.md"


class Grade(StrEnum):
    """What a failure means. A plugin that fails a required check is not to be used; an advised one, it does without."""

    REQUIRED = "required"
    ADVISED = "advised"


class Failed(AssertionError):
    """The plugin does not keep the clause. The text says what was seen and, where that helps, what to do."""


class DoesNotApply(Exception):
    """The clause speaks of what this plugin does not have, a server for example. The text says of what."""


@dataclass(frozen=True)
class Check:
    """One check. `clause`: its number in docs/contract.md. `proves`: one sentence. `run`: takes the stage of the
    plugin's kind, and raises `Failed` or `DoesNotApply`, or ends. `slow`: takes more than a few seconds.
    """

    id: str
    clause: str
    grade: Grade
    name: str
    proves: str
    run: Callable[[Any], None]
    slow: bool = False

    @property
    def page(self) -> str:
        """Where the clause is written."""
        return f"{PAGE}, clause {self.clause}"


Run = TypeVar("Run", bound=Callable[..., None])
Checks: TypeAlias = dict[str, Check]
PLUGIN: Checks = {}
SOURCE: Checks = {}
DESTINATION: Checks = {}
_ALL = {"P": PLUGIN, "S": SOURCE, "D": DESTINATION}


def required(id_: str, clause: str, *, slow: bool = False) -> Callable[[Run], Run]:
    """Makes a function a required check. Its name is the check's, its docstring what it proves."""
    return _registers(id_, clause, Grade.REQUIRED, slow)


def advised(id_: str, clause: str, *, slow: bool = False) -> Callable[[Run], Run]:
    """Makes a function an advised check."""
    return _registers(id_, clause, Grade.ADVISED, slow)


def _registers(id_: str, clause: str, grade: Grade, slow: bool) -> Callable[[Run], Run]:
    checks = _ALL[id_[0]]
    if id_ in checks or not re.fullmatch(r"[PSD]\d\d", id_):
        raise ValueError(f"{id_} is no id of a check, or is taken")

    def kept(run: Run) -> Run:
        proves = " ".join((run.__doc__ or "").split())
        checks[id_] = Check(id_, clause, grade, run.__name__, proves, run, slow)
        return run

    return kept


def must(holds: object, text: str) -> None:
    """Raises Failed with that text unless it holds."""
    if not holds:
        raise Failed(text)


def some(values: Iterable[object], most: int = 5) -> str:
    """The first few of them, for the text of a failure. All data is invented: it may be shown."""
    found = [str(value) for value in values]
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")
