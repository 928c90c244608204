"""Puts the pages of docs/ into what is built of this distribution: whoever did only `pip install` can read them.

In the repository they stand beside this distribution; in its source archive, in it. An editable install reads them
where they are (`rollbook.host.pages`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Pages(BuildHookInterface):  # type: ignore[type-arg]
    """Adds every page: in a wheel as rollbook/pages, in a source archive as docs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        docs = next(place for place in (root / "docs", root.parent / "docs") if place.is_dir())
        target = "docs" if self.target_name == "sdist" else "rollbook/pages"
        pages = [path for path in docs.rglob("*") if path.suffix in (".md", ".txt")]
        build_data["force_include"].update({str(path): f"{target}/{path.relative_to(docs)}" for path in pages})
