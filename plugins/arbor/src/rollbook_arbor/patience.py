"""How long one pull waits in all, where Arbor asks for fewer requests: one bound and one wait for all its threads."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import httpx

from rollbook.contract import RetryLater, retry_after

MOST_SECONDS = 600.0
_UNSAID = 5.0  # counted where Arbor does not say how long


class Patience:
    """Of one pull. While one thread waits because of HTTP 429, no other begins a request."""

    def __init__(self, host: str) -> None:
        self._host, self._waited, self._spent = host, 0.0, False
        self._waits: int | None = None  # the thread for which the others are held back
        self._turn = threading.Condition()

    @contextmanager
    def request(self) -> Iterator[None]:
        """One request with its repeats. Raises RetryLater when Arbor has asked for too much waiting in this pull."""
        with self._turn:
            self._turn.wait_for(lambda: self._waits is None or self._spent)
            self._check()
        try:
            yield
        finally:
            with self._turn:
                if self._waits == threading.get_ident():  # its last answer was 429: the others need not try
                    self._spent = True
                    self._go_on()

    def answered(self, status: int, asked: float | None) -> None:
        """An attempt was answered. asked: seconds that `Retry-After` said. Raises as `request`."""
        here = threading.get_ident()
        with self._turn:
            if status != 429:
                if self._waits == here:
                    self._go_on()
                return
            if self._waits is None:
                self._waits = here
            if self._waits == here:  # those who were under way at the same time wait meanwhile, not besides
                self._waited += _UNSAID if asked is None else asked
                self._spent = self._spent or self._waited > MOST_SECONDS
            self._check()

    def _go_on(self) -> None:
        self._waits = None
        self._turn.notify_all()

    def _check(self) -> None:
        if self._spent:
            raise RetryLater(
                f"{self._host} asks for fewer requests, and waiting did not help; the next sync tries again. If it "
                f"stays so, lower `at_once`.",
                detail=f"waits of {self._waited:.0f} seconds were asked for in one pull",
            )


class PatientAuth(httpx.BasicAuth):
    """User and password; and each answer, repeats too, is told to `Patience`."""

    def __init__(self, user: str, password: str, patience: Patience) -> None:
        super().__init__(user, password)
        self._patience = patience

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        for sent in super().auth_flow(request):
            response = yield sent
            self._patience.answered(response.status_code, retry_after(response))
