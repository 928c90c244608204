"""Commands of conformance. Heavy parts are imported inside them."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import click

from rollbook_receiver.conformance.showing import end, plain, totals
from rollbook_receiver.options import Unable, database, opened

RECEIVER = "receiver"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
result_file = click.option(
    "--result", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write the result here, as JSON."
)
as_json = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="json: the result."
)


class _Addresses(click.Group):
    """An address in place of a command is that of a receiver to check."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and "://" in args[0]:
            return RECEIVER, self.commands[RECEIVER], args
        return super().resolve_command(ctx, args)


@click.group(cls=_Addresses)
def conformance() -> None:
    """Whether the other end of the feed keeps its clauses, clause by clause.

    `conformance URL` checks a receiver that somebody else built; `serve --conformance` checks a sender, and
    `conformance sender` prints what it found.

    \b
    Example:
      rollbook-receiver conformance https://attendance.northwick.example/feed --client-id c-0123456789abcdef \\
        --client-secret-file secret.txt --school 100001 --result receiver.json
    """


@conformance.command(RECEIVER)
@click.argument("url")
@click.option("--client-id", required=True, help="The client's id: as the receiver gave it.")
@click.option(
    "--client-secret-file",
    "secret_file",
    required=True,
    type=FILE,
    help="A file with its secret and nothing else.",
)
@click.option("--school", required=True, type=click.IntRange(100_000, 999_999), help="The URN of its school.")
@click.option("--other-school", type=click.IntRange(100_000, 999_999), help="One that it may not speak for (F-6).")
@click.option("--name", help="Whose receiver it is, for the result: the supplier, the product, its release.")
@click.option(
    "--ca-file",
    type=FILE,
    help="Certificates to trust in place of the usual ones.",
)
@click.option("--client-certificate", type=FILE, help="Where it asks for mutual TLS: the client's certificate. PEM.")
@click.option("--client-key", type=FILE, help="Its key, in PEM without a passphrase.")
@result_file
@as_json
def receiver(
    url: str,
    client_id: str,
    secret_file: Path,
    school: int,
    other_school: int | None,
    name: str | None,
    ca_file: Path | None,
    client_certificate: Path | None,
    client_key: Path | None,
    result: Path | None,
    form: str,
) -> None:
    """Check the receiver at URL from outside, by HTTP alone, with made-up pupils; what is sent is withdrawn at the end.

    Give it a client for one school, better in a trial installation. It takes a minute or two. Days and weeks of the
    regular feed cannot be withdrawn: the check uses days of the years 2001 to 2010. Ends with 0 when each
    clause that this check can see is met, else with 1.
    """
    import httpx

    from rollbook_receiver.conformance.asking import check_address, run_checks, trust
    from rollbook_receiver.conformance.of_receiver.stage import Stage
    from rollbook_receiver.conformance.of_receiver.wire import Wire

    check_address(url)
    trusted = trust(ca_file, client_certificate, client_key)
    secret = secret_file.read_text("utf-8").strip()
    with httpx.Client(base_url=url, timeout=30.0, verify=trusted, follow_redirects=False) as http:
        stage = Stage(Wire(http, client_id, secret), school, other_school)
        made = run_checks(stage, name or urlsplit(url).hostname or url)
    end(made, result, form)


@conformance.command()
@click.argument("file", type=FILE)
def verify(file: Path) -> None:
    """Whether a kept result is as it was made: its digest, its edition of the feed, every clause once.

    \b
    Example:
      rollbook-receiver conformance verify receiver.json
    """
    from rollbook_receiver.conformance.result import wrong_with

    try:
        kept = json.loads(file.read_bytes()[: 4 * 1024 * 1024])
    except (ValueError, RecursionError):
        raise click.UsageError(f"{file.name} is not JSON.") from None
    wrong = wrong_with(kept)
    for sentence in wrong:
        click.echo(sentence)
    if not wrong:
        click.echo(f"Unchanged since {kept['at']}: {totals(kept)}; of {plain(kept['other']['name'])}.")
        click.echo(f"{kept['digest']}. The digest does not show who made it.")
    raise SystemExit(1 if wrong else 0)


@conformance.command()
@database
@result_file
@as_json
def sender(database: Path | str, result: Path | None, form: str) -> None:
    """What `serve --conformance` saw of a sender so far. Ends with 0 when each clause is met, else with 1.

    \b
    Example:
      rollbook-receiver conformance sender --database check.db --result sender.json
    """
    from rollbook_receiver import moments
    from rollbook_receiver.conformance.of_sender.found import sender_result
    from rollbook_receiver.conformance.of_sender.journal import is_marked

    with opened(database) as store, store.reading() as connection:
        if not is_marked(connection):
            raise Unable("This database is none of a check: `rollbook-receiver serve --conformance` makes one so.")
        made = sender_result(connection, moments.now())
    end(made, result, form)
