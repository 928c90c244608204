"""What was put into the folder: a line of JSON for each step, only ever added to. No pupil is named in it.

A message has a line before its file is written (`begun`, with the file's name and the SHA-256 of its bytes) and one
after (`done`). So whatever ends us in between, the next one sees whether the file is there, and makes no second.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rollbook.contract import FixSettings, Key

NAME: Final = "transfer-files.jsonl"
BEGUN, DONE = "begun", "done"


@dataclass(frozen=True)
class Entry:
    """A line. `digest`: of the message's content. `file`: its name; empty for a withdrawal. `replaces`: names of files
    that were put here before under the key, and are not to be uploaded any more. `said`: what of the message is not in
    the file: the school's URN, the last day on the roll, what it rests on, the reason of an amendment or a withdrawal.
    """

    key: str
    revision: int
    action: str
    state: str
    digest: str
    at: str
    file: str = ""
    sha256: str = ""
    replaces: tuple[str, ...] = ()
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """When it was written."""
        return datetime.fromisoformat(self.at)


class Manifest:
    """The lines of a folder, as they are now. of: what they are of, in a sentence about one that is damaged."""

    def __init__(self, folder: Path, *, name: str = NAME, of: str = "transfer files") -> None:
        """Raises FixSettings for a folder that cannot be read, and for a damaged line."""
        self.path, self._of = folder / name, of
        self.entries = self._read()

    def of_key(self, key: Key | str) -> list[Entry]:
        """The newest line of each revision of a key, by revision."""
        newest = {entry.revision: entry for entry in self.entries if entry.key == str(key)}
        return [newest[revision] for revision in sorted(newest)]

    def names(self) -> set[str]:
        """Every file's name that was ever given out."""
        return {entry.file for entry in self.entries if entry.file}

    def overtaken(self) -> set[str]:
        """The files that are not to be uploaded any more: withdrawn, or another took their place."""
        return {name for entry in self.entries if entry.state == DONE for name in entry.replaces}

    def add(self, entry: Entry) -> None:
        """Add a line, and have it on the disk. Raises OSError."""
        line = json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":")) + "\n"
        with self.path.open("ab") as file:
            file.truncate(self._whole)  # what a killed process left of a line
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
        self._whole += len(line.encode())
        self.entries.append(entry)

    def _read(self) -> list[Entry]:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError as error:
            raise FixSettings(f"{self.path} cannot be read: {error.strerror}. Give Rollbook the right to.") from None
        self._whole = data.rfind(b"\n") + 1
        lines = data[: self._whole].splitlines()
        return [self._entry(number, line) for number, line in enumerate(lines, start=1)]

    def _entry(self, number: int, line: bytes) -> Entry:
        try:
            row = json.loads(line)
            entry = Entry(**{**row, "replaces": tuple(row["replaces"])})
            sound = entry.moment.tzinfo is not None and isinstance(entry.revision, int)
        except (ValueError, TypeError, KeyError):
            sound = False
        if not sound:
            raise FixSettings(
                f"Line {number} of {self.path} is damaged, and nothing was written. It says which {self._of} were "
                f"made: restore it from a backup, or give the destination another folder."
            )
        return entry
