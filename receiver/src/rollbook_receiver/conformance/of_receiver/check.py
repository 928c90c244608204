"""What a check is: a function that asks, and says what came, or raises that a clause is broken or cannot be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rollbook_receiver.conformance.of_receiver.stage import Stage


class Broken(Exception):
    """The clause is not kept. Its text says what came, in place of what; without a pupil."""


class NotSeen(Exception):
    """It cannot be seen whether it is kept. Its text says why, and what would let it be seen."""


class BeyondThisRun(Exception):
    """Nothing that this run can do lets it be seen: the supplier answers for it in writing. Its text says why."""


@dataclass(frozen=True)
class Check:
    """clause: the id; asked: what is done, in words; beyond: what of the clause is not seen from outside; run: does it
    and gives what came, in words. It raises Broken, NotSeen or BeyondThisRun.
    """

    clause: str
    asked: str
    beyond: str
    run: Callable[[Stage], str]


def check(clause: str, asked: str, *, beyond: str = "") -> Callable[[Callable[[Stage], str]], Check]:
    """Makes a Check of a function."""
    return lambda run: Check(clause, asked, beyond, run)
