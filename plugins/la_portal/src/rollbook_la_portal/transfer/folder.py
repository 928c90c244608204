"""The folder of transfer files: numbers that are free, and files that are there whole or not at all."""

from __future__ import annotations

import hashlib
import os
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


def put(folder: Path, name: str, data: bytes) -> None:
    """Write the file so that, whatever happens, there is the whole of it or none. Raises FileExistsError rather than
    write over another, and OSError.
    """
    part = folder / f".{name}{_PART}"
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _name_it(part, folder / name)
    finally:
        part.unlink(missing_ok=True)
    _sync(folder)


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


def _name_it(part: Path, path: Path) -> None:
    try:
        os.link(part, path)  # unlike a renaming, it never takes another's place
    except FileExistsError:
        raise
    except OSError:  # a file system without links: some network drives
        if path.exists():
            raise FileExistsError(path.name) from None
        part.rename(path)


def _sync(folder: Path) -> None:
    """Make the new name last. Windows keeps names by itself and cannot open a folder."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
