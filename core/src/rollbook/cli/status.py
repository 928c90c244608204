"""`rollbook status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rollbook.cli import show
from rollbook.cli.exits import Exit, Stop
from rollbook.cli.options import format_option, load_config, school_option

if TYPE_CHECKING:
    from rollbook.host.report import SchoolStatus

COLUMNS = [
    "urn",
    "school",
    "state",
    "as of",
    "newest session",
    "pupils",
    "marks",
    "set aside",
    "cases",
    "to deliver",
]


@click.command("status")
@school_option
@format_option
@click.pass_context
def command(ctx: click.Context, school: int | None, form: str) -> int:
    """Say how fresh each school is, and what waits for a person.

    "As of" is the last sync that brought the school in. Ends with 3 when a school is not well, or
    something that was refused waits for somebody.

    \b
    Example:
      rollbook status
      rollbook status --school 100001 --format json
    """
    config = load_config(ctx)
    from rollbook.host import report

    rows = [row for row in report.status(config) if school in (None, row.school)]
    if school is not None and not rows:
        raise Stop(f"School {school} is not in the configuration.")
    if form == "json":
        show.as_json(rows)
    else:
        print_status(rows)
    return Exit.WELL if all(row.status == "ok" and not row.refusals for row in rows) else Exit.SOME_FAILED


def print_status(rows: list[SchoolStatus]) -> None:
    """A line a school, then what there is to do."""
    show.table(COLUMNS, [_line(row) for row in rows], otherwise="The configuration names no school.")
    sentences = [(row.name, text) for row in rows for text in (*row.sentences, *row.refusals, *row.silent, *_news(row))]
    if sentences:
        show.heading("To do")
    for name, text in sentences:
        show.wrapped(f"- {show.cell(name)}: {show.cell(text)}")


def _news(row: SchoolStatus) -> tuple[str, ...]:
    """What its authority told it and nobody looked at."""
    if not row.news:
        return ()
    pieces = "1 piece of news waits" if row.news == 1 else f"{row.news} pieces of news wait"
    return (f"{pieces} to be looked at: `rollbook news --school {row.school}`.",)


def _line(row: SchoolStatus) -> list[object]:
    states = {
        "held": row.held,
        "waiting": row.waiting,
        "unknown": row.unknown,
        "refused": row.refused,
        "reports": row.reports,
    }
    to_deliver = ", ".join(f"{number} {state}" for state, number in states.items() if number)
    return [
        row.school,
        row.name,
        row.status,
        row.last_ok,
        row.newest_session,
        row.pupils,
        row.marks,
        row.quarantine,
        sum(row.cases.values()),
        to_deliver,
    ]
