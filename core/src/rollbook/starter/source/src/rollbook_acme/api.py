"""Requests to Acme. An answer that is none becomes the error that says what Rollbook is to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from rollbook.contract import (
    Client,
    Connection,
    FixSettings,
    NeedsCredentials,
    RetryLater,
    VendorMustAct,
)

Form = TypeVar("Form")


def opened(client: Client, settings: Mapping[str, Any]) -> Connection:
    """A connection that signs in with the token, to be used in a `with`."""
    headers = {"Authorization": f"Bearer {settings['token'].reveal()}"}
    return client.at(settings["url"], headers=headers, ca_file=settings.get("ca_file"))


def read(api: Connection, path: str, form: type[Form], *, label: str, **asked: object) -> Form:
    """What Acme answers at `path`, in that form. `label` names the request in the log, in place of its address."""
    answer = api.get(path, label=label, params=asked)
    if answer.status_code in (401, 403):
        raise NeedsCredentials("Acme refuses the token: check it, or ask the school to approve Rollbook again.")
    if answer.status_code == 404:
        raise FixSettings(f"Acme has no {label} there: check url, and the school's key.")
    if answer.status_code != 200:
        raise RetryLater(f"Acme has a fault of its own (HTTP {answer.status_code} for {label}).")
    try:
        return msgspec.json.decode(answer.content, type=form)
    except msgspec.ValidationError:
        raise VendorMustAct(f"Acme's answer for {label} is not of the form agreed: tell Acme.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RetryLater(f"What answered for {label} was not Acme: is a proxy or a sign-in page between?") from None
