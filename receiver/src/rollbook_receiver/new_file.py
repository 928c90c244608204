"""A file that names children: new, whole, and for its owner alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotMade(Exception):
    """No file was made. Its text says why, and what to do."""


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Another file beside `target`, empty, to be written inside. It has `target`'s name at the end, once it is on disk;
    where something was raised inside, nothing is left. Raises NotMade, and OSError at the end.
    """
    if target.exists():
        raise NotMade(f"{target} is there already: nothing is overwritten. Name another file.")
    part = target.with_name(target.name + ".part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise NotMade(f"{part} cannot be made: {error.strerror}.") from None
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.link(part, target) if os.name == "posix" else part.rename(target)  # neither overwrites
    finally:
        part.unlink(missing_ok=True)
