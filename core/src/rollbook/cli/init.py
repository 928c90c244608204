"""`rollbook init`."""

from __future__ import annotations

from pathlib import Path

import click

from rollbook.cli import show
from rollbook.cli.exits import Stop

NAME = "rollbook.toml"


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
def command(folder: Path) -> None:
    """Write a commented configuration to fill in.

    It goes into FOLDER, or here. A configuration that is there already is left as it is.

    \b
    Example:
      rollbook init
      rollbook init D:\\rollbook
    """
    from rollbook.host.starting_config import starting_config

    path = folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(starting_config())
    except FileExistsError:
        raise Stop(f"{path.absolute()} is there already and was left as it is.") from None
    whole = str(path.absolute())  # right wherever it is typed
    named = "" if folder.resolve() == Path.cwd() else f' --config "{whole}"' if " " in whole else f" --config {whole}"
    show.say(f"Wrote {path.absolute()}.")
    show.say("Now:")
    show.say('  1. open it in an editor and fill in every blank (""): the school, its connection, its terms;')
    show.say(f"  2. rollbook{named} check           (tries all of it, sends nothing)")
    show.say(f"  3. rollbook{named} sync --dry-run  (a whole run that keeps and sends nothing)")
    show.say(f"  4. rollbook{named} sync")
