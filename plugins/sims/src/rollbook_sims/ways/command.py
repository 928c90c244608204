"""The reporter's command line. See docs/sims.md for the flags; their letter case does not count."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HIDDEN = "***"
TO_SEE = "To see what it says, run by hand, as the same account"
_OF_CMD = frozenset("&|<>^()@!,;=")


def program(settings: Mapping[str, Any]) -> Path:
    """The reporter, by a path that no change of the current folder alters."""
    path: Path = settings["reporter"]
    return path.absolute()


def command_line(settings: Mapping[str, Any], report: str, *more: str, password: str) -> list[str]:
    """The whole command line. `password` is only in it where the settings have one: give `HIDDEN` to show it.

    Windows joins the parts with quotes around those that have spaces, which the reporter reads as it does /REPORT:"x".
    """
    named = (("SERVERNAME", settings["server"]), ("DATABASENAME", settings["database"]))
    return [
        str(program(settings)),
        *_sign_in(settings, password),
        *(f"/{flag}:{value}" for flag, value in named if value is not None),
        f"/REPORT:{report}",
        *more,
    ]


def output(path: Path, parameters: Path | None) -> Sequence[str]:
    """The flags for a report that is written into a file, without windows, its prompts answered by `parameters`."""
    answered = [] if parameters is None else [f"/PARAMFILE:{parameters}"]
    return (f"/OUTPUT:{path}", "/QUIET", *answered)


def by_hand(settings: Mapping[str, Any], report: str, *, dates: bool = False, windows: bool = os.name == "nt") -> str:
    """The sentence that says how a technician sees what the reporter says, without the password.

    `dates`: whether the report asks for them; `windows`: whether the command is for Windows' cmd, else for a shell.
    """
    file = f"report.{settings['form']}"
    parts = command_line(settings, report, f"/OUTPUT:{file}", password=HIDDEN)
    asks = "it asks for the dates; " if dates else ""
    return (
        f"{TO_SEE} ({asks}delete {file} afterwards: it holds pupils' data): "
        f"{_for_cmd(parts) if windows else shlex.join(parts)}"
    )


def _for_cmd(parts: Sequence[str]) -> str:
    """As `list2cmdline`, which knows nothing of what cmd takes for its own outside quotation marks."""
    joined = ((part, subprocess.list2cmdline([part])) for part in parts)
    return " ".join(f'"{one}"' if one == part and set(part) & _OF_CMD else one for part, one in joined)


def _sign_in(settings: Mapping[str, Any], password: str) -> Sequence[str]:
    if settings["password"] is None:
        return ("/TRUSTED",)
    return (f"/USER:{settings['user']}", f"/PASSWORD:{password}")
