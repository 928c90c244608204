"""The command that writes the summaries of a school's weeks to a file. Heavy parts are imported inside it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rollbook_receiver.officer import by
from rollbook_receiver.options import Unable, database, opened

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIGURES = ("pupils", "possible", "attended", "authorised", "unauthorised")
_COLUMNS = ("school", "week", "as_of", "revision", "year_group", "cohort", "suppressed", *_FIGURES)


@click.group()
def weeks() -> None:
    """The summaries of weeks that schools sent."""


@weeks.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--school", required=True, type=click.IntRange(100_000, 999_999), help="The school's URN.")
@by
@database
def export(path: Path, school: int, who: str, database: Path | str) -> None:
    """Write the newest summary of each of a school's weeks to a new CSV file PATH in UTF-8, a line a group.

    A group that the school suppressed has no figures. The file is for its owner alone, and overwrites nothing.

    \b
    Example:
      rollbook-receiver weeks export weeks.csv --school 100001 --by "R. Officer" --database received.db
    """
    from rollbook_receiver import audit, moments, regular
    from rollbook_receiver.new_file import NotMade, new_file

    with opened(database) as store, store.writing() as connection:
        bodies = regular.weeks(connection, school)
        if not bodies:
            raise Unable(f"School {school} sent no week: no file was made.")
        try:
            with new_file(path) as part:
                _write(part, bodies)
        except NotMade as error:
            raise Unable(str(error)) from None
        except OSError as error:
            raise Unable(f"{path} was not made: {error.strerror}. Is there room on the disk?") from None
        audit.record(connection, who, "wrote weeks to a file", moments.now(), school=school)
    click.echo(f"{path} has {len(bodies)} {'week' if len(bodies) == 1 else 'weeks'}.")


def _write(part: Path, bodies: Iterable[dict[str, Any]]) -> None:
    with part.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, _COLUMNS)
        lines.writeheader()
        for body in bodies:
            of_week = {name: body[name] for name in ("school", "week", "as_of", "revision")}
            lines.writerows(of_week | row for row in body["rows"])
