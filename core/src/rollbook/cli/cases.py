"""`rollbook cases`: what has to be followed up. A pupil is Rollbook's number here, never a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rollbook.cli import show
from rollbook.cli.exits import Stop
from rollbook.cli.nouns import Noun
from rollbook.cli.options import by_option, dry_run_option, format_option, load_config, school_option

if TYPE_CHECKING:
    from rollbook.host.config import Config
    from rollbook.host.report import CaseDetail, CaseRow, MessageRow

COLUMNS = ["case", "what", "urn", "school", "pupil", "state", "first day", "last day", "due by", "waits for"]


@click.group("cases", cls=Noun)
def command() -> None:
    """What has to be followed up, with its evidence and its law.

    \b
    Example:
      rollbook cases --school 100001
      rollbook cases show 7
      rollbook cases approve 7 --by "A. Registrar"
    """


@command.command("list")
@school_option
@click.option("--kind", metavar="KIND", help='Only those of this kind, as "missing pupil report" or its rule, missing.')
@click.option("--all", "all_of_them", is_flag=True, help="Those that wait for nobody too: settled, told, withdrawn.")
@format_option
@click.pass_context
def list_cases(ctx: click.Context, school: int | None, kind: str | None, all_of_them: bool, form: str) -> None:
    """Cases that wait for somebody, what is due first at the head.

    \b
    Example:
      rollbook cases --all --format json
    """
    config = load_config(ctx)
    from rollbook.host import report

    rows = report.cases(config, school=school, waiting=not all_of_them, kind=kind)
    if form == "json":
        show.as_json(rows)
        return
    otherwise = "There is no case." if all_of_them else "No case waits for anybody; `--all` lists the others too."
    show.table(COLUMNS, [_line(row) for row in rows], otherwise=otherwise)
    _say_numbers(rows)


def _line(row: CaseRow) -> list[object]:
    from rollbook.host.kind_words import kind_words

    found = [row.case, kind_words(row.rule), row.school, row.school_name, row.pupil, row.state]
    return [*found, row.first, row.last, row.due_by, _waits_for(row)]


def _waits_for(row: CaseRow) -> tuple[str, ...]:
    """A case of which no message is made or is to go is for a person, who follows it up and settles it."""
    if row.refused:
        return (*(f"refused: {why}" for why in row.refused), *row.held_for)
    if row.told or row.held_for or row.state == "withdrawn":
        return row.held_for
    return ("settled",) if row.settled else ("a person",)


def _say_numbers(rows: list[CaseRow]) -> None:
    """How many there are of each kind, which a long list does not show."""
    from collections import Counter

    from rollbook.host.kind_words import kind_words

    numbers = Counter(kind_words(row.rule) for row in rows)
    if len(rows) > 1:
        show.say()
        show.wrapped(f"{len(rows)} cases: " + ", ".join(f"{what} {number}" for what, number in numbers.most_common()))


@command.command("show")
@click.argument("case_id", metavar="ID", type=int)
@format_option
@click.pass_context
def show_case(ctx: click.Context, case_id: int, form: str) -> None:
    """One case: figures, evidence, law, the settings it rests on, and its history.

    \b
    Example:
      rollbook cases show 7
    """
    config = load_config(ctx)
    from rollbook.host import report

    detail = report.case(config, case_id)
    if form == "json":
        show.as_json(without_values(detail))
        return
    from rollbook.cli.explain import print_case

    print_case(detail)


def without_values(detail: CaseDetail) -> dict[str, object]:
    """The case in JSON's types, without what was filled in: that is personal."""
    told: dict[str, object] = show.plain(detail)
    told["fills"] = [
        {"field": fill.field, "by": fill.by, "at": fill.at.isoformat(), "overtaken": fill.overtaken}
        for fill in detail.fills
    ]
    return told


