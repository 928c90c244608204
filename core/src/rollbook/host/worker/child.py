"""The worker process: `python -m rollbook.host.worker.child`. It reads requests and runs the plugin.

Its first act is to take the two ends of the pipe for itself and to point the standard streams away: what a plugin
prints is dropped, for it may name a pupil, and cannot be mistaken for an answer.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

GREETING = b"\x00rollbook worker\x00"


def take_streams() -> tuple[BinaryIO, BinaryIO]:
    """The pipe's ends, for requests and for answers; standard input, output and error are the null device after it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(1, os.O_BINARY)
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    away = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(away, stream)
    return requests, answers


def main() -> None:
    """Serve until the pipe is closed."""
    requests, answers = take_streams()
    from rollbook.host.worker.serving import serve

    serve(requests, answers)


if __name__ == "__main__":
    main()
