"""Commands for what the authority tells its schools. Heavy parts are imported inside them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import click

from rollbook_receiver.officer import by
from rollbook_receiver.options import Unable, database, opened

KINDS = {"notice-outcome": "notice_outcome", "flags": "pupil_flags", "contacts": "named_contacts"}
_LISTS, _NUMBERS = ("contacts",), ("request.episode",)


@click.group()
def news() -> None:
    """What the authority tells its schools: they ask for it."""


@news.command()
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@by
@database
def add(kind: str, file: Path, who: str, database: Path | str) -> None:
    """Tell schools what a CSV file in UTF-8 says: all of it, or nothing. A name that a school knows is amended.

    Columns: school (URN), id (the authority's own name of the thing), reason (with what is known already), and the
    feed's fields with a dot between: pupil.surname, notice.issued, held.flag, contacts.name and so on. Rows of one
    school and id are one piece of news with several contacts.

    \b
    Example:
      rollbook-receiver news add flags flags.csv --by "R. Officer" --database received.db
    """
    pieces = _pieces(file)
    _tell([(KINDS[kind], *piece) for piece in pieces], who, database)


@news.command()
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option("--school", required=True, type=click.IntRange(100_000, 999_999), help="The school's URN.")
@click.option("--id", "name", required=True, help="The authority's own name of the thing.")
@click.option("--reason", required=True, help="Why it no longer holds: no pupil's name.")
@by
@database
def withdraw(kind: str, school: int, name: str, reason: str, who: str, database: Path | str) -> None:
    """Take back what a school was told.

    \b
    Example:
      rollbook-receiver news withdraw flags --school 100001 --id F-12 --reason "The order ended." \\
        --by "R. Officer" --database received.db
    """
    _tell([(KINDS[kind], school, name, {"reason": reason}, "")], who, database)


def _tell(pieces: list[tuple[str, int, str, dict[str, Any], str]], who: str, database: Path | str) -> None:
    from rollbook_receiver import audit, moments
    from rollbook_receiver import news as told

    wrong = []
    with opened(database) as store, store.writing() as connection:
        for kind, school, name, content, where in pieces:
            try:
                told.tell(connection, kind, school, name, content, who, moments.now())
            except told.CannotTell as error:
                wrong.append(f"{where}{error}")
        audit.record(connection, who, "told schools news", moments.now(), detail=f"{len(pieces)} pieces")
        if wrong:
            raise Unable("Nothing was told. " + " | ".join(wrong[:20]))
    click.echo(f"{len(pieces)} told. Schools get it when they next ask.")


def _pieces(file: Path) -> list[tuple[int, str, dict[str, Any], str]]:
    """School, id, content, and where in the file it stands."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines, strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise Unable(f"{file.name} cannot be read: save it as CSV UTF-8.") from None
    made: dict[tuple[int, str], tuple[int, str, dict[str, Any], str]] = {}
    for number, row in enumerate(rows, start=2):
        school = (row.pop("school", "") or "").strip()
        if len(school) != 6 or not school.isascii() or not school.isdecimal():
            raise Unable(f"Nothing was told. Line {number}: school is a URN of six digits.")
        name = (row.pop("id", "") or "").strip()
        piece = made.setdefault((int(school), name), (int(school), name, {}, f"line {number} "))
        if piece[2] and not set(piece[2]) & set(_LISTS):
            raise Unable(f"Nothing was told. Line {number} has the school and id of another line.")
        _fill(piece[2], row)
    return list(made.values())


def _fill(content: dict[str, Any], row: dict[str | Any, Any]) -> None:
    """Put a row's fields where their names say; what is empty is left out."""
    told = {str(path): text.strip() for path, text in row.items() if isinstance(text, str) and text.strip()}
    item: dict[str, Any] = {}
    for path, text in told.items():
        part, _, field = path.partition(".")
        value = int(text) if path in _NUMBERS and text.isascii() and text.isdecimal() else text
        if not field:
            content[part] = value
        elif part in _LISTS:
            item[field] = value
        else:
            content.setdefault(part, {})[field] = value
    if item:
        content.setdefault(_LISTS[0], []).append(item)
