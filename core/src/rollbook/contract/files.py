"""A file that is there whole or not at all, whatever ends us while it is written."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes, *, replace: bool = False, mode: int = 0o666) -> None:
    """Write `data` and have it on the disk: after a kill or a crash there is the whole file at `path`, or none.

    replace: whether it may take the place of a file that is there. It is written beside its place first, as
    `.NAME.part`: whoever is killed leaves that. mode: who may read and write it at most; the umask takes away.

    Raises FileExistsError where a file is there that may not be replaced, OSError where it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            _name_it(part, path)
    finally:
        part.unlink(missing_ok=True)
    _sync(path.parent)


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
