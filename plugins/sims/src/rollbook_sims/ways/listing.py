"""The files of a folder by their names: which fit each report, and which of those are busy elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import combinations
from pathlib import Path

from rollbook.contract import FixSettings

UNFINISHED = (".part", ".partial", ".tmp", ".crdownload")
OPENED = ("~$", ".")  # before the names of files that are open in an office program, and of hidden ones


class Listing:
    """`patterns`: of each report, one of which its files fit, letter case aside.

    Each method raises FixSettings where the folder cannot be read.
    """

    def __init__(self, folder: Path, patterns: Mapping[str, Sequence[str]]) -> None:
        self.folder, self._patterns = folder, patterns

    def said(self, report: str) -> str:
        """The patterns of a report, for messages."""
        return " or ".join(self._patterns[report])

    def fitting(self, report: str) -> list[Path]:
        """The files of a report, the last by name first. A file whose name is the pattern itself, with whatever signs
        are in it, is the one that was meant.
        """
        names = [name for name in self._names() if _at_rest(name)]
        patterns = [pattern.casefold() for pattern in self._patterns[report]]
        meant = [name for name in names if name.casefold() in patterns]
        return [self.folder / name for name in meant or names if self._matches(name.casefold(), report)]

    def unfinished(self, report: str) -> list[str]:
        """Names of files that are being written, or open, and would fit."""
        plain = ((name, name.casefold().removeprefix("~$")) for name in self._names())
        ended = ((name, stem.removesuffix(end)) for name, stem in plain for end in ("", *UNFINISHED))
        busy = (name for name, stem in ended if stem != name.casefold() and self._would_fit(stem, report))
        return list(dict.fromkeys(busy))

    def shared(self) -> Iterator[tuple[Path, str, str]]:
        """For each two reports that have files in common, the newest of those."""
        files = {report: self.fitting(report) for report in self._patterns}
        for one, other in combinations(files, 2):
            both = [path for path in files[one] if path in files[other]]
            if both:
                yield both[0], one, other

    def _would_fit(self, stem: str, report: str) -> bool:
        return _at_rest(stem) and self._matches(stem, report)

    def _matches(self, small: str, report: str) -> bool:
        patterns = [pattern.casefold() for pattern in self._patterns[report]]
        return any(small == pattern or fnmatchcase(small, pattern) for pattern in patterns)

    def _names(self) -> list[str]:
        """Of the files of the folder, the last in order first."""
        try:
            with os.scandir(self.folder) as entries:
                names = [entry.name for entry in entries if entry.is_file()]
        except OSError as error:
            raise FixSettings(
                f"The folder {self.folder} cannot be read ({error.strerror}). Make it, let this account read it, or "
                f"correct `folder` in the settings."
            ) from None
        return sorted(names, key=lambda name: (name.casefold(), name), reverse=True)


def _at_rest(name: str) -> bool:
    small = name.casefold()
    return not small.startswith(OPENED) and not small.endswith(UNFINISHED)
