"""The problems that a receiver may answer with: data beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Answered:
    """One problem. `happened` and `do` are for people; retry_after says whether the answer has `Retry-After`."""

    status: int
    type: str
    happened: str
    do: str
    retry_after: bool = False


PROBLEMS = tuple(
    Answered(**row) for row in tomllib.loads(files(__package__).joinpath("refusals.toml").read_text("utf-8"))["problem"]
)


def of_status(status: int) -> list[Answered]:
    """Those with an HTTP status."""
    return [one for one in PROBLEMS if one.status == status]
