"""What `rollbook csv profile` does around a proposal: finds the file, asks a person, and writes the profile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from rollbook.contract import FixSettings
from rollbook_csv.commands import STRING_DAYS
from rollbook_csv.folder_form import FILES, SHAPE
from rollbook_csv.profiling.proposal import Proposal
from rollbook_csv.profiling.said import question
from rollbook_csv.profiling.string_days import readings
from rollbook_csv.profiling.written import as_toml
from rollbook_csv.values import DATE_FORMS


def file_in(path: Path) -> tuple[Path, dict[str, str]]:
    """The file itself, or that of the marks in a folder, with the shape where the folder says it.

    Raises FixSettings when there is no such file.
    """
    try:
        if not path.is_dir():
            return path, {}
        names = {entry.name.casefold(): entry for entry in path.iterdir() if entry.is_file()}
    except OSError as error:
        raise FixSettings(
            f"{path} cannot be read ({error.strerror}): correct the path, or let this account read it."
        ) from None
    marks = next((names[name] for name in ("marks.csv", "marks.xlsx", "marks.ods") if name in names), None)
    if marks is None:
        raise FixSettings(f"{path} is a folder without a file marks.csv: name the file that holds the marks.")
    return marks, {"shape": SHAPE} if names.keys() >= set(FILES) else {}


def known_form(given: str | None) -> str:
    """The form of days that was stated. Raises click.BadParameter when it is none that is read."""
    if given and given not in DATE_FORMS:
        raise click.BadParameter(f"it is one of: {', '.join(DATE_FORMS)}.", param_hint="--date-form")
    return given or ""


def ask_for(found: Proposal) -> dict[str, str]:
    """What a person says at prompts: a form of days, after both readings were shown, and what a string counts."""
    answers = {}
    if "date_form" in found.asked and found.days.forms:
        click.echo(question(found.days, found.written_days) + "\n", err=True)
        answers["date_form"] = _choice("date_form", found.days.forms)
    if "string_days" in found.asked:
        click.echo("Which days does a string of marks count?", err=True)
        for one in readings(found):
            click.echo(f"  {one.told()}", err=True)
        answers["string_days"] = _choice("string_days", STRING_DAYS)
    return answers


def _choice(name: str, choices: Sequence[str]) -> str:
    allowed = click.Choice(["", *choices])
    text = f"{name}: {', '.join(choices)}, or nothing to leave it blank"
    answer: str = click.prompt(text, type=allowed, default="", show_default=False, show_choices=False, err=True)
    return answer


def to_say(found: Proposal) -> str:
    """What to add to the command, where a setting is left to a person."""
    choices = {"date_form": found.days.forms or list(DATE_FORMS), "string_days": STRING_DAYS}
    said = [f"--{name.replace('_', '-')} {' or '.join(choices[name])}" for name in found.asked if name in choices]
    return f" Add to the command: {', and '.join(said)}." if said else ""


def not_there(out: Path | None) -> None:
    """Raises FixSettings when there is a file already where the profile should go."""
    if out is not None and out.exists():
        raise FixSettings(f"{out} is there already and was left as it is: name another file, or move that one away.")


def write(found: Proposal, out: Path) -> None:
    """Write the profile. Never over another file. Raises FixSettings when it cannot be written."""
    not_there(out)
    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(as_toml(found))
    except OSError as error:
        raise FixSettings(
            f"{out} cannot be written ({error.strerror}): name a file in a folder that is there."
        ) from None
