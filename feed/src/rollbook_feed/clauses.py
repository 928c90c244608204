"""The clauses of the feed: data beside this file. Conformance checks cite them by id."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Clause:
    """One clause. binds: `sender` or `receiver`; checked: how one sees that it is kept; about: its heading."""

    id: str
    about: str
    binds: str
    text: str
    checked: str


@cache
def clauses() -> tuple[Clause, ...]:
    """All of them, in their order."""
    text = files(__package__).joinpath("clauses.toml").read_text("utf-8")
    return tuple(Clause(**row) for row in tomllib.loads(text)["clause"])


def clause(name: str) -> Clause:
    """The clause with an id such as `F-12`. Raises KeyError for another."""
    return {one.id: one for one in clauses()}[name]
