"""Damage to the files that a source reads, done in place and undone: cut short, a column more, a column less."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from rollbook.testing.kit import damaged_tables
from rollbook.testing.kit.check import DoesNotApply
from rollbook.testing.kit.stage import Stage

UNKNOWN = "AnotherColumn"
_TABLES = (".csv", ".xml")
_PROGRAMS = (".exe", ".com", ".cmd", ".bat")
_Numbered: TypeAlias = list[tuple[int, list[str]]]


def files_of(stage: Stage) -> list[Path]:
    """The files that the plugin reads: those that its settings name, or in a folder that they name, or else those
    that its simulator wrote. A program, and what lies in its folder, is not read but run. Raises DoesNotApply where
    there are none, or the other end is a server.
    """
    if stage.line is not None:
        raise DoesNotApply("file that it reads")
    stage.must_not_speak_http()
    named = [path for value in _texts(stage.simulator.settings) if (path := Path(value)).is_absolute()]
    found = _to_be_read(file for path in named if path.exists() for file in _below(path))
    found = found or _to_be_read(_below(stage.folder / "simulator"))
    if not found:
        raise DoesNotApply("file that it reads")
    return sorted(set(found))


@contextmanager
def damaged(files: list[Path], change: Callable[[bytes], bytes]) -> Iterator[None]:
    """Within, each file is as `change` makes it."""
    before = {file: file.read_bytes() for file in files}
    try:
        for file, data in before.items():
            file.write_bytes(change(data))
        yield
    finally:
        for file, data in before.items():
            file.write_bytes(data)


def cut_in_the_last_row(data: bytes) -> bytes:
    """Without the second half of its last line."""
    whole = data.rstrip()
    last = len(whole) - (max(whole.rfind(b"\n"), whole.rfind(b"\r")) + 1)
    return whole[: len(whole) - max(1, last // 2)]


def cut_in_the_last_value(data: bytes) -> bytes:
    """Without its last character: a value may still look whole."""
    return data.rstrip()[:-1]


def half(data: bytes) -> bytes:
    """Its first half, which ends within a line."""
    end = len(data) // 2
    while end < len(data) and (data[end - 1 : end] in b"\r\n" or data[end : end + 1] in b"\r\n"):
        end += 1
    return data[:end]


def tables_among(files: list[Path]) -> list[Path]:
    """Those of which the columns are known. Raises DoesNotApply where there are none."""
    found = known_tables(files)
    if not found:
        raise DoesNotApply(f"file whose columns the kit can change ({', '.join(_TABLES)})")
    return found


def known_tables(files: list[Path]) -> list[Path]:
    """Those of which the columns are known, if there are any."""
    return [file for file in files if file.suffix.lower() in _TABLES]


def with_a_column(data: bytes) -> bytes:
    """A table with a column that nobody knows after its first."""
    return _changed(data, lambda rows: [[*row[:1], "new" if number else UNKNOWN, *row[1:]] for number, row in rows])


def without_column(place: int) -> Callable[[bytes], bytes]:
    """Makes a table lose the column at that place, counted from 0; a shorter one stays as it is."""
    return lambda data: _changed(data, lambda rows: [row[:place] + row[place + 1 :] for _, row in rows])


def with_shifted_rows(data: bytes) -> bytes:
    """A table in which in every third row each value stands under the heading before its own."""
    return _changed(
        data, lambda rows: [row[1:] + row[:1] if number and number % 3 == 0 else row for number, row in rows]
    )


def columns(file: Path) -> int:
    """How many columns a table has."""
    return max((len(row) for row in damaged_tables.read(file.read_bytes()).rows[:1]), default=0)


def _changed(data: bytes, change: Callable[[_Numbered], damaged_tables.Rows]) -> bytes:
    table = damaged_tables.read(data)
    return table.written(change(list(enumerate(table.rows)))) if table.rows else data


def _to_be_read(files: Iterable[Path]) -> list[Path]:
    """Those of the files that lie in no program's folder."""
    known = list(files)
    homes = {file.parent for file in known if _is_program(file)}
    return [file for file in known if file.parent not in homes]


def _is_program(file: Path) -> bool:
    return file.suffix.lower() in _PROGRAMS or (os.name != "nt" and os.access(file, os.X_OK))


def _below(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and not file.name.startswith(".")]


def _texts(settings: Any) -> Iterator[str]:
    """Every text of the settings but a secret's file."""
    if isinstance(settings, str):
        yield settings
    elif isinstance(settings, Mapping) and set(settings) not in ({"file"}, {"env"}):
        for value in settings.values():
            yield from _texts(value)
    elif isinstance(settings, list | tuple):
        for value in settings:
            yield from _texts(value)
