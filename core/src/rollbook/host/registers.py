"""Register files: a school's marks of one school year, as Parquet that is never replaced.

A new register is a new file, named by its digest. Which file counts is said by the manifest in the database; a file
that no row of it names is left over from a run that was killed, and is swept later.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from rollbook.contract.errors import FixSettings
from rollbook.contract.files import write_whole
from rollbook.tables.schemas import MARKS, REPLACED, Schema

FOLDER = "registers"
ORDER = ["pupil", "date", "session"]
_AGE_TO_SWEEP = timedelta(days=1)


@dataclass(frozen=True)
class File:
    """A register file: its path below the folder of registers, the SHA-256 of its bytes, its number of rows."""

    path: str
    digest: str
    rows: int


class RegisterFiles:
    """The folder of registers. A dry run gives a second folder, `scratch`, into which it writes instead."""

    def __init__(self, state: Path, scratch: Path | None = None) -> None:
        self.root = state / FOLDER
        self.target = scratch or self.root

    def write_marks(self, school: int, year: int, marks: pl.DataFrame) -> File:
        """Keep a year's marks. Raises FixSettings when the disk is full or may not be written."""
        return self._write(school, year, "marks", marks.select(*MARKS).sort(ORDER))

    def write_replaced(self, school: int, year: int, replaced: pl.DataFrame) -> File:
        """Keep a year's replaced marks. Raises FixSettings likewise."""
        return self._write(
            school, year, "replaced", replaced.select(*REPLACED).sort([*ORDER, "known_to", "known_from"])
        )

    def read_marks(self, path: str, digest: str) -> pl.DataFrame:
        """A year's marks. Raises FixSettings when the file is missing or is not what was written."""
        return self._read(path, digest, MARKS)

    def read_replaced(self, path: str | None, digest: str | None) -> pl.DataFrame:
        """A year's replaced marks; none when the year has no such file. Raises FixSettings likewise."""
        if path is None or digest is None:
            return pl.DataFrame(schema=REPLACED)
        return self._read(path, digest, REPLACED)

    def sweep(self, named: Collection[str], now: datetime, *, older_than: timedelta = _AGE_TO_SWEEP) -> list[str]:
        """Remove files that no manifest names and that are too old to be a running sync's. Returns their paths."""
        before = (now - older_than).timestamp()
        strays = [
            path
            for pattern in ("*/*/*.parquet", "*/*/*.part")
            for path in self.root.glob(pattern)
            if str(path.relative_to(self.root).as_posix()) not in named and path.stat().st_mtime < before
        ]
        for path in strays:
            path.unlink(missing_ok=True)
        return sorted(path.relative_to(self.root).as_posix() for path in strays)

    def _write(self, school: int, year: int, name: str, rows: pl.DataFrame) -> File:
        buffer = io.BytesIO()
        rows.write_parquet(buffer, compression="zstd", statistics=True)
        data = buffer.getvalue()
        digest = hashlib.sha256(data).hexdigest()
        path = f"{school}/{year}/{name}-{digest[:20]}.parquet"
        try:
            (self.target / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.target / path, data, replace=True)
        except OSError as error:
            raise FixSettings(
                f"The register of school {school} could not be written to {self.target}: {error.strerror}. Make room "
                f"or give the right to write there, and sync again. What was known before still stands.",
                detail=f"errno {error.errno}",
            ) from error
        return File(path, digest, rows.height)

    def _read(self, path: str, digest: str, schema: Schema) -> pl.DataFrame:
        data = self._bytes(path)
        if hashlib.sha256(data).hexdigest() != digest:
            raise _damaged(self.root / path, "its content is not what was written")
        try:
            return pl.read_parquet(io.BytesIO(data)).select(*schema)
        except PolarsError as error:
            raise _damaged(self.root / path, "it cannot be read") from error

    def _bytes(self, path: str) -> bytes:
        for root in (self.target, self.root):
            try:
                return (root / path).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _damaged(root / path, error.strerror or "it cannot be read") from error
        raise _damaged(self.root / path, "it is missing")


def content_digest(marks: pl.DataFrame) -> str:
    """A digest of what a register says: who, when, which code; not of when it became known, nor of the run."""
    buffer = io.BytesIO()
    marks.select(*ORDER, "code").sort(ORDER).rechunk().write_ipc(buffer, compression="uncompressed")
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def _damaged(path: Path, why: str) -> FixSettings:
    return FixSettings(
        f"The register file {path} cannot be used: {why}. Restore the state's folder from a backup; nothing was "
        f"changed or sent."
    )
