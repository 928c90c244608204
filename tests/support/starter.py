"""A plugin from the starter, filled in as the guide for its makers says: the guide's own blocks, put where it says."""

from __future__ import annotations

import re
from pathlib import Path

from rollbook.host.new_plugin import Kind, distribution, new_plugin, write

DOCS = Path(__file__).parents[2] / "docs"
GUIDES: dict[Kind, Path] = {"source": DOCS / "writing-a-source.md", "destination": DOCS / "writing-a-destination.md"}
_BLOCK = re.compile(r"(Put this in|Add to)\s+`([^`]+)`:\n\n```python\n(.*?)```\n", flags=re.DOTALL)


def fresh(folder: Path, kind: Kind, name: str = "acme") -> Path:
    """A distribution as `rollbook plugins new` writes it."""
    made = folder / distribution(name)
    write(made, new_plugin(name, kind))
    return made


def fill(made: Path, kind: Kind) -> list[str]:
    """Do what the guide says with each of its blocks. The files that it spoke of."""
    blocks = _BLOCK.findall(GUIDES[kind].read_text(encoding="utf-8"))
    for told, path, text in blocks:
        file = made / path
        before = file.read_text(encoding="utf-8") + "\n" if told == "Add to" else ""
        file.write_text(before + text, encoding="utf-8")
    return [path for _, path, _ in blocks]
