"""Signed requests to the authority's receiver: one token while it holds, and nothing before `Retry-After` is over."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
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

if TYPE_CHECKING:
    from rollbook_la_portal.takes import Takes


@dataclass
class Session:
    """What is known of the authority's end from one call to the next: the token in use, what it takes, and the moment
    (of `clock`) before which it wants to be left alone.
    """

    clock: Callable[[], float] = time.monotonic
    token: str | None = None
    takes: Takes | None = None
    not_before: float = -math.inf


class Portal:
    """One connection with its token. `host` names the other end in sentences."""

    def __init__(self, api: Connection, host: str, client_id: str, secret: Secret, session: Session) -> None:
        self._api, self.host, self.session = api, host, session
        self._client_id, self._secret = client_id, secret

    def get(self, path: str, *, label: str, **params: int) -> httpx.Response:
        """A signed GET. Raises RetryLater, NeedsCredentials, FixSettings, VendorMustAct."""
        return self._signed("GET", path, label, {"params": params} if params else {})

    def post(self, path: str, *, label: str, body: Any, idempotency_key: str) -> httpx.Response:
        """A signed POST, repeated within the limits under its key. Raises as `get`, and Unanswered."""
        kwargs = {"json": body, "headers": {"Idempotency-Key": idempotency_key}}
        return self._signed("POST", path, label, kwargs)

    def put(self, path: str, *, label: str, body: Any) -> httpx.Response:
        """A signed PUT, repeated within the limits. Raises as `post`."""
        return self._signed("PUT", path, label, {"json": body})

    def _signed(self, method: str, path: str, label: str, kwargs: dict[str, Any]) -> httpx.Response:
        fresh = self.session.token is None
        response = self._once(method, path, label, kwargs)
        if response.status_code == 401 and not fresh:  # it ended in mid-run
            self.session.token = None
            response = self._once(method, path, label, kwargs)
        if response.status_code == 401:
            self.session.token = None
            raise NeedsCredentials(f"{self.host} takes none of the tokens that it gives: ask the authority.")
        return response

    def _once(self, method: str, path: str, label: str, kwargs: dict[str, Any]) -> httpx.Response:
        if self.session.token is None:
            self.session.token = self._fetch()
        headers = {**kwargs.get("headers", {}), "Authorization": f"Bearer {self.session.token}"}
        return self._asked(method, path, label=label, **(kwargs | {"headers": headers}))

    def _fetch(self) -> str:
        form = {"grant_type": "client_credentials"}
        # RFC 6749 section 2.3.1: both are form-encoded before they go into Basic.
        credentials = (quote_plus(self._client_id), quote_plus(self._secret.reveal()))
        try:
            answer = self._asked("POST", "oauth/token", label="token", data=form, auth=credentials)
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

    def _asked(self, method: str, path: str, *, label: str, **kwargs: Any) -> httpx.Response:
        """The answer. Whatever is asked, nothing goes out before the time that the other end asked for is over."""
        session = self.session
        left = session.not_before - session.clock()
        if left > 0:
            sentence = f"{self.host} asked to be left alone for another {math.ceil(left)} seconds; nothing was sent."
            raise RetryLater(sentence, after=left)
        try:
            return self._api.request(method, path, label=label, repeatable=True, **kwargs)
        except RetryLater as busy:
            if busy.after:
                session.not_before = session.clock() + busy.after
            raise


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
