"""Commands for what the authority tells its schools. Heavy parts are imported inside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rollbook_receiver.officer import by, deciding, form
from rollbook_receiver.options import Unable, database, opened

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

AGAIN = "A backup was restored: tell it again, under the same id, what was told since the backup and still holds."
KINDS = {"notice-outcome": "notice_outcome", "flags": "pupil_flags", "contacts": "named_contacts"}
_LISTS, _NUMBERS = ("contacts",), ("request.episode",)


@click.group()
def news() -> None:
    """What the authority tells its schools: they ask for it."""


@news.command("list")
@click.option("--school", type=click.IntRange(100_000, 999_999), help="Only this school, by its URN.")
@form
@database
def list_(school: int | None, form: str, database: Path | str) -> None:
    """What each school was told last of each thing, and who has fetched it. It names no pupil.

    \b
    Example:
      rollbook-receiver news list --school 100001 --database received.db
    """
    from rollbook_receiver import news as told

    with opened(database) as store, store.reading() as connection:
        rows = [_row(row) for row in told.listed(connection, school)]
        asked = [dict(row._mapping) for row in told.fetched(connection, school)]
        lost = [dict(row._mapping) for row in told.lost(connection, school)]
    for row in rows:
        row["fetched"] = any(one["school"] == row["school"] and one["has"] >= row["number"] for one in asked)
    if form == "json":
        click.echo(json.dumps({"news": rows, "asked": asked, "lost": lost}, ensure_ascii=False))
        return
    for row in rows:
        what = f"school {row['school']}  {row['number']}  {row['kind']}  {row['id']}  {row['state']} {row['at']}"
        click.echo(f"{what}  {'fetched' if row['fetched'] else 'not fetched yet'}")
    for one in asked:
        click.echo(f"school {one['school']}: {one['name']} has all up to {one['has']}; it last asked {one['at']}")
    for one in lost:
        click.echo(f"school {one['school']}: on {one['at']} it had news that is not here ({one['detail']}). {AGAIN}")
    if not rows:
        click.echo("No school was told anything.")


def _row(held: Row[Any]) -> dict[str, Any]:
    action = json.loads(held.body)["action"]
    state = {"send": "told", "amend": "amended", "withdraw": "withdrawn"}[action]
    said = {"school": held.school, "number": held.number, "kind": held.kind, "id": held.name}
    return {**said, "revision": held.revision, "state": state, "at": held.at, "who": held.who}


@news.command()
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@by
@database
def add(kind: str, file: Path, who: str, database: Path | str) -> None:
    """Tell schools what a CSV file in UTF-8 says: all of it, or nothing. A name that a school knows is amended.

    Days are 2017-03-09 or 09/03/2017.

    Columns: school (URN), id (the authority's own name of the thing), reason (with what is known already), and the
    feed's fields with a dot between: pupil.surname, notice.issued, held.flag, contacts.name and so on. Rows of one
    school and id are one piece of news with several contacts.

    \b
    Example:
      rollbook-receiver news add flags flags.csv --by "R. Officer" --database received.db
    """
    from rollbook_receiver import clients

    pieces = _pieces(file)
    with opened(database) as store, store.writing() as connection:
        deciding(connection, who)
        schools = {piece[0] for piece in pieces}
        if nobody := sorted(schools - clients.spoken_for(connection, schools)):
            raise Unable(
                f"Nothing was told: no client speaks for school {', '.join(map(str, nobody))}. Is the URN right?"
            )
        _tell(connection, [(KINDS[kind], *piece) for piece in pieces], who)
    click.echo(f"{len(pieces)} told. Schools get it when they next ask.")


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
    from rollbook_receiver import clients
    from rollbook_receiver import news as told

    with opened(database) as store, store.writing() as connection:
        deciding(connection, who)
        if not told.was_told(connection, KINDS[kind], school, name):
            raise Unable(f"School {school} was told no {kind} {name}: `rollbook-receiver news list` has them.")
        _tell(connection, [(KINDS[kind], school, name, {"reason": reason}, "")], who)
        heard = clients.spoken_for(connection, [school])
    click.echo("1 told. Schools get it when they next ask.")
    if not heard:
        click.echo(
            f"No client speaks for school {school} now: whoever had it is not told of this. Tell them.", err=True
        )


def _tell(connection: Connection, pieces: list[tuple[str, int, str, dict[str, Any], str]], who: str) -> None:
    from rollbook_receiver import audit, moments
    from rollbook_receiver import news as told

    wrong = []
    for kind, school, name, content, where in pieces:
        try:
            told.tell(connection, kind, school, name, content, who, moments.now())
        except told.CannotTell as error:
            wrong.append(f"{where}{error}")
    if wrong:
        raise Unable("Nothing was told. " + " | ".join(wrong[:20]))
    audit.record(connection, who, "told schools news", moments.now(), detail=f"{len(pieces)} pieces")


def _pieces(file: Path) -> list[tuple[int, str, dict[str, Any], str]]:
    """School, id, content, and where in the file it stands."""
    from rollbook_receiver import lines

    try:
        head, rows = lines.read(file)
    except lines.CannotRead as error:
        raise Unable(f"Nothing was told. {error}") from None
    _right_columns(head)
    made: dict[tuple[int, str], tuple[int, str, dict[str, Any], str]] = {}
    for number, row in rows:
        school = row.pop("school", "")
        if len(school) != 6 or not school.isascii() or not school.isdecimal():
            raise Unable(f"Nothing was told. Line {number}: school is a URN of six digits.")
        name = row.pop("id", "")
        piece = made.setdefault((int(school), name), (int(school), name, {}, f"line {number} "))
        if piece[2] and not set(piece[2]) & set(_LISTS):
            raise Unable(f"Nothing was told. Line {number} has the school and id of another line.")
        _fill(piece[2], row)
    return list(made.values())


def _right_columns(names: Sequence[str]) -> None:
    if both := sorted({name.partition(".")[0] for name in names if "." in name} & set(names)):
        raise Unable(f"Nothing was told. {both[0]} has columns of its own, as {both[0]}.name: take its own column out.")


def _fill(content: dict[str, Any], row: dict[str, str]) -> None:
    """Put a row's fields where their names say; what is empty is left out."""
    from rollbook_receiver import lines

    told = {path: text for path, text in row.items() if text}
    item: dict[str, Any] = {}
    for path, text in told.items():
        part, _, field = path.partition(".")
        value = int(text) if path in _NUMBERS and text.isascii() and text.isdecimal() else lines.iso(text) or text
        if not field:
            content[part] = value
        elif part in _LISTS:
            item[field] = value
        else:
            content.setdefault(part, {})[field] = value
    if item:
        content.setdefault(_LISTS[0], []).append(item)
