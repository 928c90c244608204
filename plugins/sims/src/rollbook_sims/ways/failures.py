"""What went wrong, as far as it can be told without repeating what the reporter says: that may name a pupil.

Success is judged by the file that came. The exit status says little: it is 0 for a report that failed. Of CSV, whose
end nobody can see, it must be 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rollbook.contract import FixSettings, NeedsCredentials, Problem, RetryLater
from rollbook_sims.ways.contents import FAILED, look
from rollbook_sims.ways.running import Said

GRACE = 2.0  # seconds: some file systems keep even seconds alone

# What a message may mention, and what is then to be done. Nothing else of it is ever shown.
_SIGN_IN = ("log in", "login", "log on", "logon", "sign in", "password", "user name", "username", "credential")
_BUSY = ("timeout", "time-out", "timed out", "deadlock", "network", "connection", "server", "busy", "memory", "disk")
_OTHER = ("permission", "denied", "not found", "does not exist", "licence", "license", "parameter", "invalid")
_WHAT_TO_DO: Mapping[type[Problem], str] = {
    NeedsCredentials: "Check that the account that runs Rollbook is a user of SIMS, or correct `user` and `password`.",
    RetryLater: "It is run again at the next sync. If that fails too, check `server` and `database`.",
    FixSettings: "Check that the report has that name in SIMS, and that this user of SIMS may run it.",
}


@dataclass(frozen=True)
class Ran:
    """A report that was run. `began`: seconds since 1970. `by_hand`: how to see what the reporter says."""

    report: str
    output: Path
    began: float
    by_hand: str


def check(ran: Ran, said: Said) -> None:
    """Raises NeedsCredentials, FixSettings, RetryLater where the file is not what it should be."""
    refuse_what_it_said(ran.report, said, ran.by_hand)
    try:
        changed, seen = ran.output.stat().st_mtime, look(ran.output)
    except FileNotFoundError:
        raise _no_file(ran, said) from None
    except OSError as error:
        raise RetryLater(
            f'The file of the report "{ran.report}" cannot be opened ({error.strerror}). If this comes back, see '
            f"whether a virus scanner holds it, and let it leave out the temporary folder {ran.output.parent.parent}."
        ) from None
    if seen.failed:
        raise _failed(ran.report, _beginning(ran.output), ran.by_hand)
    if seen.empty:
        raise _empty(ran, said)
    if seen.open_ended and said.status:
        raise _bad_exit(ran, said)
    if not seen.whole:
        raise RetryLater(_half_written(ran))
    if changed < ran.began - GRACE:
        raise RetryLater(_old(ran))


def refuse_what_it_said(report: str, said: Said, by_hand: str) -> None:
    """Raises as `check` where what it said, on either stream, holds the vendor's error element."""
    if _is_error(said.out):
        raise _failed(report, said.out, by_hand)
    if _is_error(said.error):
        raise _failed(report, said.error, by_hand)


def _is_error(text: bytes) -> bool:
    return b"<" + FAILED.encode() in text.replace(b"\0", b"")


def _mentioned(text: bytes) -> list[str]:
    plain = text.replace(b"\0", b"").decode("cp1252", "replace").casefold()
    return [word for word in (*_SIGN_IN, *_BUSY, *_OTHER) if word in plain]


def _beginning(output: Path) -> bytes:
    with output.open("rb") as file:
        return file.read(65_536)


def _failed(report: str, message: bytes, by_hand: str) -> Problem:
    words = _mentioned(message)
    kind = NeedsCredentials if set(words) & set(_SIGN_IN) else RetryLater if set(words) & set(_BUSY) else FixSettings
    mentions = f"; it mentions: {', '.join(words)}" if words else ""
    return kind(
        f'SIMS could not run the report "{report}" ({FAILED}). Its message is not repeated here, for it may name a '
        f"pupil{mentions}. {_WHAT_TO_DO[kind]} {by_hand}"
    )


def _no_file(ran: Ran, said: Said) -> Problem:
    kind = _of_silence(said)
    return kind(
        f'CommandReporter ended (exit status {said.status}) and wrote no file for the report "{ran.report}". '
        f"{_WHAT_TO_DO[kind]} {ran.by_hand}"
    )


def _empty(ran: Ran, said: Said) -> Problem:
    kind = _of_silence(said)
    return kind(
        f'CommandReporter wrote an empty file (0 bytes) for the report "{ran.report}": the report failed. '
        f"{_WHAT_TO_DO[kind]} {ran.by_hand}"
    )


def _bad_exit(ran: Ran, said: Said) -> Problem:
    kind = NeedsCredentials if _of_silence(said) is NeedsCredentials else RetryLater
    return kind(
        f'CommandReporter ended with exit status {said.status}, so the file of the report "{ran.report}" may lack its '
        f"last rows: where CSV ends cannot be seen. Nothing of it was used. It is run again at the next sync; with "
        f'form = "xml" the end would be plain to see. {ran.by_hand}'
    )


def _of_silence(said: Said) -> type[Problem]:
    """Where nothing was written: whether it spoke of signing in."""
    return NeedsCredentials if set(_mentioned(said.out + said.error)) & set(_SIGN_IN) else FixSettings


def _half_written(ran: Ran) -> str:
    return (
        f'The file of the report "{ran.report}" ends in the middle: CommandReporter was stopped, or the disk is full. '
        f"Nothing of it was used. It is run again at the next sync; see that there is room in the temporary folder "
        f"{ran.output.parent.parent}."
    )


def _old(ran: Ran) -> str:
    return (
        f'The file of the report "{ran.report}" is older than the run that should have made it: it is not what SIMS '
        f"holds now, and was not used. It is run again at the next sync. {ran.by_hand}"
    )
