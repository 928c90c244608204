"""`rollbook check`."""

from __future__ import annotations

import click

from rollbook.cli import show
from rollbook.cli.exits import Exit
from rollbook.cli.options import URN, format_option, load_config


@click.command("check")
@click.option("--school", "schools", type=URN, metavar="URN", multiple=True, help="Only this school; may be repeated.")
@click.option("--connection", "connections", metavar="NAME", multiple=True, help="Only this connection or destination.")
@format_option
@click.pass_context
def command(ctx: click.Context, schools: tuple[int, ...], connections: tuple[str, ...], form: str) -> int:
    """Try settings, credentials, files and destinations; send nothing.

    Ends with 1 when something is not well, and says for each what to do.

    \b
    Example:
      rollbook check
      rollbook check --connection council
    """
    config = load_config(ctx)
    from rollbook.host import check

    lines = check.check(config, schools=list(schools) or None, connections=list(connections) or None)
    bad = sum(not line.ok for line in lines)
    if form == "json":
        show.as_json(lines)
        return Exit.NO if bad else Exit.WELL
    for line in lines:
        word = "NOT" if not line.ok else "note" if line.note else "ok"
        show.say(f"{word:<4} {show.cell(line.about)}: {show.cell(line.text)}")
    show.say()
    said = f"{bad} of {len(lines)} checks are not well." if bad else f"All {len(lines)} checks are well."
    notes = sum(line.ok and line.note for line in lines)
    more = f" {notes} {'is a note' if notes == 1 else 'are notes'}, for somebody to look at." if notes else ""
    show.say(f"{said}{more}")
    return Exit.NO if bad else Exit.WELL
