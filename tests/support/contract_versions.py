"""The versions of the contract: what each held (`docs/contract-X.Y.txt`), and whether one may follow another.

`make contract` writes that of the code, and the pages made of it. What is released stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rollbook.contract import CONTRACT_VERSION
from support.contract_surface import Fact, surface

DOCS = Path(__file__).parents[2] / "docs"
UNRELEASED = "# Not yet released."
HEAD = """\
# The public surface of contract {}, one fact a line: what it is, its kind, its type or value, what it asks.
# Written by `make contract`, and compared with the code by a test. What may change when: docs/compatibility.md
"""
Facts = Mapping[str, Fact]


@dataclass(frozen=True)
class Surface:
    """What one version of the contract held."""

    version: str
    facts: Facts
    released: bool = False

    @property
    def number(self) -> tuple[int, int]:
        """Its version, to compare."""
        major, minor = self.version.split(".")
        return int(major), int(minor)

    def text(self) -> str:
        """As its file has it: a blank line before each name that stands by itself."""
        lines = [("" if fact.parent in self.facts else "\n") + str(fact) for fact in self.facts.values()]
        state = "" if self.released else UNRELEASED + "\n"
        return HEAD.format(self.version) + state + "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Difference:
    """What differs between two versions. `breaks`: a plugin built for the earlier may not work under the later."""

    breaks: bool
    sentence: str


def of_code() -> Surface:
    """The contract as the code has it."""
    return Surface(CONTRACT_VERSION, surface())


def read(path: Path) -> Surface:
    """The contract as a file has it."""
    text = path.read_text(encoding="utf-8")
    facts = [Fact.read(line) for line in text.splitlines() if line and not line.startswith("#")]
    return Surface(path.stem.removeprefix("contract-"), {fact.path: fact for fact in facts}, UNRELEASED not in text)


def written(folder: Path = DOCS) -> list[Surface]:
    """Those that are written down, the oldest first."""
    return sorted((read(path) for path in folder.glob("contract-[0-9]*.txt")), key=lambda one: one.number)


def since(path: str, versions: list[Surface]) -> str:
    """The version in which `path` came; the newest where none has it yet."""
    return next((one.version for one in versions if path in one.facts), versions[-1].version)


def differences(old: Facts, new: Facts) -> list[Difference]:
    """What was taken away, changed or added."""
    gone = [Difference(True, f"gone: {fact}") for path, fact in old.items() if path not in new]
    changed = [
        Difference(not _asks_less(fact, new[path]), f"changed: {fact}  ->  {new[path]}")
        for path, fact in old.items()
        if new.get(path, fact) != fact
    ]
    added = [
        Difference(fact.parent in old and _demands(fact), f"added: {fact}")
        for path, fact in new.items()
        if path not in old
    ]
    return gone + changed + added


def wrong(old: Surface, new: Surface) -> str | None:
    """Why `new` may not follow `old` under its number, with what to do; None where it may."""
    found = differences(old.facts, new.facts)
    breaks = any(one.breaks for one in found)
    major, minor = old.number
    wanted = (major + 1, 0) if breaks else (major, minor + 1)
    if not found or new.number >= wanted:
        return None
    lines = "\n".join(f"  {'breaks' if one.breaks else 'adds  '}  {one.sentence}" for one in found)
    way = f"Set CONTRACT_VERSION to {wanted[0]}.{wanted[1]}, then `make contract`"
    less = ", or keep what was there (docs/compatibility.md says how a thing is taken away)" if breaks else ""
    return f"Contract {new.version} is not {old.version} as it was released:\n{lines}\n{way}{less}."


def stale(versions: list[Surface], code: Surface) -> str | None:
    """What is wrong with the versions that are written down, compared with the code; None where nothing is."""
    released = [one for one in versions if one.released]
    for old, new in pairwise([*released, code]):
        if reason := wrong(old, new):
            return reason
    if [one.version for one in versions if one not in released or one.version == code.version] != [code.version]:
        return (
            f"docs/contract-{code.version}.txt is not the newest: say in docs/contract.md what is new, `make contract`."
        )
    if versions[-1].facts == code.facts:
        return None
    lines = "\n".join(f"  {one.sentence}" for one in differences(versions[-1].facts, code.facts))
    head = f"Contract {code.version}, which is not yet released, has changed:"
    return f"{head}\n{lines}\nSay it in docs/contract.md, and `make contract`."


def write(folder: Path = DOCS) -> None:
    """Write down the contract of the code. Raises SystemExit where that would alter what was released; a version that
    was never released makes room.
    """
    code, versions = of_code(), written(folder)
    for old in (one for one in versions if one.released):
        if reason := wrong(old, code):
            raise SystemExit(reason)
    for old in (one for one in versions if not one.released):
        (folder / f"contract-{old.version}.txt").unlink()
    if not any(one.released and one.version == code.version for one in versions):
        (folder / f"contract-{code.version}.txt").write_text(code.text(), encoding="utf-8")


def _demands(fact: Fact) -> bool:
    """Whether a part that is added to what was there asks something of plugins that were built before it."""
    return fact.asks in ("needed", "to be written") or fact.kind.endswith("given")


def _asks_less(old: Fact, new: Fact) -> bool:
    """Whether all that changed is that something needed may now be left out, or that a limit is higher. A column may
    not be left out: rules read it.
    """
    if (old.kind, new.kind) == ("limit", "limit"):
        return int(new.says) > int(old.says)
    same = (old.kind, old.says) == (new.kind, new.says)
    return same and _demands(old) and not _demands(new) and old.kind != "column"
