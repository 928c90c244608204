"""Commands for who may see the pages. Heavy parts are imported inside them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from rollbook_receiver.officer import form, maybe_database
from rollbook_receiver.options import Unable, database, named, opened


class Name(click.ParamType[str]):
    """An officer's name, as they sign in with it."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """HTTP Basic ends a user name at its first colon (RFC 7617)."""
        if not value.strip() or len(value) > 100 or not value.isprintable() or ":" in value:
            self.fail("1 to 100 printable characters, without a colon", param, ctx)
        return value.strip()


@click.group(invoke_without_command=True)
@maybe_database
@form
@click.pass_context
def officers(context: click.Context, database: Path | str | None, form: str) -> None:
    """Who may see the pages, by name. Bare, a list.

    \b
    Example:
      rollbook-receiver officers --database received.db
    """
    if context.invoked_subcommand:
        return
    database = named(database)
    from rollbook_receiver.officers import everyone

    with opened(database) as store, store.reading() as connection:
        held = [dict(row._mapping) for row in everyone(connection)]
    if form == "json":
        click.echo(json.dumps(held, ensure_ascii=False))
        return
    for one in held:
        ended = f", shut out {one['ended_at']}" if one["ended_at"] else ""
        click.echo(f"{one['name']}  let in {one['made_at']}{ended}")
    if not held:
        click.echo('No officer yet: rollbook-receiver officers add "NAME" --database PATH')


@officers.command("add")
@click.argument("name", type=Name())
@database
def add(name: str, database: Path | str) -> None:
    """Let an officer see the pages after a sign-in by this name. Their password is shown once, and never again.

    Once there was an officer, nobody sees the pages without a name.

    \b
    Example:
      rollbook-receiver officers add "R. Officer" --database received.db
    """
    from rollbook_receiver import audit, moments
    from rollbook_receiver.officers import add as let_in

    with opened(database) as store, store.writing() as connection:
        password = let_in(connection, name, moments.now())
        if password is None:
            raise Unable(f"{name} may see the pages already: `officers end` and then `add` gives a new password.")
        audit.record(connection, audit.account(), "let an officer in", moments.now(), detail=name)
    click.echo(f"user name: {name}\npassword: {password}")
    click.echo("The password is not kept: it cannot be shown again.")


@officers.command("end")
@click.argument("name", type=Name())
@database
def end(name: str, database: Path | str) -> None:
    """Shut an officer out, at once. What they did stays under their name.

    \b
    Example:
      rollbook-receiver officers end "R. Officer" --database received.db
    """
    from rollbook_receiver import audit, moments
    from rollbook_receiver.officers import end as shut_out

    with opened(database) as store, store.writing() as connection:
        ended = shut_out(connection, name, moments.now())
        if ended:
            audit.record(connection, audit.account(), "shut an officer out", moments.now(), detail=name)
    if not ended:
        raise Unable(f"There is no officer {name} who could be shut out: `rollbook-receiver officers` lists them.")
    click.echo(f"{name} is shut out.")
