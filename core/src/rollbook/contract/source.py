"""A source: where registers come from. One instance is one connection, in one worker process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import polars as pl

from rollbook.contract.definition import (
    check_call_seconds,
    check_class,
    check_map,
    check_members,
    check_optional,
    refuse,
)
from rollbook.tables.schemas import PAGES, Table, page_schema

if TYPE_CHECKING:
    from rollbook.contract.client import Client
    from rollbook.contract.settings import Settings

_KEY = ("pupil", "date", "session")  # of a mark

Checkpoint: TypeAlias = Mapping[str, Any]
"""The plugin's own JSON object, 16 KiB at most, no personal data. What the last complete pull of the table left."""


@dataclass(frozen=True)
class Window:
    """The days that a pull asks for, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class SchoolRef:
    """A school that a credential can see. `key` is the vendor's own name for it, given back at every pull."""

    key: str
    name: str = ""
    urn: int | None = None


@dataclass(frozen=True)
class Remark:
    """One line of `check`: whether it is well, and what a technician should know or do. No pupil, no secret.

    note: whether a person should look at it though it is well, as at marks that will be set aside: it is shown as a
    note, and counted.
    """

    ok: bool
    text: str
    note: bool = False


@dataclass(frozen=True)
class Reject:
    """A row that could not be read. The host puts it in quarantine.

    `place`: file and line, or the record's number. `reason`: a sentence, without the value where it is personal.
    `kind`: a short name for counting, for example `malformed`.
    """

    place: str
    column: str
    reason: str
    kind: str = "malformed"


@dataclass(frozen=True)
class Page:
    """Some rows of a table, as the vendor has them: columns of `rollbook.tables.schemas.PAGES[table]`.

    `removed`: keys of rows that the vendor says were deleted (for marks: pupil, date, session). `origin`: the file or
    the request they came from, for messages. The host checks columns and types: a page that does not fit is
    `VendorMustAct`, and nothing of that pull is kept.
    """

    rows: pl.DataFrame
    removed: pl.DataFrame | None = None
    rejects: Sequence[Reject] = ()
    origin: str = ""

    @classmethod
    def of(
        cls,
        table: Table,
        records: Iterable[Any],
        *,
        removed: Iterable[Any] | None = None,
        rejects: Sequence[Reject] = (),
        origin: str = "",
    ) -> Page:
        """A page of `table` from typed records (structs, dataclasses) whose attributes have its columns' names.

        Made column by column. Dates may be `date` or ISO text; text that is no date becomes null, which the host sets
        aside. The column `from`, a word of Python's, may be `from_`. `removed`: records of marks that were deleted, of
        which only `pupil`, `date` and `session` are read. Raises TypeError when a record lacks a required column, or
        `removed` is given of another table.
        """
        if removed is not None and table is not Table.MARKS:
            raise TypeError(f"{table.value} are given whole: what is removed is just missing, and only marks name it")
        gone = None if removed is None else _frame(table, list(removed), _KEY)
        return cls(_frame(table, list(records), PAGES[table]), gone, rejects, origin)


def _frame(table: Table, rows: list[Any], names: Iterable[str]) -> pl.DataFrame:
    """The rows as a frame of those of the table's columns that they have; of all of them where there is no row."""
    columns: dict[str, pl.Series] = {}
    for name in names:
        column = PAGES[table][name]
        held = name if not rows or hasattr(rows[0], name) else f"{name}_" if iskeyword(name) else name
        if rows and not hasattr(rows[0], held):
            if column.required:
                raise TypeError(f"the records have no {held!r}, which the table {table.value} requires")
            continue
        columns[name] = _series(name, [getattr(row, held) for row in rows], column.dtype)
    schema = {name: dtype for name, dtype in page_schema(table).items() if name in names}
    return pl.DataFrame(columns, schema=None if rows else schema)


