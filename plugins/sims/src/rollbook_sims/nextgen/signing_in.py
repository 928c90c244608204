"""Signing in: a token for one organisation, asked for when it is first needed and again when it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from rollbook.contract import Client, FixSettings, NeedsCredentials, RetryLater, Unanswered, VendorMustAct

SCOPE = "simsserverapplication partner"


class _Given(msgspec.Struct):
    access_token: str


class Token:
    """Of one connection. It is kept for as long as its process lives, and nowhere else."""

    def __init__(self, settings: Mapping[str, Any], client: Client) -> None:
        self._settings, self._client = settings, client
        self._value: str | None = None
        self.proved = False  # whether something was read with it

    def header(self) -> str:
        """What a request says of it. Raises NeedsCredentials, FixSettings, RetryLater, VendorMustAct."""
        if self._value is None:
            self._value, self.proved = self._fetched(), False
        return f"Bearer {self._value}"

    def ended(self) -> bool:
        """It was refused. Whether another is worth asking for: not where this one was never taken."""
        again, self._value = self.proved, None
        return again

    def _fetched(self) -> str:
        parts = urlsplit(self._settings["sign_in"])
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings["client_id"],
            "client_secret": self._settings["client_secret"].reveal(),
            "scope": SCOPE,
            "acr_values": f"orgselected:{self._settings['organisation']}",
        }
        base = f"{parts.scheme}://{parts.netloc}/"
        with self._client.at(base, ca_file=self._settings["ca_file"]) as api:
            try:  # a token more or less does no harm
                answer = api.post(parts.path or "/", label="token", repeatable=True, data=form)
            except Unanswered as lost:
                raise RetryLater(lost.sentence, detail=lost.detail, after=lost.after) from None
        return _token_in(answer, parts.netloc)


def _token_in(answer: httpx.Response, host: str) -> str:
    """Nothing of what the answer says is repeated: it may hold what was sent."""
    status, detail = answer.status_code, f"HTTP {answer.status_code} for token"
    if status in (400, 401, 403):
        raise NeedsCredentials(
            f"{host} does not sign us in: check client_id, client_secret and organisation, or ask SIMS for new ones.",
            detail=detail,
        )
    if status == 404:
        raise FixSettings(f"{host} gives no tokens at that address: check sign_in.", detail=detail)
    if status != 200:
        raise RetryLater(f"{host} has a fault of its own ({detail}); the next sync tries again.", detail=detail)
    try:
        token = msgspec.json.decode(answer.content, type=_Given).access_token
    except msgspec.ValidationError:
        raise VendorMustAct(f"{host} answered the request for a token with none: tell SIMS.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RetryLater(f"What answered for {host} was not SIMS: is a proxy or a sign-in page between?") from None
    if not token or not token.isascii() or not token.isprintable():
        raise VendorMustAct(f"{host} answered the request for a token with none: tell SIMS.")
    return token
