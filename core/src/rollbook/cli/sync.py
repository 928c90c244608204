"""`rollbook sync`."""

from __future__ import annotations

from datetime import date

import click

from rollbook.cli import show
from rollbook.cli.ending import if_stopped
from rollbook.cli.options import DAY, URN, format_option, load_config
from rollbook.cli.progress import shown

KEPT = "Schools that were done are kept, the others are as before; run `rollbook sync` again to go on."


@click.command("sync")
@click.option("--school", "schools", type=URN, metavar="URN", multiple=True, help="Only this school; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Pull and judge, but keep nothing and send nothing; print what would be.")
@click.option("--as-at", type=DAY, metavar="DATE", help="The day to judge; today if not given.")
@click.option(
    "--accept-smaller-roll",
    "accepted",
    type=URN,
    metavar="URN",
    multiple=True,
    help="Sync this school alone; take its roll though many are gone, begin later or seem another's. Needs --by.",
)
@click.option("--by", metavar="NAME", help="Who accepts the roll; it is kept.")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    schools: tuple[int, ...],
    dry_run: bool,
    as_at: date | None,
    accepted: tuple[int, ...],
    by: str | None,
    form: str,
) -> int:
    """Bring registers in, judge them, deliver what follows.

    Each school is on its own: what fails at one harms no other. Run it as often as you like: what is known is not
    pulled twice, what was sent is not sent twice.

    \b
    Example:
      rollbook sync
      rollbook sync --school 100001 --dry-run
      rollbook sync --accept-smaller-roll 100001 --by "A. Registrar"
    """
    wanted = _wanted(schools, accepted, by)
    config = load_config(ctx)
    if_stopped("Nothing was kept or sent." if dry_run else KEPT)
    from rollbook.host import run

    with shown(lines=form == "text") as progress:
        result = run.sync(
            config,
            schools=wanted,
            as_at=as_at,
            dry_run=dry_run,
            accept_smaller_roll_by=by if accepted else None,
            progress=progress,
        )
    if form == "json":
        show.as_json(result)
    else:
        from rollbook.cli.summary import print_run

        print_run(result)
    return result.exit_status


def _wanted(schools: tuple[int, ...], accepted: tuple[int, ...], by: str | None) -> list[int] | None:
    """The schools to sync. A roll is accepted for the schools that are named for it and for no other."""
    if accepted and not (by or "").strip():
        raise click.UsageError("--accept-smaller-roll needs --by NAME: who accepts it is kept.")
    if by and not accepted:
        raise click.UsageError("--by goes with --accept-smaller-roll.")
    if accepted and set(schools) - set(accepted):
        raise click.UsageError("--accept-smaller-roll syncs the schools it names alone: sync the others on their own.")
    return list(accepted or schools) or None
