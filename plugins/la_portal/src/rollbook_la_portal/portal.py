"""Signed requests to the authority's receiver: a token, fetched when first needed and once more when it has ended."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

import httpx

from rollbook.contract import (
    Connection,
    FixSettings,
    NeedsCredentials,
    RetryLater,
    Secret,
    Unanswered,
    VendorMustAct,
)


class Portal:
    """One connection with its token. `host` names the other end in sentences."""

    def __init__(self, api: Connection, host: str, client_id: str, secret: Secret) -> None:
        self._api, self.host = api, host
        self._client_id, self._secret = client_id, secret
        self._token: str | None = None

    def get(self, path: str, *, label: str) -> httpx.Response:
        """A signed GET. Raises RetryLater, NeedsCredentials, FixSettings, VendorMustAct."""
        return self._signed("GET", path, label, {})

    def post(self, path: str, *, label: str, body: Any, idempotency_key: str) -> httpx.Response:
        """A signed POST, repeated within the limits under its key. Raises as `get`, and Unanswered."""
        kwargs = {"json": body, "headers": {"Idempotency-Key": idempotency_key}}
        return self._signed("POST", path, label, kwargs)

    def _signed(self, method: str, path: str, label: str, kwargs: dict[str, Any]) -> httpx.Response:
        fresh = self._token is None
        response = self._once(method, path, label, kwargs)
        if response.status_code == 401 and not fresh:  # it ended in mid-run
            self._token = None
            response = self._once(method, path, label, kwargs)
        if response.status_code == 401:
            self._token = None
            raise NeedsCredentials(f"{self.host} takes none of the tokens that it gives: ask the authority.")
        return response

    def _once(self, method: str, path: str, label: str, kwargs: dict[str, Any]) -> httpx.Response:
        if self._token is None:
            self._token = self._fetch()
        headers = {**kwargs.get("headers", {}), "Authorization": f"Bearer {self._token}"}
        return self._api.request(method, path, label=label, repeatable=True, **(kwargs | {"headers": headers}))

    def _fetch(self) -> str:
        form = {"grant_type": "client_credentials"}
        # RFC 6749 section 2.3.1: both are form-encoded before they go into Basic.
        credentials = (quote_plus(self._client_id), quote_plus(self._secret.reveal()))
        try:
            answer = self._api.post("oauth/token", label="token", repeatable=True, data=form, auth=credentials)
        except Unanswered as lost:  # no message was in it: nothing of ours is in doubt
            raise RetryLater(lost.sentence, detail=lost.detail, after=lost.after) from None
        if answer.status_code in (400, 401, 403):
            raise NeedsCredentials(
                f"{self.host} refuses client_id or client_secret: check both, or ask the authority for a new secret.",
                detail=f"HTTP {answer.status_code}",
            )
        if answer.status_code != 200:
            raise unexpected(self.host, "oauth/token", answer)
        token = json_object(answer).get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise VendorMustAct(f"{self.host} answered the request for a token with none.")
        return token


def unexpected(host: str, path: str, answer: httpx.Response) -> FixSettings | RetryLater | VendorMustAct:
    """The error that a status calls for which nobody agreed on."""
    status = answer.status_code
    detail = f"HTTP {status} for {path}"
    if status >= 500:
        return RetryLater(f"{host} has a fault of its own (HTTP {status}); try again later.", detail=detail)
    if status in (404, 405, 410) or 300 <= status < 400:
        return FixSettings(f"Nothing at {host} takes the open feed (HTTP {status}): check url.", detail=detail)
    return VendorMustAct(f"{host} answered in a way that the feed does not have (HTTP {status}).", detail=detail)


def json_object(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty when it is none."""
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
