"""The one HTTP client that plugins share: time limits, retries bounded in attempts and in total time, quiet logs.

    with self.client.at("https://school.example/api/", headers={...}) as api:
        page = api.get("students", params={"page": 2}, label="students").json()

Plain HTTP is refused for any address but loopback. Redirects are not followed: a redirect is answered as it came. A
connection speaks to its own address alone: a link of the vendor's that leads elsewhere is not followed either, so that
neither its credentials nor what it asks for can be led astray.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import tenacity

from rollbook.contract.errors import FixSettings, RetryLater, VendorMustAct

log = logging.getLogger("rollbook.client")
logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write whole addresses, and some of them are secrets
BUSY = frozenset({429, 502, 503, 504})
GATEWAY = frozenset({502, 504})  # said by something in between: the other end may have taken it
READS = frozenset({"GET", "HEAD", "OPTIONS"})
REPEATABLE = READS | {"PUT", "DELETE"}
AS_IT_CAME = frozenset({"content-encoding", "content-length", "transfer-encoding"})
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class Limits:
    """Bounds of one request with its retries: attempts; seconds in all; seconds to connect, and of silence; bytes of
    an answer, unpacked. No single attempt takes more than the seconds in all, however slowly its answer drips.
    """

    attempts: int = 6
    total_seconds: float = 60.0
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    answer_bytes: int = 64 * 1024 * 1024


class Client:
    """Made by the host and handed to every plugin; `at` gives a connection to one address."""

    def __init__(
        self,
        limits: Limits | None = None,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits or Limits()
        self._sleep = sleep or tenacity.nap.sleep
        self._clock = clock

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
            verify = _trust(ca_file) if ca_file or client_certificate else _usual_trust()
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
        return Connection(http, bounds, self._sleep, self._clock)


class Connection:
    """Requests to one address. Every method retries what is safe to repeat, within the limits."""

    def __init__(
        self, http: httpx.Client, limits: Limits, sleep: Callable[[float], None], clock: Callable[[], float]
    ) -> None:
        self._http = http
        self._limits = limits
        self._sleep = sleep
        self._clock = clock

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
        """The answer, whatever its status but 429, 502, 503 and 504, which are retried.

        What is not safe to repeat is retried only while it is sure that nothing was taken: no connection was made, or
        the other end said itself that it is busy. `label` names the request in the log, in place of its address, which
        may hold a secret. Keyword arguments are httpx's. `path` may be a whole address, as a vendor's link to a next
        page, if it is of this connection's own server.

        Raises RetryLater when the other end stayed away or busy past the limits; `Unanswered`, a RetryLater, when a
        request that changes something may have been taken and no reply of it came, at any attempt, even where a repeat
        of it was refused (4xx), since that says nothing of the first; FixSettings when its certificate is not trusted;
        VendorMustAct when it answered too much, or `path` leads to another server.
        """
        self._stay_here(path)
        safe = method in REPEATABLE if repeatable is None else repeatable
        lost: list[str] = []
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, _Busy) and (safe or not lost)),
            stop=tenacity.stop_after_attempt(self._limits.attempts)
            | tenacity.stop_before_delay(self._limits.total_seconds),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            answer = retrying(self._once, method, path, label, kwargs, lost)
        except _Busy as busy:
            if lost and method not in READS:
                raise Unanswered(f"No reply came ({label}).", detail=lost[0], after=busy.after) from None
            raise RetryLater(busy.sentence, detail=busy.detail, after=busy.after) from None
        if lost and method not in READS and 400 <= answer.status_code < 500:
            sentence = f"No reply came ({label}), and when it was sent again it was refused."
            raise Unanswered(sentence, detail=f"{lost[0]}, then HTTP {answer.status_code}")
        return answer

    def _once(self, method: str, path: str, label: str, kwargs: dict[str, Any], lost: list[str]) -> httpx.Response:
        started = self._clock()
        try:
            with self._http.stream(method, path, **kwargs) as response:
                response = self._read(response, label, started)
        except httpx.HTTPError as error:
            kind = type(error).__name__
            log.warning("request_failed", extra={"label": label, "kind": kind})
            if _is_of_certificate(error):
                raise FixSettings(_NOT_TRUSTED.format(label), detail=kind) from None
            if not isinstance(error, NOT_SENT):
                lost.append(kind)
            sentence = f"No answer for {label} ({kind}); is the address right and the network up?"
            raise _Busy(sentence, kind, None) from None
        took = self._clock() - started
        log.info("request", extra={"label": label, "status": response.status_code, "seconds": round(took, 3)})
        if response.status_code in BUSY:
            after = retry_after(response)
            if response.status_code in GATEWAY:
                lost.append(f"HTTP {response.status_code}")
            sentence = f"The other end is busy (HTTP {response.status_code} for {label}); try again later."
            raise _Busy(sentence, f"HTTP {response.status_code}", after)
        return response

    def _read(self, response: httpx.Response, label: str, started: float) -> httpx.Response:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._limits.answer_bytes:
                raise VendorMustAct(f"The answer to {label} is larger than {self._limits.answer_bytes} bytes.")
            if self._clock() - started > self._limits.total_seconds:
                raise httpx.ReadTimeout("the answer drips", request=response.request)
        # The body is whole and unpacked here: what said how it came no longer holds.
        headers = [(k, v) for k, v in response.headers.multi_items() if k.lower() not in AS_IT_CAME]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=response.request)

    def _stay_here(self, path: str) -> None:
        there, here = httpx.URL(path), self._http.base_url
        if there.is_absolute_url and (there.scheme, there.host, there.port) != (here.scheme, here.host, here.port):
            raise VendorMustAct(f"A link led away from {here.host}, to {there.host}: it was not followed.")


class Unanswered(RetryLater):
    """A request that changes something was sent, and no reply came: what it did is not known."""


class _Busy(Exception):
    def __init__(self, sentence: str, detail: str, after: float | None) -> None:
        super().__init__(sentence)
        self.sentence, self.detail, self.after = sentence, detail, after


@cache
def _usual_trust() -> ssl.SSLContext:
    """What this machine trusts: read once, for that takes longer than a request to a near server."""
    return _trust(None)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)


_NOT_TRUSTED = (
    "The connection for {} is not safe: the other end's certificate was not trusted. Where a school's proxy re-signs "
    "traffic, name its CA in ca_file; otherwise tell the other end."
)


def _is_of_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _wait(state: tenacity.RetryCallState) -> float:
    asked = getattr(state.outcome.exception() if state.outcome else None, "after", None)
    backoff = tenacity.wait_random_exponential(multiplier=0.5, max=20)(state)
    return max(backoff, asked or 0.0)


def retry_after(response: httpx.Response, now: datetime | None = None) -> float | None:
    """Seconds that `Retry-After` asks for, given as a number or an HTTP date; None when absent or unreadable."""
    value = response.headers.get("Retry-After", "")
    if value.isascii() and value.isdecimal():
        seconds = float(value)
        return seconds if math.isfinite(seconds) else None
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    if when.tzinfo is None:  # "-0000": the moment is in UTC
        when = when.replace(tzinfo=UTC)
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
