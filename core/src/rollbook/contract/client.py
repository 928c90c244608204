"""The one HTTP client that plugins share: time limits, retries bounded in attempts and in total time, quiet logs.

    with self.client.at("https://school.example/api/", headers={...}) as api:
        page = api.get("students", params={"page": 2}, label="students").json()

Plain HTTP is refused for any address but loopback. Redirects are not followed: a redirect is answered as it came.
"""

from __future__ import annotations

import ipaddress
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import tenacity

from rollbook.contract.errors import FixSettings, RetryLater

log = logging.getLogger("rollbook.client")
BUSY = frozenset({429, 502, 503, 504})
GATEWAY = frozenset({502, 504})  # said by something in between: the other end may have taken it
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class Limits:
    """Bounds of one request with its retries: attempts, seconds in all, seconds of one attempt, bytes of an answer."""

    attempts: int = 6
    total_seconds: float = 60.0
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    answer_bytes: int = 64 * 1024 * 1024


class Client:
    """Made by the host and handed to every plugin; `at` gives a connection to one address."""

    def __init__(self, limits: Limits | None = None, sleep: Callable[[float], None] | None = None) -> None:
        self.limits = limits or Limits()
        self._sleep = sleep or tenacity.nap.sleep

    def at(
        self,
        base_url: str,
        *,
        auth: httpx.Auth | tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        ca_file: Path | None = None,
        client_certificate: tuple[Path, Path] | None = None,
        limits: Limits | None = None,
    ) -> Connection:
        """A connection to `base_url`, to be used in a `with`. `ca_file`: the trust's own proxy certificate.

        Raises FixSettings when the address is not https (loopback excepted) or a certificate cannot be read.
        """
        check_address(base_url)
        try:
            verify = ssl.create_default_context(cafile=str(ca_file)) if ca_file else ssl.create_default_context()
            if client_certificate:
                verify.load_cert_chain(*client_certificate)
        except (OSError, ssl.SSLError) as error:
            raise FixSettings("A certificate file of this connection cannot be read.", detail=str(error)) from None
        bounds = limits or self.limits
        timeout = httpx.Timeout(bounds.read_seconds, connect=bounds.connect_seconds)
        http = httpx.Client(
            base_url=base_url,
            auth=auth,
            headers={"User-Agent": "rollbook/1", **(headers or {})},
            timeout=timeout,
            verify=verify,
            follow_redirects=False,
        )
        return Connection(http, bounds, self._sleep)


class Connection:
    """Requests to one address. Every method retries what is safe to repeat, within the limits."""

    def __init__(self, http: httpx.Client, limits: Limits, sleep: Callable[[float], None]) -> None:
        self._http = http
        self._limits = limits
        self._sleep = sleep

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, *, label: str, **kwargs: Any) -> httpx.Response:
        """`request("GET", ...)`."""
        return self.request("GET", path, label=label, **kwargs)

    def post(self, path: str, *, label: str, repeatable: bool = False, **kwargs: Any) -> httpx.Response:
        """`request("POST", ...)`; `repeatable` where a repeat does no harm (a query; an idempotency key)."""
        return self.request("POST", path, label=label, repeatable=repeatable, **kwargs)

    def request(
        self, method: str, path: str, *, label: str, repeatable: bool | None = None, **kwargs: Any
    ) -> httpx.Response:
        """The answer, whatever its status but 429, 502, 503 and 504, which are retried where that is safe.

        `label` names the request in the log, in place of its address, which may hold a secret. Keyword arguments are
        httpx's. Raises RetryLater when the other end stayed away or busy past the limits, or answered too much;
        `Unanswered` when a request that changes something may have been taken and no reply of it came: at its only
        attempt, or, with an idempotency key, at any of them.
        """
        safe = method in REPEATABLE if repeatable is None else repeatable
        lost: list[str] = []
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Busy) if safe else tenacity.retry_never,
            stop=tenacity.stop_after_attempt(self._limits.attempts)
            | tenacity.stop_before_delay(self._limits.total_seconds),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._once, method, path, label, kwargs, lost)
        except _Busy as busy:
            if lost and method not in REPEATABLE:
                raise Unanswered(f"No reply came ({label}).", detail=lost[0], after=busy.after) from None
            raise RetryLater(busy.sentence, detail=busy.detail, after=busy.after) from None

    def _once(self, method: str, path: str, label: str, kwargs: dict[str, Any], lost: list[str]) -> httpx.Response:
        started = datetime.now(UTC)
        try:
            with self._http.stream(method, path, **kwargs) as response:
                response = self._read(response, label)
        except httpx.HTTPError as error:
            kind = type(error).__name__
            log.warning("request_failed", extra={"label": label, "kind": kind})
            if not isinstance(error, NOT_SENT):
                lost.append(kind)
            raise _Busy(*_no_answer(error, label, kind), None) from None
        took = (datetime.now(UTC) - started).total_seconds()
        log.info("request", extra={"label": label, "status": response.status_code, "seconds": round(took, 3)})
        if response.status_code in BUSY:
            after = retry_after(response)
            if response.status_code in GATEWAY:
                lost.append(f"HTTP {response.status_code}")
            sentence = f"The other end is busy (HTTP {response.status_code} for {label}); try again later."
            raise _Busy(sentence, f"HTTP {response.status_code}", after)
        return response

    def _read(self, response: httpx.Response, label: str) -> httpx.Response:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._limits.answer_bytes:
                raise RetryLater(f"The answer to {label} is larger than {self._limits.answer_bytes} bytes.")
        headers = [(k, v) for k, v in response.headers.multi_items() if k.lower() != "content-encoding"]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=response.request)


class Unanswered(RetryLater):
    """A request that changes something was sent, and no reply came: what it did is not known."""


class _Busy(Exception):
    def __init__(self, sentence: str, detail: str, after: float | None) -> None:
        super().__init__(sentence)
        self.sentence, self.detail, self.after = sentence, detail, after


def _no_answer(error: httpx.HTTPError, label: str, kind: str) -> tuple[str, str]:
    if "CERTIFICATE" in str(error).upper():
        text = "its certificate was not trusted; where a school proxy re-signs traffic, name its CA in ca_file"
        return f"The connection for {label} is not safe: {text}.", kind
    return f"No answer for {label} ({kind}); is the address right and the network up?", kind


def _wait(state: tenacity.RetryCallState) -> float:
    asked = getattr(state.outcome.exception() if state.outcome else None, "after", None)
    backoff = tenacity.wait_random_exponential(multiplier=0.5, max=20)(state)
    return max(backoff, asked or 0.0)


def retry_after(response: httpx.Response, now: datetime | None = None) -> float | None:
    """Seconds that `Retry-After` asks for, given as a number or an HTTP date; None when absent or unreadable."""
    value = response.headers.get("Retry-After", "")
    if value.isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def check_address(url: str) -> None:
    """Refuse an address that is not https, loopback excepted, or that carries a password. Raises FixSettings."""
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise FixSettings("An address must not carry a user name or password: use the settings made for them.")
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return
    raise FixSettings(f"The address of {parts.hostname or 'this connection'} must begin with https://.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
