"""`rollbook outbox`: what must be sent, was sent or was refused."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from rollbook.cli import show
from rollbook.cli.exits import Stop
from rollbook.cli.nouns import Noun
from rollbook.cli.options import (
    by_option,
    dry_run_option,
    format_option,
    load_config,
    reason_option,
    school_option,
    to_a_person_only,
)

if TYPE_CHECKING:
    from rollbook.host.report import MessageRow

STATES = ["held", "waiting", "sending", "delivered", "refused", "unknown", "void"]
COLUMNS = ["message", "case", "destination", "kind", "urn", "pupil", "revision", "action", "state", "changed", "why"]


@click.group("outbox", cls=Noun)
def command() -> None:
    """What must be sent, was sent or was refused.

    \b
    Example:
      rollbook outbox --state refused
      rollbook outbox show 3
    """


@command.command("list")
@school_option
@click.option("--state", type=click.Choice(STATES), help="Only messages in this state.")
@format_option
@click.pass_context
def list_messages(ctx: click.Context, school: int | None, state: str | None, form: str) -> None:
    """Messages, without their contents.

    \b
    Example:
      rollbook outbox --state held --format json
    """
    config = load_config(ctx)
    from rollbook.host import report
    from rollbook.host.kind_words import kind_words

    rows = report.outbox(config, school=school, state=state)
    if form == "json":
        show.as_json(rows)
        return
    lines = [
        (
            *(row.message, row.case, row.destination, kind_words(row.kind), row.school, row.pupil),
            *(row.revision, row.action, row.state, row.changed, (*row.lacks, *row.reasons)),
        )
        for row in rows
    ]
    show.table(COLUMNS, lines, otherwise="There is no message.")


@command.command("show")
@click.argument("message_id", metavar="ID", type=int)
@click.option("--content", is_flag=True, help="What the message says of the pupil too; on a terminal alone.")
@format_option
@click.pass_context
def show_message(ctx: click.Context, message_id: int, content: bool, form: str) -> None:
    """One message and each try to deliver it.

    \b
    Example:
      rollbook outbox show 3
    """
    if content:
        to_a_person_only("What a message says of a pupil")
    config = load_config(ctx)
    from rollbook.host import report
    from rollbook.host.kind_words import kind_words

    detail = report.message(config, message_id)
    told = show.plain(detail)
    if not content:
        del told["content"]
    if form == "json":
        show.as_json(told)
        return
    show.fields(dataclasses.replace(detail.row, kind=kind_words(detail.row.kind)))
    show.heading("Tries")
    tries = [(one.at, one.ended, one.outcome, one.reference, one.reasons) for one in detail.attempts]
    show.table(["at", "ended", "outcome", "reference", "reasons"], tries, otherwise="It was not sent yet.")
    if content:
        show.heading("Content")
        show.as_json(told["content"])


@command.command("give-up")
@click.argument("message_id", metavar="ID", type=int)
@by_option
@reason_option
@dry_run_option
@click.pass_context
def give_up(ctx: click.Context, message_id: int, by: str, reason: str, dry_run: bool) -> None:
    """Never send a message, or no more one that was refused. It stays on record as void, with who said so and why.

    \b
    Example:
      rollbook outbox give-up 3 --by "A. Registrar" --reason "told the council by telephone"
    """
    config = load_config(ctx)
    from rollbook.host import decide, report

    if dry_run:
        state = _in(report.message(config, message_id).row, {"held", "waiting", "refused"}, "can be given up")
        show.say(f"Would give up message {message_id}, which is {state}.")
        return
    row = decide.give_up(config, message_id, by=by, reason=reason)
    show.say(f"Message {message_id} is {row.state}: given up by {by}.")


@command.command("retry")
@click.argument("message_id", metavar="ID", type=int)
@by_option
@reason_option
@dry_run_option
@click.pass_context
def retry(ctx: click.Context, message_id: int, by: str, reason: str, dry_run: bool) -> None:
    """Send a message again that was refused, is unknown or is gone there, after a person has looked.

    The next sync does it. Gone there: it was to be judged by the authority, which no longer has it.

    \b
    Example:
      rollbook outbox retry 3 --by "A. Registrar" --reason "the council mended its list of schools"
    """
    config = load_config(ctx)
    from rollbook.host import decide, report

    if dry_run:
        from rollbook.host.kept_messages import says_gone

        row = report.message(config, message_id).row
        state = "gone there" if says_gone(row.reasons) else _in(row, {"unknown", "refused"}, "is sent again")
        show.say(f"Would send message {message_id} again, which is {state}.")
        return
    row = decide.send_again(config, message_id, by=by, reason=reason)
    of_it = "" if row.message == message_id else " was made of it and"
    then = f"`rollbook cases approve {row.case}` lets it go" if row.state == "held" else "the next sync sends it"
    show.say(f"Message {row.message} (revision {row.revision}){of_it} is {row.state}: {then}.")


def _in(row: MessageRow, states: set[str], what: str) -> str:
    """The message's state, when it is one of `states`. Raises Stop: a dry run refuses what the deed would refuse."""
    if row.state not in states:
        raise Stop(f"Message {row.message} is {row.state}: only one that is {' or '.join(sorted(states))} {what}.")
    return row.state
