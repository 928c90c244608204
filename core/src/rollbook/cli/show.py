"""How results are printed: tables for people, JSON for programs; colours and frames on a terminal alone."""

from __future__ import annotations

import dataclasses
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

import click

Row = Sequence[Any]
NOTHING = "-"


def on_terminal() -> bool:
    """Whether a person is looking: then tables have frames, and long work a progress bar."""
    return sys.stdout.isatty()


def say(text: str = "") -> None:
    """A line for people."""
    click.echo(text)


def wrapped(text: str, width: int | None = None) -> None:
    """A line for people: broken between words where it is wider than `width`, by default that of the terminal."""
    if width is None and not on_terminal():
        say(text)
        return
    import shutil
    import textwrap

    indent = " " * (len(text) - len(text.lstrip()) + 2)
    most = width or shutil.get_terminal_size().columns
    say(textwrap.fill(text, most, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))


def heading(text: str) -> None:
    """A line that begins a part of what is printed."""
    click.echo()
    click.secho(text, bold=True)


def table(columns: Sequence[str], rows: Iterable[Row], *, otherwise: str) -> None:
    """A table; `otherwise` is the sentence for when there is nothing in it. A column of numbers is set to the right."""
    cells = [[cell(value) for value in row] for row in rows]
    if not cells:
        say(otherwise)
        return
    right = [_are_numbers([row[n] for row in cells]) for n in range(len(columns))]
    if on_terminal():
        _framed(columns, cells, right)
    else:
        _plain(columns, cells, right)


def fields(row: Any) -> None:
    """A dataclass as a line a field, `name: value`."""
    for field in dataclasses.fields(row):
        say(f"{field.name.replace('_', ' ')}: {cell(getattr(row, field.name))}")


def _plain(columns: Sequence[str], cells: list[list[str]], right: list[bool]) -> None:
    lines = [[column.upper() for column in columns], *cells]
    widths = [max(len(line[n]) for line in lines) for n in range(len(columns))]
    for line in lines:
        parts = [
            text.rjust(width) if r else text.ljust(width) for text, width, r in zip(line, widths, right, strict=True)
        ]
        say("  ".join(parts).rstrip())


def _framed(columns: Sequence[str], cells: list[list[str]], right: list[bool]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    words = [max(len(word) for text in column for word in text.split()) for column in zip(columns, *cells, strict=True)]
    if sum(words) + 3 * len(words) > console.width:  # a word would have to be cut, and half a date says nothing
        _blocks(columns, cells, console.width)
        return
    frame = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, is_right, longest in zip(columns, right, words, strict=True):
        frame.add_column(column, justify="right" if is_right else "left", min_width=longest)
    for row in cells:
        frame.add_row(*(Text(text) for text in row))
    console.print(frame)


def _blocks(columns: Sequence[str], cells: list[list[str]], width: int) -> None:
    """A row as a short paragraph, for a terminal too narrow for the table."""
    for row in cells:
        told = [f"{column} {text}" for column, text in zip(columns, row, strict=True) if text != NOTHING]
        wrapped(", ".join(told), width)


def cell(value: Any) -> str:
    """A value as a person reads it. Control characters, which could rewrite a terminal's lines, are taken out."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, Mapping):
        return cell(", ".join(f"{key} {cell(one)}" for key, one in value.items()))
    if isinstance(value, tuple | list | set | frozenset):
        return cell(", ".join(cell(one) for one in value))
    return "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in str(value))


def _are_numbers(texts: list[str]) -> bool:
    written = [text for text in texts if text != NOTHING]
    return bool(written) and all(text.lstrip("-").replace(".", "", 1).isdigit() for text in written)


def as_json(value: Any) -> None:
    """`value` as one JSON document: dataclasses as objects, dates and moments in ISO form."""
    say(json.dumps(plain(value), indent=2, ensure_ascii=False))


def plain(value: Any) -> Any:
    """`value` in the types that JSON has."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
