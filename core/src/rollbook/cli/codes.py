"""`rollbook codes`: the attendance codes."""

from __future__ import annotations

from datetime import date

import click

from rollbook.cli import show
from rollbook.cli.exits import Exit
from rollbook.cli.nouns import Noun
from rollbook.cli.options import DAY, format_option, load_config, school_option

COLUMNS = ["code", "category", "what it says", "from", "to", "where it stands"]


@click.group("codes", cls=Noun)
def command() -> None:
    """The attendance codes, with their categories and dates.

    \b
    Example:
      rollbook codes
      rollbook codes show J --on 2024-06-20
    """


@command.command("list")
@click.option("--on", type=DAY, metavar="DATE", help="Only those in use on this day.")
@format_option
def list_codes(on: date | None, form: str) -> None:
    """Every code, current and legacy.

    \b
    Example:
      rollbook codes --on 2026-11-20
    """
    from rollbook.host import national

    rows = national.national_codes(on=on)
    if form == "json":
        show.as_json(rows)
        return
    lines = [(row.code, row.category, row.title, row.first, row.last, row.reference) for row in rows]
    show.table(COLUMNS, lines, otherwise="No code was in use on that day.")


@command.command("show")
@click.argument("mark", metavar="CODE")
@click.option("--on", type=DAY, metavar="DATE", help="What it means on this day.")
@format_option
def show_code(mark: str, on: date | None, form: str) -> int:
    """What a mark means: in all its dates, or on one day. Ends with 1 when it is no code.

    \b
    Example:
      rollbook codes show H
      rollbook codes show H --on 2023-05-10
    """
    return _on_a_day(mark, on, form) if on else _in_all_its_dates(mark, form)


def _on_a_day(mark: str, on: date, form: str) -> int:
    from rollbook.host import national

    found = national.mark_meaning(mark, on)
    if form == "json":
        show.as_json(found)
    elif found.code:
        code = found.code
        show.say(f"{show.cell(mark)} on {on} is {code.code} ({found.quality}): {code.title}; {code.category}.")
        show.say(f"{code.reference}" + (f". {found.reason}" if found.reason else ""))
    else:
        show.say(f"{show.cell(mark)} on {on} is {found.quality.replace('_', ' ')}. {found.reason}".rstrip())
    return Exit.WELL if found.code else Exit.NO


def _in_all_its_dates(mark: str, form: str) -> int:
    from rollbook.host import national

    rows = national.national_codes(letter=mark.strip().upper())
    if form == "json":
        show.as_json(rows)
    else:
        lines = [(row.code, row.category, row.title, row.first, row.last, row.reference) for row in rows]
        otherwise = f"{show.cell(mark)} is no national code; `--on DATE` says what is made of it on a day."
        show.table(COLUMNS, lines, otherwise=otherwise)
    return Exit.WELL if rows else Exit.NO


@command.command("used")
@school_option
@format_option
@click.pass_context
def used(ctx: click.Context, school: int | None, form: str) -> None:
    """The marks that schools wrote, what each became, and how many.

    \b
    Example:
      rollbook codes used --school 100001
    """
    config = load_config(ctx)
    from rollbook.host import report

    rows = report.codes(config, school=school)
    if form == "json":
        show.as_json(rows)
        return
    lines = [(row.school, row.raw, row.code, row.quality, row.count) for row in rows]
    show.table(["urn", "written", "code", "quality", "marks"], lines, otherwise="No mark was brought in yet.")
