"""The pages that come with Rollbook (docs/), and the clauses of the contract in one of them."""

from __future__ import annotations

import re
from pathlib import Path

import rollbook

_HOME = Path(rollbook.__file__).parent
_CLAUSE = re.compile(r'^- <a id="clause-[\d.]+"></a>\*\*(\d+\.\d+)\*\* (.+(?:\n  .+)*)', flags=re.MULTILINE)


def page(name: str) -> Path:
    """Where the page `name`, as contract.md, is on this machine: with the package, or in the repository that an
    editable install is of.
    """
    shipped = _HOME / "pages" / name
    return shipped if shipped.is_file() else _HOME.parents[2] / "docs" / name


def clauses() -> dict[str, str]:
    """What a plugin promises, by number, as docs/contract.md has it: `{"4.2": "No two rows of a pull ...", ...}`.

    Empty where the page is missing, as in a package that was taken apart.
    """
    try:
        text = page("contract.md").read_text(encoding="utf-8")
    except OSError:
        return {}
    return {number: _plain(said) for number, said in _CLAUSE.findall(text)}


def _plain(text: str) -> str:
    """Without line ends, emphasis and links."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", " ".join(text.split())).replace("*Advised.*", "Advised.")
