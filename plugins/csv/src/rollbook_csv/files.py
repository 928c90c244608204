"""Finding a file in the drop folder and reading it whole, once nobody writes to it any more."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from rollbook.contract import FixSettings, RetryLater

UNFINISHED = (".part", ".partial", ".tmp", ".crdownload")
OPENED = "~$"  # what office programs put before the name of a file that is open


@dataclass(frozen=True)
class Taken:
    """A file as it was read. `digest` is its SHA-256."""

    name: str
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the contents, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def find(folder: Path, pattern: str) -> Path | None:
    """The file of that name or pattern, letter case aside; of several, the one whose name is last in order.

    So of `marks_2026-11-19.csv` and `marks_2026-11-20.csv` the second. The time at which a file was changed does not
    count: copying changes it. None when there is none.
    Raises FixSettings when the folder cannot be listed, RetryLater while such a file is being written.
    """
    names = _names(folder)
    for name in names:
        _refuse_unfinished(name, pattern)
    fit = [name for name in names if _fits(name, pattern)]
    return folder / fit[-1] if fit else None


def all_that_fit(folder: Path, pattern: str) -> list[Path]:
    """Every file of that pattern, letter case aside, in order of their names. Raises FixSettings as `find`."""
    return [folder / name for name in _names(folder) if _fits(name, pattern)]


def required(folder: Path, pattern: str) -> Path:
    """As `find`. Raises FixSettings too when there is no such file."""
    path = find(folder, pattern)
    if path is None:
        raise FixSettings(
            f"There is no file {pattern} in {folder}. {_neighbour(folder, pattern)}"
            f"Check that the export ran and where it writes to."
        )
    return path


def _neighbour(folder: Path, pattern: str) -> str:
    """Said of a file that differs in its ending alone; not of a pattern that fits any name."""
    asked = Path(pattern.casefold())
    if not any(map(str.isalnum, asked.stem)):
        return ""
    apart = [(name, Path(name.casefold())) for name in _names(folder) if not name.startswith((OPENED, "."))]
    unlike = {asked.suffix, *UNFINISHED}
    other = [name for name, own in apart if fnmatchcase(own.stem, asked.stem) and own.suffix not in unlike]
    return f"There is {other[-1]}: if that is the export, let the settings name it in place of it. " if other else ""


def read(path: Path) -> Taken:
    """The file's bytes, if it was the same before and after.

    Raises RetryLater when it changed meanwhile or cannot be opened, FixSettings when it is empty.
    """
    try:
        before = path.stat()
        data = path.read_bytes()
        after = path.stat()
    except OSError as error:
        raise _closed_to_us(path, error) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise RetryLater(f"{path.name} is still being written. It is read at the next sync.")
    return _not_empty(Taken(path.name, data))


def beginning(path: Path, size: int = 65_536) -> Taken:
    """The first bytes of the file, for its headings. Raises as `read`, but sees no change meanwhile."""
    try:
        with path.open("rb") as file:
            return _not_empty(Taken(path.name, file.read(size)))
    except OSError as error:
        raise _closed_to_us(path, error) from None


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    except OSError as error:
        raise FixSettings(
            f"The folder {folder} cannot be read ({error.strerror}). Make it, let this account read it, or correct "
            f"`folder` in the settings."
        ) from None


def _not_empty(taken: Taken) -> Taken:
    if not taken.data:
        raise FixSettings(f"{taken.name} is empty (0 bytes). The export failed: run it again.")
    return taken


def _closed_to_us(path: Path, error: OSError) -> RetryLater:
    return RetryLater(
        f"{path.name} cannot be opened ({error.strerror}): another program has it, or this account may not read it."
    )


def _fits(name: str, pattern: str) -> bool:
    return not name.startswith((OPENED, ".")) and fnmatchcase(name.casefold(), pattern.casefold())


def _refuse_unfinished(name: str, pattern: str) -> None:
    if name.startswith(OPENED) and _fits(name.removeprefix(OPENED), pattern):
        raise RetryLater(f"{name.removeprefix(OPENED)} is open in a spreadsheet program. Close it.")
    stem = next((name.removesuffix(end) for end in UNFINISHED if name.endswith(end)), None)
    if stem is not None and _fits(stem, pattern):
        raise RetryLater(f"{stem} is still being written ({name}). It is read at the next sync that finds it complete.")
