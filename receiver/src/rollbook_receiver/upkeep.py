"""Commands of whoever runs the receiver. Heavy parts are imported inside them."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rollbook_receiver.options import LONGEST_DAYS, Unable, database, opened

if TYPE_CHECKING:
    from rollbook_receiver.retention import Over


@click.command()
@database
def init(database: Path | str) -> None:
    """Make a new database. Beside it only `serve` makes one: to every other command a wrong name is a mistake.

    \b
    Example:
      rollbook-receiver init --database received.db
    """
    with opened(database, make=True) as store:
        if not store.made:
            raise Unable(f"{store.place} is a receiver's database already: nothing was changed.")


@click.command()
@database
def upgrade(database: Path | str) -> None:
    """Bring the database to this program's form; every other command does so too, when it opens it.

    Make a backup first, and stop the receiver: an earlier one does not know the new form.

    \b
    Example:
      rollbook-receiver upgrade --database received.db
    """
    from rollbook_receiver.tables import HEAD

    with opened(database) as store:
        if store.brought_from is None:
            click.echo(f"The database has form {HEAD}: there is nothing to do.")


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@database
def backup(path: Path, database: Path | str) -> None:
    """Copy the SQLite database to a new file PATH, while the receiver runs; the copy is read through.

    \b
    Example:
      rollbook-receiver backup received-2026-11-22.db --database received.db
    """
    from rollbook_receiver.backup import back_up
    from rollbook_receiver.new_file import NotMade

    if isinstance(database, str):
        raise Unable("This database is PostgreSQL's: pg_dump makes its backup.")
    try:
        found, held = back_up(database, path)  # not opened as the others do: that could bring it to a newer form
    except NotMade as error:
        raise Unable(str(error)) from None
    said = f"{path} is a whole copy of form {held}, with {found} messages."
    click.echo(f"{said} It names children: keep it as you keep the database.")


@click.command()
@click.option("--older-than", "days", type=click.IntRange(1, LONGEST_DAYS), metavar="DAYS", help="Else keep_days.")
@click.option("--delete", "really", is_flag=True, help="Delete it. Without this, it is only counted.")
@click.option("--by", "who", type=click.STRING, help="Your name: it is kept with what was deleted.")
@database
def purge(days: int | None, really: bool, who: str | None, database: Path | str) -> None:
    """Delete records whose last message came longer ago than the authority keeps them; nothing is left but how many.

    With them go who their pupils are, people who are nobody's pupil any more and in no list since, days, weeks and
    sessions of the regular feed, and news that no longer holds. The setting keep_days is the authority's own choice,
    and the least that is kept. Records that wait for an officer stay. Backups are not touched: delete those as old.

    \b
    Example:
      rollbook-receiver purge --database received.db
      rollbook-receiver purge --delete --by "R. Officer" --database received.db
    """
    from rollbook_receiver import audit, moments, retention, settings

    if really and not (who and who.strip() and who.isprintable() and len(who) <= 200):
        raise click.UsageError("Say who deletes: --by NAME, of 1 to 200 printable characters.")
    with opened(database) as store:
        now = moments.now()
        with store.writing() as connection:
            least = settings.value(connection, "keep_days")
            if days is not None and days < least:
                raise Unable(f"The setting keep_days is {least}: nothing that came later than that ago is deleted.")
            before = now - timedelta(days=days or least)
            if really:
                found = retention.purge(connection, before, str(who), now)
                audit.record(connection, str(who), "deleted records over their time", now, detail=_by_kind(found))
            else:
                found = retention.over(connection, before, now)
        if really and store.on_sqlite:
            retention.emptied(store.place, sqlite3.connect)
    for one in found:
        of = f"  school {one.school}" if one.school else ""
        click.echo(f"{one.kind}{of}  {one.records} records, {one.revisions} revisions")
    done = "deleted" if really else "would be deleted; --delete --by NAME does it"
    click.echo(f"{sum(one.records for one in found)} records whose last message came before {before.date()}: {done}.")


def _by_kind(found: Sequence[Over]) -> str:
    kinds = Counter[str]()
    for one in found:
        kinds[one.kind] += one.records
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "nothing"


def _day(_context: click.Context, _param: click.Parameter, value: str) -> str:
    """A day as moments begin in the log; nothing stays nothing."""
    try:
        return value and date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter("a day is written as 2026-11-22") from None


@click.command("audit")
@click.option("--since", default="", metavar="DAY", callback=_day, help="As 2026-11-22; days of UTC.")
@click.option("--about", help="A reference, or a client's id.")
@click.option("--most", default=100, show_default=True, type=click.IntRange(1, 100_000), help="How many at most.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json for a program.")
@database
def audited(since: str, about: str | None, most: int, form: str, database: Path | str) -> None:
    """Who did what when, the last first: officers who looked at pupils, clients let in and shut out, deletions.

    \b
    Example:
      rollbook-receiver audit --since 2026-11-01 --database received.db
      rollbook-receiver audit --about ABCD-EFGH-JKMN --database received.db
    """
    from rollbook_receiver import audit

    with opened(database) as store, store.reading() as connection:
        rows = [dict(row._mapping) for row in audit.entries(connection, since=since, about=about, most=most)]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        rest = [str(row[name]) for name in ("about", "school", "detail") if row[name] is not None]
        click.echo("  ".join([row["at"], row["who"], row["what"], *rest]))
