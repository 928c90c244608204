"""`rollbook explain`: why a case is there, or why a rule says what it says of a pupil. No name, no birth date."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from rollbook.cli import show
from rollbook.cli.options import DAY, format_option, load_config, school_option

if TYPE_CHECKING:
    from rollbook.host.explain import Explained


@click.command("explain")
@click.argument("case_id", metavar="[CASE]", type=int, required=False)
@click.option("--pupil", type=int, metavar="NUMBER", help="Rollbook's number of a pupil, in place of a case.")
@click.option("--rule", metavar="ID", help="The rule to be asked of that pupil: `rollbook rules` lists them.")
@school_option
@click.option("--as-at", type=DAY, metavar="DATE", help="The day to judge; the last day judged if not given.")
@click.option("--known-on", type=DAY, metavar="DATE", help="On what was known at the end of this day; that of --as-at.")
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    case_id: int | None,
    pupil: int | None,
    rule: str | None,
    school: int | None,
    as_at: date | None,
    known_on: date | None,
    form: str,
) -> None:
    """Why: the sessions, the values, the law, and what would change it.

    \b
    Example:
      rollbook explain 7
      rollbook explain --pupil 4711 --rule penalty_notice --as-at 2026-10-02
      rollbook explain 7 --as-at 2026-10-02 --known-on 2026-10-05
    """
    _check_what_is_asked(case_id, pupil, rule, school)
    config = load_config(ctx)
    from rollbook.host import explain

    if case_id is not None:
        told = explain.of_case(config, case_id, as_at=as_at, known_on=known_on)
    else:
        assert pupil is not None
        assert rule is not None
        told = explain.of_rule(config, rule, pupil, school=school, as_at=as_at, known_on=known_on)
    _print(told, form)


def _check_what_is_asked(case_id: int | None, pupil: int | None, rule: str | None, school: int | None) -> None:
    if case_id is not None:
        if pupil is not None or rule is not None or school is not None:
            raise click.UsageError("Give a case alone, or --pupil and --rule: a case has its pupil, rule and school.")
    elif pupil is None or rule is None:
        raise click.UsageError("Say what to explain: a case by its number, or --pupil NUMBER and --rule ID.")


def _print(told: Explained, form: str) -> None:
    if form == "json":
        show.as_json(told)
        return
    for line in told.text.splitlines():
        show.say(show.cell(line) if line else "")
