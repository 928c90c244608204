"""`rollbook quarantine`: rows that were set aside."""

from __future__ import annotations

import click

from rollbook.cli import show
from rollbook.cli.exits import Stop
from rollbook.cli.nouns import Noun
from rollbook.cli.options import by_option, dry_run_option, format_option, load_config, reason_option, school_option

COLUMNS = ["row", "urn", "pupil", "table", "place", "date", "session", "written", "kind", "state", "why"]


@click.group("quarantine", cls=Noun)
def command() -> None:
    """Rows that were set aside, and why.

    \b
    Example:
      rollbook quarantine --school 100001
      rollbook quarantine waive 5 --by "A. Registrar" --reason "a mark made by mistake"
    """


@command.command("list")
@school_option
@click.option("--kind", metavar="KIND", help="Only this kind, such as unknown_code.")
@click.option("--all", "all_states", is_flag=True, help="Those that were released or waived too.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many rows to print as text.")
@format_option
@click.pass_context
def list_rows(
    ctx: click.Context, school: int | None, kind: str | None, all_states: bool, limit: int, form: str
) -> None:
    """How many rows of each kind are set aside, then the rows.

    \b
    Example:
      rollbook quarantine --kind unknown_code --limit 10
    """
    config = load_config(ctx)
    from rollbook.host import report

    rows = report.quarantine(config, school=school, kind=kind, all_states=all_states)
    if form == "json":
        show.as_json(rows)
        return
    counts = [one for one in report.quarantine_counts(config, school=school) if kind in (None, one[1])]
    show.table(["urn", "kind", "written", "rows"], counts, otherwise="Nothing is set aside.")
    if not rows:
        return
    show.heading("Rows")
    lines = [
        (
            *(row.id, row.school, row.pupil, row.table, row.place, row.date, row.session),
            *(row.raw, row.kind, row.state, row.reason),
        )
        for row in rows[:limit]
    ]
    show.table(COLUMNS, lines, otherwise="")
    if len(rows) > limit:
        show.say(f"{len(rows) - limit} more: --limit {len(rows)} prints them all.")


@command.command("show")
@click.argument("row_id", metavar="ID", type=int)
@format_option
@click.pass_context
def show_row(ctx: click.Context, row_id: int, form: str) -> None:
    """One row that was set aside, and what became of it.

    \b
    Example:
      rollbook quarantine show 5
    """
    config = load_config(ctx)
    from rollbook.host import report

    found = [row for row in report.quarantine(config, all_states=True) if row.id == row_id]
    if not found:
        raise Stop(f"No row {row_id} was set aside: `rollbook quarantine --all` lists those that were.")
    if form == "json":
        show.as_json(found[0])
        return
    show.fields(found[0])


@command.command("waive")
@click.argument("row_id", metavar="ID", type=int)
@by_option
@reason_option
@dry_run_option
@click.pass_context
def waive(ctx: click.Context, row_id: int, by: str, reason: str, dry_run: bool) -> None:
    """Say that a row need not be mended. Nothing is deleted: it stays on record as waived.

    \b
    Example:
      rollbook quarantine waive 5 --by "A. Registrar" --reason "a mark made by mistake"
    """
    config = load_config(ctx)
    from rollbook.host import decide, report

    if dry_run:
        if row_id not in {row.id for row in report.quarantine(config)}:
            raise Stop(f"Row {row_id} is not set aside: `rollbook quarantine` lists those that are.")
        show.say(f"Would waive row {row_id}.")
        return
    row = decide.waive(config, row_id, by=by, reason=reason)
    show.say(f"Row {row.id} is {row.state}, by {by}.")


@command.command("retry")
@school_option
@dry_run_option
@click.pass_context
def retry(ctx: click.Context, school: int | None, dry_run: bool) -> None:
    """Read the rows once more, after a code map, the calendar or the roll was mended.

    \b
    Example:
      rollbook quarantine retry --school 100001
    """
    config = load_config(ctx)
    from rollbook.host import decide, report

    if dry_run:
        show.say(f"Would read {len(report.quarantine(config, school=school))} rows once more.")
        return
    came_of_it = decide.retry_quarantine(config, school=school)
    show.table(["urn", "released", "still set aside"], came_of_it, otherwise="Nothing was set aside.")
