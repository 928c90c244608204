"""The command that finds a person of the authority by name. Heavy parts are imported inside it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rollbook_receiver.officer import by
from rollbook_receiver.options import Unable, database, opened

if TYPE_CHECKING:
    from rollbook_receiver.likeness import Person


def at_a_terminal() -> bool:
    """Whether a person reads what is printed, and no file or log keeps it."""
    return sys.stdout.isatty()


@click.command()
@by
@click.option("--most", default=20, show_default=True, type=click.IntRange(1, 100), help="How many at most.")
@database
def find(who: str, most: int, database: Path | str) -> None:
    """Find people of the authority by name, UPN or reference: it asks for that, for others at the machine can read a
    command's words. It names children: to a terminal alone, and the log of who did what says that you looked.

    \b
    Example:
      rollbook-receiver pupils find --by "R. Officer" --database received.db
    """
    from rollbook_receiver import audit, known_people, moments
    from rollbook_receiver.officer import deciding

    if not at_a_terminal():
        raise Unable("It names children, and prints to a terminal alone.")
    text = click.prompt("Name, UPN or reference").strip()
    if not text.replace(",", " ").split() or not text.isprintable():
        raise Unable("Nothing was asked for: type a name, a UPN or a reference.")
    with opened(database) as store, store.writing() as connection:
        deciding(connection, who)
        found = known_people.look_for(connection, text, most + 1)
        audit.record(connection, who, "looked for people", moments.now(), detail=f"{min(len(found), most)} shown")
    for one in found[:most]:
        click.echo(_line(one))
    if not found:
        click.echo("Nobody.")
    if len(found) > most:
        click.echo(f"There are more than {most}: type more of the name.")


def _line(one: Person) -> str:
    told = one.told
    known = [f"UPN {told.upn}" if told.upn else "", f"reference {one.reference}" if one.reference else ""]
    words = ", ".join([f"{told.surname}, {told.forename}", f"born {told.dob}", *filter(None, known)])
    return f"person {one.id}: {''.join(c for c in words if c.isprintable())}"
