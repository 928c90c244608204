"""`rollbook rules`: what law and policy say, and whether worked cases agree."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rollbook.cli import show
from rollbook.cli.exits import Exit
from rollbook.cli.nouns import Noun
from rollbook.cli.options import config_if_any, format_option

if TYPE_CHECKING:
    from rollbook.host.rulebook import RuleDetail
    from rollbook.host.worked import Result

WIDTH = 100


@click.group("rules", cls=Noun)
def command() -> None:
    """What law and policy say; try worked cases.

    \b
    Example:
      rollbook rules
      rollbook rules show attendance_return
      rollbook rules test cases
    """


@command.command("list")
@format_option
@click.pass_context
def list_rules(ctx: click.Context, form: str) -> None:
    """Every rule; with a configuration also those of the plugins that it names under `rules`.

    \b
    Example:
      rollbook rules --format json
    """
    from rollbook.host import rulebook

    rows = rulebook.rules(config_if_any(ctx))
    if form == "json":
        show.as_json(rows)
        return
    show.table(
        ["rule", "what it says", "asked about days from"],
        [(row.rule, row.title, row.first_day) for row in rows],
        otherwise="There is no rule.",
    )


@command.command("show")
@click.argument("rule_id", metavar="ID")
@format_option
@click.pass_context
def show_rule(ctx: click.Context, rule_id: str, form: str) -> None:
    """One rule: its law, the values it goes by with who sets them, and what it answers.

    \b
    Example:
      rollbook rules show attendance_return
    """
    from rollbook.host import rulebook

    detail = rulebook.rule(rule_id, config_if_any(ctx))
    if form == "json":
        show.as_json(detail)
    else:
        _print_rule(detail)


def _print_rule(detail: RuleDetail) -> None:
    show.say(f"{detail.row.rule}: {detail.row.title}")
    show.say(textwrap.fill(detail.says, WIDTH))
    if detail.row.first_day:
        show.say(f"It may be asked about days from {detail.row.first_day}.")
    show.heading("Law")
    for reference in detail.law:
        show.say(textwrap.fill(reference, WIDTH, initial_indent="  ", subsequent_indent="    "))
    show.heading("Values it goes by")
    values = [(one.name, one.value, one.set_by, one.first, one.last, one.reference) for one in detail.values]
    show.table(["value", "is", "set by", "from", "to", "where it stands"], values, otherwise="  none")
    show.heading("What it answers")
    show.table(["field", "what it means"], detail.answer, otherwise="  nothing")


@command.command("test")
@click.argument("path", type=click.Path(path_type=Path))
@format_option
def test_cases(path: Path, form: str) -> int:
    """Run every worked case below PATH, and print each check that differs.

    Ends with 0 only when none differs and all were run; with 2 when there is no case there, or one cannot be read.

    \b
    Example:
      rollbook rules test cases
    """
    from rollbook.host import worked

    results = worked.run_cases(path)
    if form == "json":
        show.as_json(results)
    else:
        _print_results(results)
    if any(result.as_at is None for result in results):
        return Exit.NOT_UNDERSTOOD
    return Exit.WELL if all(result.outcome == "passed" for result in results) else Exit.NO


def _print_results(results: list[Result]) -> None:
    for result in results:
        if result.outcome == "differs":
            _print_difference(result)
    missing = Counter((result.rule, result.reason) for result in results if result.outcome == "not run")
    for (rule, reason), times in sorted(missing.items()):
        show.say(f"{rule}: {reason} ({times} not run)")
    number = Counter(result.outcome.value for result in results)
    show.say(f"{number['passed']} checks passed, {number['differs']} differ, {number['not run']} not run")


def _print_difference(result: Result) -> None:
    if result.as_at is None:
        show.say(f"{result.case}: cannot be read: {result.reason}")
        return
    show.say(f"{result.case}, as at {result.as_at}, {result.rule}: {result.reason or 'differs'}")
    for field, expected in result.expected.items():
        found = _as_written(result.found[field]) if field in result.found else "no such field"
        show.say(f"  {field}: expected {_as_written(expected)}, found {found}")


def _as_written(value: Any) -> str:
    return json.dumps(show.plain(value), ensure_ascii=False)
