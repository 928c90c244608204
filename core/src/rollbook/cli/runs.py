"""`rollbook runs`: what each sync did."""

from __future__ import annotations

import click

from rollbook.cli import show
from rollbook.cli.nouns import Noun
from rollbook.cli.options import format_option, load_config

COLUMNS = ["run", "started", "ended", "as at", "ended with", "ok", "degraded", "failed", "what came of it"]


@click.group("runs", cls=Noun)
def command() -> None:
    """What each sync did.

    \b
    Example:
      rollbook runs
      rollbook runs show 12
    """


@command.command("list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, the newest first.")
@format_option
@click.pass_context
def list_runs(ctx: click.Context, limit: int, form: str) -> None:
    """The newest runs; a run without an end was stopped, or is still running.

    \b
    Example:
      rollbook runs --limit 5
    """
    config = load_config(ctx)
    from rollbook.host import report

    rows = report.runs(config, limit=limit)
    if form == "json":
        show.as_json(rows)
        return
    lines = [
        (row.run, row.started, row.ended, row.as_at, row.exit_status, row.ok, row.degraded, row.failed, row.sentence)
        for row in rows
    ]
    show.table(COLUMNS, lines, otherwise="There has been no run yet: `rollbook sync` makes the first.")


@command.command("show")
@click.argument("run_id", metavar="ID", type=int)
@format_option
@click.pass_context
def show_run(ctx: click.Context, run_id: int, form: str) -> None:
    """One run: its schools, counts, deliveries, and what there was to do.

    \b
    Example:
      rollbook runs show 12
    """
    config = load_config(ctx)
    from rollbook.host import report

    result = report.run(config, run_id)
    if form == "json":
        show.as_json(result)
        return
    from rollbook.cli.summary import print_run

    ended = f"ended {show.cell(result.ended)}" if result.ended else "has not ended"
    show.say(f"Run {run_id}, as at {result.as_at}: started {show.cell(result.started)}, {ended}.")
    print_run(result)