@command.command("approve")
@click.argument("case_ids", metavar="ID...", type=int, nargs=-1, required=True)
@by_option
@dry_run_option
@click.pass_context
def approve(ctx: click.Context, case_ids: tuple[int, ...], by: str, dry_run: bool) -> None:
    """Let the held messages of cases go. They are sent by the next sync.

    Each case is on its own: where one cannot go, those before it are let go, and it is said.

    \b
    Example:
      rollbook cases approve 7 --by "A. Registrar"
      rollbook cases approve 7 8 9 --by "A. Registrar" --dry-run
    """
    config = load_config(ctx)
    from rollbook.host import decide

    for case_id in dict.fromkeys(case_ids):
        if dry_run:
            _say_messages(_held(config, case_id), "Would let go, where nothing is lacking")
        else:
            _say_messages(decide.approve(config, case_id, by=by), f"Let go by {by}; the next sync sends it")


@command.command("fill")
@click.argument("case_id", metavar="ID", type=int)
@click.argument("field", metavar="FIELD")
@by_option
@dry_run_option
@click.pass_context
def fill(ctx: click.Context, case_id: int, field: str, by: str, dry_run: bool) -> None:
    """Give a field that a held message lacks, or for which one was refused: then the next revision is made of it. Its
    value is asked for, for others can see a command line; where it is one of a few words, they are told first.

    \b
    Example:
      rollbook cases fill 7 pupil.address --by "A. Registrar"
      rollbook cases fill 8 deletion.ground --by "A. Registrar"
    """
    config = load_config(ctx)
    from rollbook.host import decide

    choices = decide.can_be_filled(field)
    held = _to_fill(config, case_id)  # before the question: a value is not to be typed for nothing
    if dry_run:
        _say_messages(held, f"Would be given {field}")
        return
    for word, meaning in choices.items():
        click.echo(f"  {word}: {meaning}", err=True)
    value = click.prompt(f"Value of {field}", err=True).strip()
    if not value:
        raise Stop("The value is empty; nothing was changed.")
    _say_messages(decide.fill(config, case_id, field, value, by=by), f"Filled {field} for {by}")


@command.command("settle")
@click.argument("case_ids", metavar="ID...", type=int, nargs=-1, required=True)
@by_option
@click.option("--reason", default="", help="What was done, for the history. No names.")
@dry_run_option
@click.pass_context
def settle(ctx: click.Context, case_ids: tuple[int, ...], by: str, reason: str, dry_run: bool) -> None:
    """Say that there is no more to do about cases of which no message is made.

    A settled case leaves the list, and comes back when the register says something else of it.

    \b
    Example:
      rollbook cases settle 7 8 --by "A. Registrar" --reason "return sent by the council's form"
    """
    config = load_config(ctx)
    from rollbook.host import decide, report
    from rollbook.host.kind_words import kind_words

    if dry_run:
        for row in (report.case(config, case_id).row for case_id in case_ids):
            show.say(f"Would settle case {row.case}: {kind_words(row.rule)} of pupil {row.pupil}, {row.state}.")
        return
    decide.settle(config, case_ids, by=by, reason=reason)
    numbers = ", ".join(str(case_id) for case_id in case_ids)
    show.say(f"Settled by {by}: {'case' if len(case_ids) == 1 else 'cases'} {numbers}.")


def _held(config: Config, case_id: int, *besides: str) -> list[MessageRow]:
    """The case's messages that are held, or in another of these states."""
    from rollbook.host import report

    states = ("held", *besides)
    held = [row for row in report.case(config, case_id).messages if row.state in states]
    if not held:
        which = " or ".join(states)
        raise Stop(f"Case {case_id} has no message that is {which}: `rollbook cases` says which case waits for what.")
    return held


def _to_fill(config: Config, case_id: int) -> list[MessageRow]:
    """Those that are held; where none is, the last one that was refused, of each destination."""
    rows = _held(config, case_id, "refused")
    refused = {row.destination: row for row in rows}
    return [row for row in rows if row.state == "held"] or list(refused.values())


def _say_messages(rows: list[MessageRow], what: str) -> None:
    from rollbook.host.kind_words import kind_words

    if not rows:
        show.say(f"{what}: no message.")
    for row in rows:
        lacks = f"; it still lacks {show.cell(row.lacks)}" if row.lacks else ""
        show.say(
            f"{what}: {kind_words(row.kind)} of pupil {row.pupil} at {show.cell(row.school_name)}, "
            f"revision {row.revision} ({row.action}), to {show.cell(row.destination)}: {row.state}{lacks}."
        )
