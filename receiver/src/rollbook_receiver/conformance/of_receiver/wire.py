"""Requests to the receiver under test: bounded, signed, patient while it says that it is busy.

Every refusal is noted, for F-27 judges them all.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from rollbook_receiver.conformance.of_receiver.check import Broken

LONGEST_ANSWER = 8 * 1024 * 1024  # bytes
MOST_REQUESTS, MOST_SECONDS = 2000, 900.0  # of a run
LONGEST_WAIT, MOST_WAITED = 30.0, 120.0  # seconds: for one Retry-After, and for all of a run


class CannotSignIn(Exception):
    """No token was given. Its text is for the person who runs the check."""


@dataclass(frozen=True)
class Answer:
    """What came: `said` is its JSON object, empty when it is none."""

    status: int
    headers: Mapping[str, str]
    text: str
    said: dict[str, Any]

    @property
    def problem(self) -> str:
        """The last part of the problem's type, as `too-large`; empty when there is none."""
        return str(self.said.get("type", "")).rpartition(":")[2]

    def __str__(self) -> str:
        """For a person: the status and the problem's word, and nothing that could name anybody."""
        word = self.problem if self.problem.replace("-", "").isalpha() and len(self.problem) < 40 else ""
        return f"{self.status} {word}".strip()


@dataclass
class Wire:
    """One client's line to the receiver. `sleep` waits so many seconds."""

    http: httpx.Client
    client_id: str
    client_secret: str = field(repr=False)
    sleep: Callable[[float], None] = time.sleep
    refusals: list[tuple[str, Answer]] = field(default_factory=list)
    _asked: int = 0
    _began: float = field(default_factory=time.monotonic)
    _waited: float = 0.0
    _token: str = field(default="", repr=False)

    def get(self, path: str, **kwargs: Any) -> Answer:
        """A signed GET."""
        return self.signed("GET", path, **kwargs)

    def signed(self, method: str, path: str, *, patient: bool = True, **kwargs: Any) -> Answer:
        """A request with a token; asked again when the token has ended and, if `patient`, while they are busy."""
        answer = self._with_token(method, path, kwargs)
        if answer.status == 401:
            self._token = ""
            answer = self._with_token(method, path, kwargs)
        while patient and answer.status in (429, 503) and self._may_wait(answer):
            answer = self._with_token(method, path, kwargs)
        return answer

    def plain(self, method: str, path: str, **kwargs: Any) -> Answer:
        """A request as it is, without a token. Raises Broken when no answer comes."""
        self._asked += 1
        if self._asked > MOST_REQUESTS or time.monotonic() - self._began > MOST_SECONDS:
            raise Broken(f"the run ended at {MOST_REQUESTS} requests or {MOST_SECONDS:.0f} seconds, before it was done")
        headers = {"User-Agent": "rollbook-receiver-conformance/1", **kwargs.pop("headers", {})}
        try:
            with self.http.stream(method, path.lstrip("/"), headers=headers, **kwargs) as response:
                answer = _read(response)
        except httpx.HTTPError as error:
            raise Broken(f"no answer came to {method} of {_shown(path)} ({type(error).__name__})") from None
        if answer.status >= 400 and not path.startswith("/oauth/"):  # a token's refusal has RFC 6749's own form
            self.refusals.append((f"{method} {_shown(path)}", answer))
        return answer

    def sign_in(self) -> None:
        """Raises CannotSignIn."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.client_secret}
        answer = self.plain("POST", "/oauth/token", data=form)
        while answer.status in (429, 503) and self._may_wait(answer):
            answer = self.plain("POST", "/oauth/token", data=form)
        token = answer.said.get("access_token")
        if answer.status != 200 or not isinstance(token, str) or not token:
            raise CannotSignIn(f"The receiver gave no token for this client id and secret: it answered {answer}.")
        self._token = token

    def anew(self) -> None:
        """Begin to count requests and seconds again: what was sent is to be withdrawn in any case."""
        self._asked, self._began, self._waited = 0, time.monotonic(), 0.0

    def token(self) -> str:
        """A token that holds."""
        if not self._token:
            self.sign_in()
        return self._token

    def _with_token(self, method: str, path: str, kwargs: dict[str, Any]) -> Answer:
        headers = {"Authorization": f"Bearer {self.token()}", **kwargs.get("headers", {})}
        return self.plain(method, path, **(kwargs | {"headers": headers}))

    def _may_wait(self, answer: Answer) -> bool:
        stated = answer.headers.get("retry-after", "1")
        wait = float(stated) if stated.isascii() and stated.isdecimal() else 1.0
        if wait > LONGEST_WAIT or self._waited + wait > MOST_WAITED:
            return False
        self._waited += max(wait, 0.1)
        self.sleep(wait)
        return True


def _read(response: httpx.Response) -> Answer:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LONGEST_ANSWER:
            raise Broken(f"an answer is longer than {LONGEST_ANSWER} bytes")
    text = body.decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, text, said if isinstance(said, dict) else {})


def _shown(path: str) -> str:
    """The address without its numbers: a pupil's number is in one."""
    return "/".join("..." if part.isdecimal() and len(part) > 6 else part for part in path.partition("?")[0].split("/"))
