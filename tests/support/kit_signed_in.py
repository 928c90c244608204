"""A vendor with a sign-in: POST v1/session gives a ticket, and a ticket that has ended is said by HTTP 440. And three
sources of it that take what they are refused, behind the sign-in, for an empty list.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any, ClassVar

import httpx

from rollbook.testing.web import Answer, Incoming, as_json
from support.kit_source import Plain, PlainSimulator

ENDED = 440


class Ticket(httpx.Auth):
    """Signs in before the first request, and once more where the ticket has ended."""

    requires_response_body = True

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token, self._ticket = f"{url.rstrip('/')}/v1/session", token, ""

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        for _ in range(2):
            if not self._ticket:
                answer = yield httpx.Request("POST", self._url, json={"key": self._token})
                if answer.status_code != 200:
                    return  # and that is the answer which the source gets
                self._ticket = json.loads(answer.content)["ticket"]
            request.headers["X-Ticket"] = self._ticket
            answer = yield request
            if answer.status_code != ENDED:
                return
            self._ticket = ""


class SignedIn(Plain):
    """The source, with a ticket."""

    simulator: ClassVar[str | None] = "support.kit_signed_in:SignedInSimulator"

    def open(self) -> Any:
        url = self.settings["url"]
        return self.client.at(url, auth=Ticket(url, self.settings["token"].reveal()))


class SignedInSimulator(PlainSimulator):
    """The server: a request without a good ticket is answered with 440, and with 401 where there was none."""

    def answer(self, asked: Incoming) -> Answer:
        tickets: set[str] = self.__dict__.setdefault("tickets", set())
        if asked.target == "/v1/session":
            if json.loads(asked.body) != {"key": self._token}:
                return as_json({"message": "unknown key"}, 401)
            tickets.add(ticket := secrets.token_urlsafe(18))
            return as_json({"ticket": ticket})
        given = asked.headers.get("x-ticket")
        if given not in tickets:
            return as_json({"message": "no ticket"}, ENDED if given else 401)
        return super().answer(Incoming(asked.method, asked.target, {"authorization": f"Bearer {self._token}"}, b""))


class NothingWhere(SignedIn, abstract=True):
    """Behind the sign-in, that status is an empty list."""

    status = 0

    def answer(self, response: Any) -> dict[str, Any]:
        if response.status_code == self.status and "X-Ticket" in response.request.headers:
            return {"rows": [], "total": 0, "next": None, "schools": []}
        return super().answer(response)


class NothingWhereUnknown(NothingWhere):
    status = 401


class NothingWhereForbidden(NothingWhere):
    status = 403


class NothingWhereEnded(NothingWhere):
    """Knows of no ticket that ends."""

    status = ENDED

    def open(self) -> Any:
        api = super().open()
        auth = api._http.auth
        auth.auth_flow = lambda request: _once(auth, request)
        return api


def _once(auth: Any, request: httpx.Request) -> Iterator[httpx.Request]:
    flow = Ticket.auth_flow(auth, request)
    wanted = next(flow)
    while True:
        answer = yield wanted
        if wanted is request:
            return
        wanted = flow.send(answer)
