"""One table of a folder of files: found, read as CSV or Parquet, its columns taken for what they must be."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rollbook.contract.errors import FixSettings
from rollbook.tables.schemas import Kind, Schema

PLACE = "_place"


@dataclass(frozen=True)
class FileColumn:
    """A column of a file: its type once read, whether the file must have it, whether each row needs a value."""

    dtype: Kind
    what: str
    needed: bool = True
    filled: bool = True
    values: Mapping[str, object] | None = None  # what may be written -> what it is


@dataclass(frozen=True)
class FileTable:
    """The rows of a file, with the line of each in the column `PLACE`."""

    file: Path
    rows: pl.DataFrame

    def refuse(self, bad: pl.Expr, column: str, why: str) -> None:
        """Raises `FixSettings`, naming file, line and column, if `bad` is true of a row. No value is repeated."""
        found = self.rows.filter(bad)
        if len(found):
            word = "row" if self.file.suffix == ".parquet" else "line"
            more = f" ({len(found) - 1} more rows are like it)" if len(found) > 1 else ""
            place = int(found.select(pl.col(PLACE).min()).item())
            raise FixSettings(f"{self.file}, {word} {place}, column {column}: {why}{more}")

    def refuse_strangers(self, known: pl.DataFrame, on: Sequence[str], other: str) -> None:
        """Raises `FixSettings` if a row names what the table `other` does not have."""
        strangers = self.rows.join(known, on=list(on), how="anti")
        FileTable(self.file, strangers).refuse(pl.lit(True), on[-1], f"the table of {other} has no such {on[-1]}")

    def refuse_twice(self, *key: str) -> None:
        """Raises `FixSettings` if two rows have the same key; the line is that of the second."""
        again = self.rows.filter(pl.struct(key).is_duplicated())
        FileTable(self.file, again).refuse(
            ~pl.struct(key).is_first_distinct(), key[-1], f"this {key[-1]} is there twice"
        )


def read_table(folder: Path, name: str, columns: Mapping[str, FileColumn], *, optional: bool = False) -> FileTable:
    """The table `name` of a folder. Raises `FixSettings` when it is missing (unless `optional`), lacks a column or has
    a value that is not what the column holds.
    """
    files = [file for file in (folder / f"{name}.csv", folder / f"{name}.parquet") if file.is_file()]
    if not files and optional:
        schema: Schema = {column: of.dtype for column, of in columns.items()} | {PLACE: pl.UInt32}
        return FileTable(folder / f"{name}.csv", pl.DataFrame(schema=schema))
    if not files:
        raise FixSettings(f"{folder}: there is no {name}.csv, nor {name}.parquet")
    if len(files) > 1:
        raise FixSettings(f"{folder}: there are both {name}.csv and {name}.parquet; take one of them away")
    raw = _read_csv(files[0]) if files[0].suffix == ".csv" else _read_parquet(files[0])
    missing = [column for column, of in columns.items() if of.needed and column not in raw.columns]
    if missing:
        raise FixSettings(f"{files[0]}: has no column {', '.join(missing)}")
    return _taken(FileTable(files[0], raw), columns)


def _taken(table: FileTable, columns: Mapping[str, FileColumn]) -> FileTable:
    read: dict[str, pl.Expr | pl.Series] = {}
    for name, column in columns.items():
        if name not in table.rows.columns:
            read[name] = pl.lit(None, dtype=column.dtype)
            continue
        written = table.rows.get_column(name)
        value = _value(written, column)
        both = FileTable(table.file, table.rows.select(PLACE, raw=written, value=value))
        if column.filled:
            both.refuse(pl.col("raw").is_null(), name, f"is empty; {column.what} is needed")
        both.refuse(pl.col("raw").is_not_null() & pl.col("value").is_null(), name, f"is not {column.what}")
        read[name] = value.alias(name)
    return FileTable(table.file, table.rows.select(PLACE, **read))


def _value(written: pl.Series, column: FileColumn) -> pl.Series:
    if written.dtype == column.dtype and column.values is None:
        return written
    text = written.cast(pl.String)
    if column.values is not None:
        return text.str.to_lowercase().replace_strict(column.values, default=None, return_dtype=column.dtype)
    if column.dtype == pl.Date:
        return text.str.to_date("%Y-%m-%d", strict=False)
    return text.cast(column.dtype, strict=False)


def _read_csv(file: Path) -> pl.DataFrame:
    try:
        raw = pl.read_csv(file, infer_schema=False, row_index_name=PLACE, row_index_offset=2)
    except pl.exceptions.NoDataError:
        raise FixSettings(f"{file}: is empty; its first line must name the columns") from None
    except (pl.exceptions.PolarsError, OSError):
        raise FixSettings(f"{file}: {_why(file)}") from None
    names = [name for name in raw.columns if name != PLACE]
    rows = raw.with_columns(pl.col(names).str.strip_chars().replace("", None))
    if rows.get_column(names[-1]).null_count() and (line := _short_line(file)):
        raise FixSettings(f"{file}, line {line}: has fewer values than the header; the file may be cut off")
    return rows.filter(~pl.all_horizontal(pl.col(names).is_null()))


def _read_parquet(file: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(file).with_row_index(PLACE, offset=1)
    except (pl.exceptions.PolarsError, OSError):
        raise FixSettings(f"{file}: cannot be read as Parquet; it may be cut off") from None


def _why(file: Path) -> str:
    """Why a CSV file cannot be read, and where; without anything that stands in it."""
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        return f"line {number} is not UTF-8; save the file as CSV UTF-8"
    except OSError:
        return "cannot be opened"
    place = _short_line(file, longer=True)
    return (
        f"line {place} has more values than the header" if place else "is not in the form of CSV: look for a lone quote"
    )


def _short_line(file: Path, *, longer: bool = False) -> int | None:
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        width = len(next(rows))
        for row in rows:
            if row and (len(row) > width if longer else len(row) < width):
                return rows.line_num
    return None
