"""Puts the stand-in for CommandReporter into a folder, as a program that can be started."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("reporter.py")


def install(folder: Path) -> Path:
    """Make the program in that folder, beside the `office.json` that it reads. Returns its path.

    -I: nothing of the environment or of the current folder is imported. -S: nor is what is installed, which takes time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = [sys.executable, "-IS", str(PROGRAM), str(folder.resolve())]
    if sys.platform == "win32":
        path = folder / "CommandReporter.cmd"
        path.write_text("@" + " ".join(f'"{part}"' for part in parts) + " %*\r\n", encoding="utf-8")
        return path
    path = folder / "CommandReporter"
    path.write_text(f'#!/bin/sh\nexec {shlex.join(parts)} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path