def _series(name: str, values: list[Any], dtype: Any) -> pl.Series:
    if dtype == pl.Date and any(isinstance(value, str) for value in values):
        texts = [value.isoformat() if isinstance(value, date) else value for value in values]
        return pl.Series(name, texts, dtype=pl.String).str.to_date("%Y-%m-%d", strict=False)
    return pl.Series(name, values, dtype=dtype)


@dataclass(frozen=True)
class Done:
    """The last thing a pull yields; without it nothing of the pull is kept.

    `checkpoint`: what to hand to the next pull. `covers`: the days for which the pull was whole, so that a mark that
    is missing there was deleted at the source; None when that cannot be said. `stated_rows`: how many rows the vendor
    said there were; those that came must be as many, with or without those set aside. `notes`: sentences of what a
    person should know of this pull, which the sync tells; no pupil, no secret.
    """

    checkpoint: Checkpoint = field(default_factory=dict)
    covers: Window | None = None
    stated_rows: int | None = None
    notes: Sequence[str] = ()


class Source(ABC):
    """What a vendor's plugin subclasses. The class is checked when it is defined: TypeError says what is missing.

    name: as in the configuration. Settings: the schema of the connection. tables: what `pull` can give; it must hold
    `pupils`, `roll` and `marks`. window_days: the longest window that the host asks for at once; a first pull is cut
    into such pieces (None: any length). simulator: "module:Class" of a stand-in for demo and tests, or None.
    code_map: the vendor's own marks -> national codes, for marks that mean the same at every school.
    call_seconds: how long one call may take where the configuration's `limits.seconds` says nothing (None: 900).

    A base class of your own that is not yet complete says so: `class Base(Source, abstract=True)`.
    """

    name: ClassVar[str]
    Settings: ClassVar[type[Settings]]
    tables: ClassVar[frozenset[Table]]
    window_days: ClassVar[int | None] = 31
    simulator: ClassVar[str | None] = None
    code_map: ClassVar[Mapping[str, str]] = {}
    call_seconds: ClassVar[int | None] = None

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if abstract:
            return
        check_class(cls, name=str, Settings=type, tables=frozenset)
        check_members(cls, "tables", Table)
        check_optional(cls, "window_days", int)
        check_optional(cls, "simulator", str)
        check_map(cls, "code_map")
        check_call_seconds(cls)
        refuse(cls, _table_mistakes(cls.tables) + _window_mistakes(cls.window_days))

    def __init__(self, settings: Mapping[str, Any], client: Client) -> None:
        self.settings = settings
        self.client = client

    @abstractmethod
    def check(self) -> Iterator[Remark]:
        """A narrow real read: can we sign in, may we read, what is the newest session. Sends nothing, keeps nothing.

        May raise any `Problem`; the host prints its sentence as a failed line.
        """

    @abstractmethod
    def schools(self) -> list[SchoolRef]:
        """The schools that this credential can see. May raise any `Problem`."""

    @abstractmethod
    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        """Pages of `table` for `school`, then one `Done`. `checkpoint` is None at the first pull.

        For `marks`, rows outside `window` are ignored. Other tables are given whole, as they stand now.
        Zero rows of marks for a school that was open is a failure of that school, not "nobody absent".
        Raises: `RetryLater`, `NeedsCredentials`, `FixSettings`, `VendorMustAct`. After any of them, and after an end
        without `Done`, the host keeps what it had and marks the school failed.
        """


def _table_mistakes(tables: frozenset[Table]) -> list[str]:
    missing = sorted({Table.PUPILS, Table.ROLL, Table.MARKS} - tables)
    strays = sorted(tables - set(PAGES))
    mistakes = [f"tables lacks {', '.join(missing)}: a source gives pupils, roll and marks"] if missing else []
    return mistakes + [f"tables holds {stray}, of which there are no pages" for stray in strays]


def _window_mistakes(days: int | None) -> list[str]:
    return [f"window_days is {days}: at least 1, or None"] if days is not None and days < 1 else []
