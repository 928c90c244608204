"""What the commands share: where the database is, and how a command ends that could do nothing."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from rollbook_receiver.store import Store

NOT_UNDERSTOOD, NOTHING_DONE = 2, 4  # exit statuses, the same as Rollbook's own
LONGEST_DAYS = 36_525  # a hundred years: the longest that anything is kept by a setting
VARIABLE = "ROLLBOOK_RECEIVER_DATABASE"
_PASSWORD = re.compile(r"://[^/@]*:[^@]*@|[?&]password=")


def is_url(place: str) -> bool:
    """Whether it is PostgreSQL's URL; else it is a path."""
    return place.startswith(("postgresql:", "postgresql+psycopg:", "postgres:"))


class Unable(click.ClickException):
    """Nothing could be done."""

    exit_code = NOTHING_DONE


class Place(click.ParamType[Path | str]):
    """A file of SQLite's, or PostgreSQL's URL."""

    name = "path or url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        """As `Store` takes it. A password among a command's words is refused: everybody at the machine can read it."""
        if isinstance(value, Path) or not is_url(value):
            return Path(value)
        source = ctx.get_parameter_source(str(param.name)) if ctx and param else None
        if _PASSWORD.search(value) and source is not ParameterSource.ENVIRONMENT:
            self.fail(f"no password among a command's words: put the URL in {VARIABLE}, or the password in PGPASSWORD")
        return str(value)


def named(database: Path | str | None) -> Path | str:
    """The database of a bare group, which shows its list: its commands ask for theirs. Raises UsageError for none."""
    if database is None:
        raise click.UsageError("Name the database: --database PATH.")
    return database


class Address(click.ParamType[str]):
    """An IP address, as a peer has it."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """In its usual form."""
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            self.fail("not an IP address as 10.0.0.7", param, ctx)


WORDS = f"The SQLite file to keep all in, or a PostgreSQL URL; else the variable {VARIABLE}."
database = click.option("--database", required=True, type=Place(), envvar=VARIABLE, help=WORDS)


@contextmanager
def opened(place: Path | str, *, make: bool = False) -> Iterator[Store]:
    """The database, open, in the newest form; whoever runs the command is told when it was brought to it, or made.

    Raises Unable.
    """
    from rollbook_receiver.store import CannotOpen, Store
    from rollbook_receiver.tables import HEAD

    try:
        store = Store(place, make=make)
    except CannotOpen as error:
        raise Unable(str(error)) from None
    try:
        if store.made:
            click.echo(f"A new database was made: {store.place}", err=True)
        if store.brought_from is not None:
            click.echo(f"The database was brought from form {store.brought_from} to form {HEAD}.", err=True)
        yield store
    finally:
        store.close()
