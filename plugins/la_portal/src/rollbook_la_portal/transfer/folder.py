"""The folder of transfer files: numbers that are free, whether a file is there, and what a killed process left."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Final

from rollbook.contract import FixSettings
from rollbook_la_portal.transfer.document import NOWHERE

HIGHEST: Final = 999
_PART: Final = ".part"


def free_name(folder: Path, lea: str, estab: str, taken: Collection[str]) -> str:
    """The next name, `LLLEEEE_CTF_XXXXXXX_nnn.xml`: after the highest that was given out or is there.

    Raises FixSettings where all 999 numbers are used.
    """
    begins = f"{lea}{estab}_CTF_{''.join(NOWHERE)}_"
    there = {path.name for path in folder.glob(f"{begins}*.xml")} | set(taken)
    numbers = [name[len(begins) : -len(".xml")] for name in there if name.startswith(begins)]
    number = 1 + max((int(text) for text in numbers if text.isascii() and text.isdecimal()), default=0)
    if number > HIGHEST:
        raise FixSettings(
            f"All {HIGHEST} numbers of transfer files of {lea}/{estab} are used in {folder}: give the destination "
            f"another folder."
        )
    return f"{begins}{number:03d}.xml"


def holds(folder: Path, name: str, sha256: str) -> bool:
    """Whether the file is there with these bytes."""
    try:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
    except FileNotFoundError:
        return False


def sweep(folder: Path) -> None:
    """Remove what a killed process left of a file."""
    for part in folder.glob(f".*_CTF_{''.join(NOWHERE)}_*{_PART}"):
        part.unlink(missing_ok=True)
