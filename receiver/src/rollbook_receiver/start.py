"""The command `rollbook-receiver`. Heavy parts are imported inside the commands."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rollbook_receiver import exporting, finding, letting_in, matches, officer, telling, upkeep, weeks
from rollbook_receiver.conformance import commands
from rollbook_receiver.options import VARIABLE, WORDS, Address, Place, Unable, database, named, opened

if TYPE_CHECKING:
    import ssl

    from starlette.applications import Starlette

    from rollbook_receiver.store import Store

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SECURE = "give --certificate and --key, or name by --proxy the proxy in front that has a certificate."


@click.group()
@click.version_option(package_name="rollbook-receiver")
def main() -> None:
    """The local authority's end of the open feed: takes, keeps and shows what schools report.

    \b
    Example:
      rollbook-receiver init --database received.db
      rollbook-receiver clients add "Northwick Trust" --school 100001 --database received.db
      rollbook-receiver serve --database received.db --port 8765
    """


for command in (upkeep.init, upkeep.upgrade, upkeep.backup, upkeep.purge, upkeep.audited):
    main.add_command(command)
officer.messages.add_command(exporting.export)
main.add_command(officer.messages)
main.add_command(officer.settings)
main.add_command(matches.matches)
matches.pupils.add_command(finding.find)
main.add_command(matches.pupils)
main.add_command(telling.news)
main.add_command(weeks.weeks)
main.add_command(letting_in.officers)
main.add_command(commands.conformance)


@main.command()
@database
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one.")
@click.option("--officer-password-env", metavar="NAME", help="For a trial: variable with one password of the pages.")
@click.option(
    "--rate", default=100.0, show_default=True, type=click.FloatRange(0.1), help="Requests a second of a client."
)
@click.option("--burst", default=2000, show_default=True, type=click.IntRange(1), help="Requests of a client at once.")
@click.option("--head-seconds", default=10.0, show_default=True, type=click.FloatRange(1), help="For a head to come.")
@click.option("--body-seconds", default=30.0, show_default=True, type=click.FloatRange(1), help="For a body to come.")
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    type=Address(),
    help="A proxy that says in X-Forwarded-For who asks; repeatable.",
)
@click.option("--certificate", type=FILE, help="Speak HTTPS: the receiver's own certificate, with those above it. PEM.")
@click.option("--key", type=FILE, help="Its key, in PEM without a passphrase.")
@click.option("--clients-ca", type=FILE, help="Answer only who has a certificate of this authority (mutual TLS). PEM.")
@click.option("--conformance", is_flag=True, help="Check a sender with made-up data, in a database of its own.")
@click.option(
    "--authority", metavar="NUMBER", help="With --conformance: the three digits of this receiver's authority (F-38)."
)
@click.option("--until-input-ends", is_flag=True, help="End when standard input closes: with whoever started it.")
def serve(
    database: Path | str,
    host: str,
    port: int,
    officer_password_env: str | None,
    rate: float,
    burst: int,
    head_seconds: float,
    body_seconds: float,
    proxies: tuple[str, ...],
    certificate: Path | None,
    key: Path | None,
    clients_ca: Path | None,
    conformance: bool,
    authority: str | None,
    until_input_ends: bool,
) -> None:
    """Listen, until it is stopped. The first line says where. A database that is not there is made.

    With --conformance it checks a sender, in a database of its own: it loses replies, says that it is busy, ends
    tokens, and shows at /conformance which clauses it saw kept. `clients add` with that
    --database lets the sender in.

    Plain HTTP is answered on loopback alone, and to a proxy that is named. For others give it a certificate, or put a
    proxy with one in front.

    \b
    Example:
      rollbook-receiver serve --database received.db --port 0
      rollbook-receiver serve --database received.db --proxy 127.0.0.1
      rollbook-receiver serve --conformance --authority 801 --database check.db --port 8766
      rollbook-receiver serve --database received.db --host 0.0.0.0 --certificate own.pem --key own.key
    """
    from rollbook_receiver.limits import Limits
    from rollbook_receiver.serving import Settings, run
    from rollbook_receiver.visitors import is_loopback

    if authority is not None and not (conformance and len(authority) == 3 and authority.isdecimal()):
        raise click.UsageError("--authority is three digits, and goes with --conformance.")
    password, tls = _password(officer_password_env), _tls(certificate, key, clients_ca)
    with _listening(host, port) as listener:
        bound = listener.getsockname()
        loopback = is_loopback(bound[0])
        if not (loopback or proxies or tls):
            raise click.UsageError(f"Plain HTTP is for loopback alone: {_SECURE}")
        with opened(database, make=True) as store:
            within = _within(store, conformance, authority)
            where = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
            click.echo(f"listening on {'https' if tls else 'http'}://{where}:{bound[1]}")
            if (proxies or not loopback) and password is None and not _officers(store):
                click.echo("The pages are closed: `rollbook-receiver officers add NAME` opens them.", err=True)
            limits = Limits(a_second=rate, burst=burst, head_seconds=head_seconds, body_seconds=body_seconds)
            settings = Settings(loopback, password, limits, proxies, tls, within)
            run(store, listener, settings, until_input_ends=until_input_ends)


@main.group(invoke_without_command=True)
@click.option("--database", type=Place(), envvar=VARIABLE, help=WORDS)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json for a program.")
@click.pass_context
def clients(context: click.Context, database: Path | str | None, form: str) -> None:
    """Who may send. Bare, a list.

    \b
    Example:
      rollbook-receiver clients --database received.db
    """
    if context.invoked_subcommand:
        return
    database = named(database)
    from rollbook_receiver.clients import everyone

    with opened(database) as store, store.reading() as connection:
        held = everyone(connection)
    if form == "json":
        rows = [vars(client) | {"schools": sorted(client.schools) if client.schools else None} for client in held]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for client in held:
        ended = f", revoked {client.revoked_at}" if client.revoked_at else ""
        click.echo(f"{client.client}  {client.name}  {_schools(client.schools)}  made {client.made_at}{ended}")
    if not held:
        click.echo('No client yet: rollbook-receiver clients add "NAME" --school URN --database PATH')


@clients.command("add")
@click.argument("name")
@click.option("--school", "schools", multiple=True, type=click.IntRange(100_000, 999_999), help="A URN; repeatable.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json for a program.")
@database
def add(name: str, schools: tuple[int, ...], form: str, database: Path | str) -> None:
    """Let a sender in, for the schools named; without --school, for every school.

    Its secret is shown once and cannot be shown again.

    \b
    Example:
      rollbook-receiver clients add "Northwick Trust" --school 100001 --school 100002 --database received.db
    """
    from rollbook_receiver import audit, moments
    from rollbook_receiver.clients import add as add_client

    if not name.strip() or len(name) > 200 or not name.isprintable():
        raise click.UsageError("NAME is 1 to 200 printable characters.")
    with opened(database) as store, store.writing() as connection:
        client, secret = add_client(connection, name, schools, moments.now())
        audit.record(connection, audit.account(), "let a client in", moments.now(), about=client)
    if form == "json":
        click.echo(json.dumps({"client_id": client, "client_secret": secret, "schools": sorted(schools) or None}))
        return
    click.echo(f"client id: {client}\nclient secret: {secret}")
    click.echo(f"It may report for {_schools(schools or None)}. The secret is not kept: it cannot be shown again.")


@clients.command("revoke")
@click.argument("client")
@database
def revoke(client: str, database: Path | str) -> None:
    """Shut a sender out, at once. What it sent stays.

    \b
    Example:
      rollbook-receiver clients revoke c-0123456789abcdef --database received.db
    """
    from rollbook_receiver import audit, moments
    from rollbook_receiver.clients import revoke as revoke_client

    with opened(database) as store, store.writing() as connection:
        ended = revoke_client(connection, client, moments.now())
        if ended:
            audit.record(connection, audit.account(), "shut a client out", moments.now(), about=client)
    if not ended:
        raise Unable(f"There is no client {client} that could be revoked: `rollbook-receiver clients` lists them.")
    click.echo(f"{client} is revoked.")


def _officers(store: Store) -> bool:
    from rollbook_receiver.officers import held_secret

    with store.reading() as connection:
        return held_secret(connection, "")[0]


def _tls(certificate: Path | None, key: Path | None, clients_ca: Path | None) -> ssl.SSLContext | None:
    """Raises Unable where a file is not what it is said to be."""
    if certificate is None or key is None:
        if certificate or key or clients_ca:
            raise click.UsageError("--certificate and --key go together, and --clients-ca with them.")
        return None
    from rollbook_receiver.tls import context

    try:
        return context(certificate, key, clients_ca)
    except OSError:  # ssl.SSLError is one
        words = "in PEM: the certificate belongs to the key, the key has no passphrase"
        raise Unable(f"The files of TLS cannot be used. They are {words}, and this account may read them.") from None


def _within(store: Store, conformance: bool, authority: str | None) -> Callable[[Starlette], Any]:
    """What the application is put in. Raises Unable where the database is not for it."""
    from rollbook_receiver.conformance.of_sender.journal import NotForChecks
    from rollbook_receiver.conformance.of_sender.mode import may_serve, put_round

    try:
        may_serve(store, conformance=conformance)
    except NotForChecks as error:
        raise Unable(str(error)) from None
    if not conformance:
        return lambda app: app
    click.echo("A check of a sender: made-up pupils only. What was seen is at /conformance.", err=True)
    return partial(put_round, authority=authority)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError:
        raise Unable(f"{host} is not an address that can be listened on.") from None
    with listener:
        try:
            if os.name == "posix":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(128)
        except OSError as error:
            reason = error.strerror or "it cannot be used"
            raise Unable(f"Cannot listen on {host} port {port} ({reason}): choose another with --port.") from None
        yield listener


def _password(name: str | None) -> str | None:
    if name is None:
        return None
    password = os.environ.get(name, "")
    if len(password) < 12:
        raise click.UsageError(f"The environment variable {name} must hold a password of 12 characters or more.")
    return password


def _schools(schools: Iterable[int] | None) -> str:
    return "every school" if schools is None else "schools " + ", ".join(str(urn) for urn in sorted(schools))
