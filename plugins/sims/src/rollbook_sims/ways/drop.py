"""The way of picking files up: a folder into which something else writes reports. Nothing in it is ever changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rollbook.contract import FixSettings, Problem, Remark, Window
from rollbook_sims.captions import REPORTS
from rollbook_sims.settings import always_there, file_patterns
from rollbook_sims.ways.condition import AN_HOUR, Hindrance, changed, closed_to_us, hindrance, state, written
from rollbook_sims.ways.contents import digest
from rollbook_sims.ways.listing import Listing
from rollbook_sims.ways.way import Fetched

MOST = 700  # files of marks: the checkpoint, 16 KiB, has room for no more digests


class Drop:
    """The files of a folder, the newest first by name: copying a file changes its time, and nobody changes a name.

    `now`: seconds since 1970.
    """

    def __init__(self, settings: Mapping[str, Any], now: Callable[[], float] = time.time) -> None:
        self._files = Listing(settings["folder"], file_patterns(settings))
        self._now = now
        self._named, self._without = settings["files"], settings["without"]

    def offers(self, report: str) -> bool:
        """As `Way.offers`: those for which there is a file, be it one that is still being written; those that the
        settings name; and those that cannot be done without.
        """
        if report in self._without:
            return False
        expected = always_there(report) or report in self._named
        return expected or bool(self._files.fitting(report) or self._files.unfinished(report))

    @contextmanager
    def fetch(self, report: str, window: Window | None = None, taken: Collection[str] = ()) -> Iterator[list[Fetched]]:
        """As `Way.fetch`: of marks every file down to the oldest that was not taken, else the newest that is whole.

        A file that is being written is passed over for older ones. Of those older than one that is whole, such as are
        not, and will not be, come as well: who reads them says that they are lost. Raises RetryLater when a file was
        changed meanwhile.
        """
        read = self._to_be_read(self._found(report))
        chosen = _down_to_the_oldest(read, taken) if report == "marks" else [next(read)]
        before = [state(one.path) for one in chosen]
        yield chosen
        for one, known in zip(chosen, before, strict=True):
            if state(one.path) != known:
                raise written(one.name)

    def remarks(self) -> Iterator[Remark]:
        """As `Way.remarks`: which files fit each report, which are passed over, and where names may mislead."""
        for report in (report for report in REPORTS if report not in self._without):
            paths = self._files.fitting(report)
            if paths:
                yield self._newest(report, paths)
                yield from _later_by_time(paths)
                yield from self._passed_over(report, paths)
            elif always_there(report):
                yield Remark(False, str(self._none(report)))
            for name in self._files.unfinished(report):
                yield _left_alone(name)
        for path, one, other in self._files.shared():
            yield Remark(False, self._both(path, one, other))

    def _newest(self, report: str, paths: list[Path]) -> Remark:
        count = "1 file fits:" if len(paths) == 1 else f"{len(paths)} files fit, of which the newest by name is"
        return Remark(True, f"{self._files.said(report)} in {self._files.folder}: {count} {paths[0].name}.")

    def _passed_over(self, report: str, paths: list[Path]) -> Iterator[Remark]:
        """Files that are not read, though others are: of marks any, of other reports those before the newest whole."""
        for path in paths:
            found = hindrance(path, self._now())
            if found is None and report != "marks":
                return
            if found and not found.over:
                yield _left_alone(path.name)
            elif found and path != paths[0]:  # of the newest itself, reading the report tells
                yield Remark(False, f"Passed over: {found.problem.sentence}")

    def _found(self, report: str) -> list[Path]:
        """The files that fit, the newest first. Raises FixSettings, and RetryLater where only unfinished ones do."""
        paths = self._files.fitting(report)
        if not paths:
            raise self._none(report)
        if report == "marks" and len(paths) > MOST:
            raise FixSettings(
                f"{len(paths)} files in {self._files.folder} fit {self._files.said(report)}, and more than {MOST} "
                f"cannot be told apart from night to night. Move those that were taken long ago elsewhere."
            )
        for other in REPORTS:
            if other != report and self._files.fitting(other)[:1] == paths[:1]:
                raise FixSettings(self._both(paths[0], report, other))
        return paths

    def _none(self, report: str) -> Problem:
        unfinished = self._files.unfinished(report)
        if unfinished:
            return written(unfinished[0])
        return FixSettings(
            f"There is no file {self._files.said(report)} in {self._files.folder}. Check that the job that writes the "
            f"reports ran, and where it writes to."
        )

    def _both(self, path: Path, one: str, other: str) -> str:
        return (
            f"{path.name} fits the files of two reports, {one} ({self._files.said(one)}) and {other} "
            f"({self._files.said(other)}). Let `files` in the settings give each a pattern of its own."
        )

    def _to_be_read(self, paths: list[Path]) -> Iterator[Fetched]:
        """Those that are whole, of which there is one at least; else what is wrong with the newest is raised.

        So it is where the newest is no report and nobody writes to it any more: the job that should have written it
        failed, and older files would hide that. Behind one that is whole come those that never will be as well.
        """
        wrong: Problem | None = None
        some = False
        for path in paths:
            found = self._take(path, lost=some)
            if isinstance(found, Fetched):
                some = True
                yield found
            elif path == paths[0] and found.over:
                raise found.problem
            else:
                wrong = wrong or found.problem
        if wrong is not None and not some:
            raise wrong

    def _take(self, path: Path, *, lost: bool) -> Fetched | Hindrance:
        """The file, if it is whole and was the same before and after. `lost`: also where it will never be whole."""
        before, now = state(path), self._now()
        found = hindrance(path, now)
        if found and not (lost and found.over):
            return found
        try:
            taken = Fetched(path, path.name, digest(path))
        except OSError as error:
            return closed_to_us(path, error, now)
        return taken if state(path) == before else Hindrance(written(path.name), False)


def _down_to_the_oldest(files: Iterator[Fetched], taken: Collection[str]) -> list[Fetched]:
    """Of the same contents one file: down to the oldest that was not taken, each again that is newer than it.

    So a file that comes late finds what is newer before it, and undoes no correction. Where there is nothing new, the
    newest comes again.
    """
    seen: dict[str, Fetched] = {}
    for one in files:
        seen.setdefault(one.digest, one)
    last = max((place for place, known in enumerate(seen) if known not in taken), default=0)
    return list(seen.values())[: last + 1]


def _later_by_time(paths: list[Path]) -> Iterator[Remark]:
    """Where a file was changed well after the newest by name: 10 stands before 9, and 02-12 before 30-11."""
    latest = max(paths, key=changed)
    if changed(latest) - changed(paths[0]) > AN_HOUR:
        yield Remark(
            False,
            f"{latest.name} was changed after {paths[0].name}, which counts as the newer by its name. If it is not, "
            f"let names have the date with the year first (2026-11-09), and numbers of the same length (09, 10).",
        )


def _left_alone(name: str) -> Remark:
    return Remark(True, f"{name} is left alone: it is still being written, or open in another program.")
