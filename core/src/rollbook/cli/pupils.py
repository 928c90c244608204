"""`rollbook pupils`: the one place that leads from a person to Rollbook's number and back. It asks, and never takes a
name, a UPN or a key on the command line, which others can see; who a number is, it says on a terminal alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rollbook.cli import show
from rollbook.cli.exits import Exit, Stop
from rollbook.cli.nouns import Noun
from rollbook.cli.options import format_option, load_config, school_option, to_a_person_only

if TYPE_CHECKING:
    from rollbook.host.report import PupilRow

COLUMNS = ["pupil", "urn", "school", "year", "class", "on roll from", "to", "in source", "perhaps also"]
ASKED = "UPN, part of a name, admission number (the source's key) or Rollbook's number"
PERSONAL = ["pupil", "key", "surname", "forename", "born", "upn", "school", "year", "class"]


@click.group("pupils", cls=Noun)
def command() -> None:
    """Find Rollbook's number of a pupil.

    \b
    Example:
      rollbook pupils --school 100001
      rollbook pupils find
    """


@command.command("list")
@school_option
@format_option
@click.pass_context
def list_pupils(ctx: click.Context, school: int | None, form: str) -> None:
    """Pupils by number, without names.

    \b
    Example:
      rollbook pupils --school 100001 --format json
    """
    config = load_config(ctx)
    from rollbook.host import report

    rows = [_unnamed(row) for row in report.find_pupils(config, school=school)]
    if form == "json":
        show.as_json(rows)
        return
    show.table(COLUMNS, [list(row.values()) for row in rows], otherwise="No pupil is known yet.")


@command.command("find")
@school_option
@click.pass_context
def find(ctx: click.Context, school: int | None) -> int:
    """Ask for a UPN, a name, the source's key or Rollbook's number, and print who it is; on a terminal alone.

    \b
    Example:
      rollbook pupils find --school 100001
    """
    to_a_person_only("A pupil's name")
    config = load_config(ctx)
    from rollbook.host import report

    asked = click.prompt(ASKED, err=True).strip()
    if not asked:
        raise Stop("Nothing was asked for.")
    is_upn = len(asked) == 13 and asked[1:12].isdigit()
    ways = [{"upn": asked.upper()}] if is_upn else []
    ways += [{"key": asked}, {"name": asked}]
    rows = next(filter(None, (report.find_pupils(config, school=school, **way) for way in ways)), [])
    show.table(PERSONAL, map(_personal, rows), otherwise="No pupil of that UPN, name, key or number is known.")
    return Exit.WELL if rows else Exit.NO


@command.command("show")
@click.argument("number", metavar="NUMBER", type=int)
@format_option
@click.pass_context
def show_pupil(ctx: click.Context, number: int, form: str) -> None:
    """A pupil by Rollbook's number: schools, links and cases; on a terminal, who it is.

    \b
    Example:
      rollbook pupils show 4711
    """
    config = load_config(ctx)
    from rollbook.host import report
    from rollbook.host.kind_words import kind_words

    detail = report.pupil(config, number)
    rows = [_unnamed(row) for row in detail.rows]
    if form == "json":
        show.as_json({"rows": rows, "links": detail.links, "cases": detail.cases})
        return
    show.table(COLUMNS, [list(row.values()) for row in rows], otherwise="Not on any roll.")
    if show.on_terminal():
        show.heading("Who")
        show.table(PERSONAL, map(_personal, detail.rows), otherwise="not known")
    else:
        show.say("Who it is is shown on a terminal only: type this there.")
    show.heading("Led to by")
    links = [(one.kind, one.connection, one.school, one.known_from, one.known_to) for one in detail.links]
    show.table(["link", "connection", "urn", "from", "to"], links, otherwise="no link")
    show.heading("Cases")
    cases = [(one.case, kind_words(one.rule), one.state, one.first, one.last) for one in detail.cases]
    show.table(["case", "what", "state", "first day", "last day"], cases, otherwise="no case")


def _unnamed(row: PupilRow) -> dict[str, object]:
    return {
        "pupil": row.pupil,
        "school": row.school,
        "school_name": row.school_name,
        "year_group": row.year_group,
        "class_name": row.class_name,
        "on_roll_from": row.on_roll_from,
        "on_roll_to": row.on_roll_to,
        "in_source": row.in_source,
        "perhaps": row.perhaps,
    }


def _personal(row: PupilRow) -> tuple[object, ...]:
    keys = ", ".join(row.keys)
    who = (row.pupil, keys, row.surname, row.forename, row.dob, row.upn)
    return (*who, row.school_name, row.year_group, row.class_name)
