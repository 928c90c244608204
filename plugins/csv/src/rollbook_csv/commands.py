"""`rollbook csv`, which the entry point group `rollbook.commands` adds to Rollbook's commands. Loads click alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rollbook_csv.profiling.proposal import Proposal

STRING_DAYS = ("weekdays", "all", "open")


@click.group("csv")
def command() -> None:
    """Exported files: see how they are written."""


@command.command("profile")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH", help="Write it here, as larkspur.toml.")
@click.option("--date-form", metavar="FORM", help="How days are written, e.g. dd/mm/yyyy: it is never guessed.")
@click.option("--string-days", type=click.Choice(STRING_DAYS), help="Which days a string of marks counts.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
)
def profile(file: Path, out: Path | None, date_form: str | None, string_days: str | None, form: str) -> int:
    """Look at FILE and propose a profile: settings for a connection.

    It says what it found, shows ten marks without any pupil, and what it is not sure of. It never decides by itself
    whether 01/02 is in January or in February: it shows both readings and asks, or leaves date_form blank and ends
    with 1. FILE may be the folder that holds marks.csv. Nothing is kept but PATH, which must not be there yet
    and is written once nothing of the profile is open.

    \b
    Example:
      rollbook csv profile drop/larkspur/marks.csv
      rollbook csv profile marks.csv --date-form dd/mm/yyyy --out larkspur.toml
    """
    from rollbook_csv.profiling.command import file_in, known_form, not_there, to_say, write

    not_there(out)
    path, given = file_in(file)
    given |= {"date_form": known_form(date_form), "string_days": string_days or ""}
    found = _asked(path, given, ask=form == "text" and _on_terminal())
    _print(found, form, out if found.settled else None)
    if out is not None and found.settled:
        write(found, out)
        if form == "text":
            click.echo(f"\nWrote {out}.")
    elif out is not None:
        click.echo(f"{out} was not written, for the profile is not finished.{to_say(found)}", err=True)
    for reason in found.unfinished:
        click.echo(f"Not finished: {reason}", err=True)
    return 0 if found.complete else 1


def _asked(path: Path, given: dict[str, str], *, ask: bool) -> Proposal:
    """The proposal, once a person has said what only a person can say; what stays blank stays blank."""
    from rollbook_csv.profiling.command import ask_for
    from rollbook_csv.profiling.proposal import propose

    given = {name: value for name, value in given.items() if value}
    found = propose(path, given)
    if not ask or not found.asked:
        return found
    return propose(path, {**given, **ask_for(found)})


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _print(found: Proposal, form: str, out: Path | None) -> None:
    from rollbook_csv.profiling.said import as_data, as_text
    from rollbook_csv.profiling.written import as_toml

    if form == "json":
        import json

        click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=2))
        return
    click.echo(as_text(found))
    if out is None:
        click.echo("\nThe profile (--out NAME.toml writes it)\n")
        click.echo(as_toml(found), nl=False)
