"""`python -m rollbook_feed.publish FOLDER` writes what is published: `make feed`."""

from __future__ import annotations

import sys
from pathlib import Path

import rollbook_feed
from rollbook_feed.publish.files import published


def main(folder: Path) -> None:
    """Write every file that is not as it should be, and take away those that no longer belong."""
    wanted = published()
    for old in (*folder.glob("schemas/*.json"), *folder.glob("examples/*.json")):
        if f"{old.parent.name}/{old.name}" not in wanted:
            old.unlink()
    for name, text in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    beside = (
        Path(rollbook_feed.__file__).parent / "edition.txt"
    )  # results of conformance name it: it goes with the package
    beside.write_text(wanted["edition.txt"], encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
