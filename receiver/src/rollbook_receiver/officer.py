"""Commands of an officer of the authority: what came, what is accepted, what the authority chooses.

Heavy parts are imported inside them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rollbook_receiver.options import VARIABLE, WORDS, Place, Unable, database, named, opened

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rollbook_receiver.messages import Held


class Officer(click.ParamType[str]):
    """The name of whoever decides: it is kept with the decision."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """1 to 200 printable characters."""
        if not value.strip() or len(value) > 200 or not value.isprintable():
            self.fail("1 to 200 printable characters", param, ctx)
        return value.strip()


by = click.option("--by", "who", required=True, type=Officer(), help="Your name: it is kept with the decision.")
maybe_database = click.option("--database", type=Place(), envvar=VARIABLE, help=WORDS)
form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json for a program.")


@click.group(invoke_without_command=True)
@maybe_database
@click.option("--kind", help="Only this kind, by the feed's name of it.")
@click.option("--school", type=click.IntRange(100_000, 999_999), help="Only this school, by its URN.")
@click.option("--outcome", type=click.Choice(["pending", "accepted", "refused"]), help="Only these.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many at most.")
@form
@click.pass_context
def messages(
    context: click.Context,
    database: Path | str | None,
    kind: str | None,
    school: int | None,
    outcome: str | None,
    most: int,
    form: str,
) -> None:
    """What came, the last first, a line a case. It names no pupil; the pages do.

    \b
    Example:
      rollbook-receiver messages --outcome pending --database received.db
      rollbook-receiver messages --kind missing_pupil_report --database received.db
    """
    if context.invoked_subcommand:
        return
    database = named(database)
    from rollbook_receiver.messages import Filter, states

    with opened(database) as store, store.reading() as connection:
        found = states(connection, Filter(kind, school, outcome), most=most)
    if form == "json":
        click.echo(json.dumps([held.status() | vars(held.key) | {"action": held.action} for held in found]))
        return
    for held in found:
        click.echo(_line(held))
    if not found:
        click.echo("Nothing of this sort has come.")


@messages.command()
@click.argument("reference")
@by
@database
def accept(reference: str, who: str, database: Path | str) -> None:
    """Accept a message that waits for an officer. Its sender reads it from the message's status.

    \b
    Example:
      rollbook-receiver messages accept ABCD-EFGH-JKMN --by "R. Officer" --database received.db
    """
    _judge(reference, "accepted", [], who, database)


@messages.command()
@click.argument("reference")
@by
@click.option("--reason", "reasons", multiple=True, required=True, help="Why, for the school: no pupil's name.")
@click.option("--pointer", default="", help="The part of the message it is about, as /content/absence.")
@database
def refuse(reference: str, who: str, reasons: tuple[str, ...], pointer: str, database: Path | str) -> None:
    """Refuse a message that waits for an officer. The school reads the reasons; it can amend what it sent.

    \b
    Example:
      rollbook-receiver messages refuse ABCD-EFGH-JKMN --by "R. Officer" \\
        --reason "The home visit's date is missing." --database received.db
    """
    if any(not reason.strip() or len(reason) > 500 or not reason.isprintable() for reason in reasons):
        raise click.UsageError("A reason has 1 to 500 printable characters.")
    if pointer and not pointer.startswith("/"):
        raise click.UsageError("--pointer is a JSON pointer, as /content/absence.")
    _judge(reference, "refused", [{"pointer": pointer, "problem": reason} for reason in reasons], who, database)


def deciding(connection: Connection, who: str) -> None:
    """Raises Unable where officers are let in by name, and this one is not."""
    from rollbook_receiver import officers

    if not officers.may_decide(connection, who):
        raise Unable(
            f"{who} is no officer who is let in: `rollbook-receiver officers` lists them. Nothing was changed."
        )


def _judge(reference: str, outcome: str, reasons: Sequence[dict[str, str]], who: str, database: Path | str) -> None:
    from rollbook_receiver import audit, judging, moments

    reference = reference.upper()
    with opened(database) as store, store.writing() as connection:
        deciding(connection, who)
        try:
            before = judging.judge(connection, reference, outcome, reasons, who, moments.now())
            audit.record(connection, who, f"judged a message: {outcome}", moments.now(), about=reference)
        except judging.CannotJudge as error:
            raise Unable(str(error)) from None
    click.echo(f"{reference} is {outcome}.")
    if before != judging.PENDING:
        click.echo(f"It was {before}: the school may have read that already. Tell it.")


@click.group(invoke_without_command=True)
@maybe_database
@click.pass_context
def settings(context: click.Context, database: Path | str | None) -> None:
    """What the authority chooses. Bare, a list.

    \b
    Example:
      rollbook-receiver settings --database received.db
    """
    if context.invoked_subcommand:
        return
    database = named(database)
    from rollbook_receiver import settings as chosen

    with opened(database) as store, store.reading() as connection:
        for name, setting in chosen.SETTINGS.items():
            click.echo(f"{name}: {_words(chosen.value(connection, name))}\n  {setting.means}")


@settings.command("set")
@click.argument("name")
@click.argument("values", nargs=-1)
@by
@database
def set_(name: str, values: tuple[str, ...], who: str, database: Path | str) -> None:
    """Choose. Several values are given one after another, with commas or without; `none` is "none of them".

    \b
    Example:
      rollbook-receiver settings set judged missing_pupil_report --by "R. Officer" --database received.db
    """
    from rollbook_receiver import audit, moments
    from rollbook_receiver import settings as chosen

    with opened(database) as store, store.writing() as connection:
        deciding(connection, who)
        try:
            value = chosen.choose(connection, name, values, who, moments.now())
            audit.record(connection, who, "changed a setting", moments.now(), about=name, detail=_words(value))
        except chosen.NotASetting as error:
            raise click.UsageError(str(error)) from None
    click.echo(f"{name}: {_words(value)}")


def _line(held: Held) -> str:
    from rollbook_receiver import moments, words

    outcome = words.OUTCOMES[held.outcome].ljust(max(map(len, words.OUTCOMES.values())))
    kind = words.KINDS.get(held.key.kind, held.key.kind)
    first = words.first_day(held.content)
    since = f" from {moments.spoken_day(first)}" if first else ""
    said = f"{kind}{since}: {words.ACTIONS[held.action]}, revision {held.revision}"
    return f"{held.reference}  {outcome}  school {held.key.school}  {said}, came {moments.spoken(held.received_at)}"


def _words(value: object) -> str:
    return (", ".join(str(item) for item in value) or "none") if isinstance(value, list) else str(value)
