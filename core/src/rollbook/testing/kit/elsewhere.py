"""What a plugin leaves in files that no setting names: in the temporary folder, at home, or where it happens to run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

_NAMES = ("TMPDIR", "TEMP", "TMP", "HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


@contextmanager
def elsewhere(folder: Path) -> Iterator[Path]:
    """Within, all of these are that folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    before = {name: os.environ.get(name) for name in _NAMES}
    temporary = tempfile.tempdir
    os.environ.update(dict.fromkeys(_NAMES, str(folder)))
    tempfile.tempdir = None  # it is looked up again
    try:
        with chdir(folder):
            yield folder
    finally:
        tempfile.tempdir = temporary
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def texts_in(folder: Path) -> Iterator[str]:
    """Of each file that was left there its name and what can be read of it."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield f"the file {file.relative_to(folder)} that it left: {file.read_bytes().decode('utf-8', 'replace')}"
