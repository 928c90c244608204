"""In what condition a file of the folder is: whole, still being written, or not to be read however long one waits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rollbook.contract import FixSettings, Problem, RetryLater
from rollbook_sims.ways.contents import FAILED, look

AN_HOUR = 3600.0
"""For so many seconds a file that is not whole is taken for one that is being written."""
SETTLED = 120.0
"""For so many seconds nobody changed a file whose end does not show, as that of CSV, if it is to be taken for whole."""
_A_DAY = 86_400.0  # ahead of this machine's clock no file can be: its time is wrong, and says nothing


@dataclass(frozen=True)
class Hindrance:
    """Why a file cannot be read. `over`: whether nobody writes to it any more, so that it stays like that."""

    problem: Problem
    over: bool


def hindrance(path: Path, now: float) -> Hindrance | None:
    """Look at a file's two ends. `now`: seconds since 1970. None where nothing is wrong."""
    try:
        seen = look(path)
    except OSError as error:
        return closed_to_us(path, error, now)
    if seen.failed:
        return Hindrance(_failed(path.name), True)
    if not seen.whole:
        over = not _changed_within(AN_HOUR, path, now)
        return Hindrance(_half(path.name, empty=seen.empty) if over else written(path.name), over)
    if seen.open_ended and _changed_within(SETTLED, path, now):
        return Hindrance(_unsettled(path.name), False)
    return None


def state(path: Path) -> tuple[int, int] | None:
    """Its size and the time of its last change, in nanoseconds since 1970; None where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def changed(path: Path) -> float:
    """When, in seconds since 1970; long ago where it is gone."""
    found = state(path)
    return found[1] / 1e9 if found else 0.0


def written(name: str) -> RetryLater:
    """The error for a file that is not complete yet."""
    return RetryLater(f"{name} is still being written. It is read at the next sync that finds it complete.")


def closed_to_us(path: Path, error: OSError, now: float) -> Hindrance:
    """What hinders where the file cannot be opened; within the hour that it was changed, whoever writes it."""
    if state(path) is None or _changed_within(AN_HOUR, path, now):
        return Hindrance(written(path.name), False)
    told = f"{path.name} cannot be opened ({error.strerror}): another program has it, or this account may not read it."
    return Hindrance(RetryLater(told), True)


def _changed_within(seconds: float, path: Path, now: float) -> bool:
    return -_A_DAY < now - changed(path) < seconds


def _failed(name: str) -> FixSettings:
    return FixSettings(
        f"{name} holds what CommandReporter says of a report that failed ({FAILED}), and no report. Read it, mend what "
        f"it says, and run the report again. It is not repeated here, for it may name a pupil."
    )


def _half(name: str, *, empty: bool) -> RetryLater:
    if empty:
        return RetryLater(f"{name} is empty (0 bytes): the report failed. Run it again.")
    return RetryLater(
        f"{name} ends in the middle: the job that writes it was stopped, or the disk is full. Run it again. Nothing of "
        f"the file was used."
    )


def _unsettled(name: str) -> RetryLater:
    return RetryLater(
        f"{name} was changed less than {SETTLED / 60:.0f} minutes ago. It may still be being written, since only XML "
        f"shows where it ends: it is read at the next sync that finds it left alone for so long."
    )
