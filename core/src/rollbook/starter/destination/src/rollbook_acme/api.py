"""The connection to Acme, and the errors that say what Rollbook is to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rollbook.contract import Client, Connection, FixSettings, NeedsCredentials, RetryLater, VendorMustAct


def opened(client: Client, settings: Mapping[str, Any]) -> Connection:
    """A connection that signs in with the token, to be used in a `with`."""
    headers = {"Authorization": f"Bearer {settings['token'].reveal()}"}
    return client.at(settings["url"], headers=headers, ca_file=settings.get("ca_file"))


def check_signed_in(answer: Any) -> None:
    """Raises NeedsCredentials where Acme refuses the token, FixSettings where nothing at the address takes messages."""
    if answer.status_code in (401, 403):
        raise NeedsCredentials("Acme refuses the token: check it, or ask Acme for a new one.")
    if answer.status_code == 405 or 300 <= answer.status_code < 400:
        raise FixSettings(f"Nothing at this address takes messages (HTTP {answer.status_code}): check url.")


def unexpected(answer: Any) -> RetryLater | VendorMustAct:
    """The error for an answer that nobody agreed on. What the server says is not repeated: it may name a pupil."""
    if answer.status_code >= 500:
        return RetryLater(f"Acme has a fault of its own (HTTP {answer.status_code}).")
    return VendorMustAct(f"Acme's answer (HTTP {answer.status_code}) is not of the form agreed: tell Acme.")
