"""What the command that checks a receiver needs: where its secret may go, whom it trusts, and the run itself."""

from __future__ import annotations

import ipaddress
import ssl
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from rollbook_receiver.options import Unable

if TYPE_CHECKING:
    from rollbook_receiver.conformance.of_receiver.stage import Stage


def check_address(url: str) -> None:
    """HTTPS, or plain HTTP on loopback: the secret goes over it. Raises UsageError."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if parts.username or parts.password or parts.query or not host or parts.scheme not in ("http", "https"):
        raise click.UsageError("URL is the receiver's address as https://attendance.northwick.example/feed.")
    if parts.scheme == "http" and not loopback:
        raise click.UsageError("Plain HTTP is for this machine alone (F-1): give its https address.")


def trust(ca_file: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    """Raises UsageError."""
    import httpx

    if (certificate is None) != (key is None):
        raise click.UsageError("--client-certificate and --client-key go together.")
    try:
        made = ssl.create_default_context(cafile=str(ca_file)) if ca_file else httpx.create_ssl_context()
        if certificate is not None:
            made.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError):
        raise click.UsageError("A file of certificates, or a key, cannot be read as PEM.") from None
    return made


def run_checks(stage: Stage, name: str) -> dict[str, Any]:
    """The result. Raises Unable when there is nobody to ask. What was sent is withdrawn in any case."""
    from rollbook_receiver import moments
    from rollbook_receiver.conformance import result
    from rollbook_receiver.conformance.of_receiver import run
    from rollbook_receiver.conformance.of_receiver.check import Broken
    from rollbook_receiver.conformance.of_receiver.wire import CannotSignIn

    found = []
    try:
        stage.wire.sign_in()
        with click.progressbar(run.found(stage, run.CHECKS), len(run.CHECKS), label="Clauses", file=sys.stderr) as each:
            found += list(each)
    except CannotSignIn as refused:
        raise Unable(f"{refused} Nothing more was checked.") from None
    except Broken as gone:
        raise Unable(f"The receiver cannot be reached: {gone}. Is the address right, and its certificate?") from None
    finally:
        left = stage.withdraw_all()
        if left:
            click.echo(f"{left} made-up messages could not be withdrawn: have the authority delete them.", err=True)
    return result.made("receiver", run.about(stage, name), run.whole(found), moments.now())
