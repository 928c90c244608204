"""The way of picking files up: a folder into which something else writes reports. Nothing in it is ever changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rollbook.contract import FixSettings, Problem, Remark, RetryLater, Window
from rollbook_sims.captions import REPORTS
from rollbook_sims.settings import always_there, file_patterns
from rollbook_sims.ways.contents import FAILED, digest, look
from rollbook_sims.ways.way import Fetched

UNFINISHED = (".part", ".partial", ".tmp", ".crdownload")
OPENED = ("~$", ".")  # before the names of files that are open in an office program, and of hidden ones
MOST = 700  # files of marks: the checkpoint, 16 KiB, has room for no more digests
AN_HOUR = 3600.0  # for so long a file that is not whole is taken for one that is being written


class Drop:
    """The files of a folder, the newest first by name: copying a file changes its time, and nobody changes a name.

    `now`: seconds since 1970.
    """

    def __init__(self, settings: Mapping[str, Any], now: Callable[[], float] = time.time) -> None:
        self._folder: Path = settings["folder"]
        self._patterns = file_patterns(settings)
        self._now = now

    def offers(self, report: str) -> bool:
        """As `Way.offers`: those for which there is a file, and those that cannot be done without."""
        return always_there(report) or bool(self._fitting(report))

    @contextmanager
    def fetch(self, report: str, window: Window | None = None, taken: Collection[str] = ()) -> Iterator[list[Fetched]]:
        """As `Way.fetch`: of marks every file that is whole down to the oldest that was not taken, else the newest.

        A file that is being written is passed over for older ones. Raises RetryLater when one was changed meanwhile.
        """
        paths = self._found(report)
        whole = self._whole(paths)
        chosen = _to_read(whole, taken) if report == "marks" else [next(whole)]
        before = [_state(one.path) for one in chosen]
        yield chosen
        for one, state in zip(chosen, before, strict=True):
            if _state(one.path) != state:
                raise _written(one.name)

    def remarks(self) -> Iterator[Remark]:
        """As `Way.remarks`: which files fit each report, and which are left alone."""
        for report in REPORTS:
            pattern, names = self._patterns[report], [path.name for path in self._fitting(report)]
            if names:
                count = "1 file fits:" if len(names) == 1 else f"{len(names)} files fit, of which the newest by name is"
                yield Remark(True, f"{pattern} in {self._folder}: {count} {names[0]}.")
            elif always_there(report):
                yield Remark(False, str(self._none(report)))
            for name in self._unfinished(report):
                yield Remark(True, f"{name} is left alone: it is still being written, or open in another program.")

    def _found(self, report: str) -> list[Path]:
        """The files that fit, the newest first. Raises FixSettings, and RetryLater where only unfinished ones do."""
        paths = self._fitting(report)
        if not paths:
            raise self._none(report)
        if report == "marks" and len(paths) > MOST:
            raise FixSettings(
                f"{len(paths)} files in {self._folder} fit {self._patterns[report]}, and more than {MOST} cannot be "
                f"told apart from night to night. Move those that were taken long ago elsewhere."
            )
        return paths

    def _fitting(self, report: str) -> list[Path]:
        return [self._folder / name for name in self._names() if self._fits(name, report)]

    def _unfinished(self, report: str) -> list[str]:
        """Names of files that are being written, or open, and would fit."""
        plain = ((name, name.casefold().removeprefix("~$")) for name in self._names())
        ended = ((name, stem.removesuffix(end)) for name, stem in plain for end in ("", *UNFINISHED))
        return list(dict.fromkeys(name for name, stem in ended if stem != name.casefold() and self._fits(stem, report)))

    def _fits(self, name: str, report: str) -> bool:
        small = name.casefold()
        return not small.startswith(OPENED) and not small.endswith(UNFINISHED) and self._matches(small, report)

    def _matches(self, small: str, report: str) -> bool:
        return fnmatchcase(small, self._patterns[report].casefold())

    def _names(self) -> list[str]:
        """Of the files of the folder, the last in order first."""
        try:
            with os.scandir(self._folder) as entries:
                names = [entry.name for entry in entries if entry.is_file()]
        except OSError as error:
            raise FixSettings(
                f"The folder {self._folder} cannot be read ({error.strerror}). Make it, let this account read it, or "
                f"correct `folder` in the settings."
            ) from None
        return sorted(names, key=lambda name: (name.casefold(), name), reverse=True)

    def _none(self, report: str) -> Problem:
        unfinished = self._unfinished(report)
        if unfinished:
            return _written(unfinished[0])
        return FixSettings(
            f"There is no file {self._patterns[report]} in {self._folder}. Check that the job that writes the reports "
            f"ran, and where it writes to."
        )

    def _whole(self, paths: list[Path]) -> Iterator[Fetched]:
        """Those that are whole, of which there is one at least; else what is wrong with the newest is raised.

        So it is where the newest is no report and nobody writes to it any more: the job that should have written it
        failed, and older files would hide that.
        """
        wrong: Problem | None = None
        some = False
        for path in paths:
            try:
                fetched = _take(path)
            except (OSError, Problem) as error:
                problem = error if isinstance(error, Problem) else _closed_to_us(path.name, error)
                over = isinstance(problem, FixSettings) or not self._fresh(path)
                if path == paths[0] and over:
                    raise problem from None
                wrong = wrong or (problem if over else _written(path.name))
            else:
                some = True
                yield fetched
        if wrong is not None and not some:
            raise wrong

    def _fresh(self, path: Path) -> bool:
        """Whether it was changed within the hour, or went away."""
        state = _state(path)
        return state is None or self._now() - state[1] / 1e9 < AN_HOUR


def _take(path: Path) -> Fetched:
    """The file, if it is whole and was the same before and after. Raises OSError and RetryLater for what may be still
    to come, FixSettings for what will not.
    """
    before = _state(path)
    seen = look(path)
    found = Fetched(path, path.name, digest(path))
    if _state(path) != before:
        raise _written(path.name)
    if seen.failed:
        raise FixSettings(
            f"{path.name} holds what CommandReporter says of a report that failed ({FAILED}), and no report. Read it, "
            f"mend what it says, and run the report again. It is not repeated here, for it may name a pupil."
        )
    if seen.empty:
        raise RetryLater(f"{path.name} is empty (0 bytes): the report failed. Run it again.")
    if not seen.whole:
        raise RetryLater(
            f"{path.name} ends in the middle: the job that writes it was stopped, or the disk is full. Run it again. "
            f"Nothing of the file was used."
        )
    return found


def _to_read(whole: Iterator[Fetched], taken: Collection[str]) -> list[Fetched]:
    """Of the same contents one file: down to the oldest that was not taken, each again that is newer than it.

    So a file that comes late finds what is newer before it, and undoes no correction. Where there is nothing new, the
    newest comes again.
    """
    seen: dict[str, Fetched] = {}
    for one in whole:
        seen.setdefault(one.digest, one)
    last = max((place for place, known in enumerate(seen) if known not in taken), default=0)
    return list(seen.values())[: last + 1]


def _state(path: Path) -> tuple[int, int] | None:
    """Its size and the time of its last change, in nanoseconds since 1970; None where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _written(name: str) -> RetryLater:
    return RetryLater(f"{name} is still being written. It is read at the next sync that finds it complete.")


def _closed_to_us(name: str, error: OSError) -> RetryLater:
    return RetryLater(
        f"{name} cannot be opened ({error.strerror}): another program has it, or this account may not read it."
    )
