"""The web application: the feed's interface for programs, and plain pages for an officer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from rollbook_receiver import api, moments, pages, regular_api
from rollbook_receiver.guard import Guard
from rollbook_receiver.guesses import Guesses
from rollbook_receiver.limits import Limits
from rollbook_receiver.problem import Refused
from rollbook_receiver.senders import Senders
from rollbook_receiver.signing_in import SignedIn
from rollbook_receiver.store import Store
from rollbook_receiver.waiting import Waiting


@dataclass(frozen=True)
class Access:
    """Who sees the pages while no officer has a name: with a password, whoever has it; without, this machine alone, on
    loopback.
    """

    loopback: bool
    password: str | None = None


def make_app(
    store: Store, access: Access, now: Callable[[], datetime] = moments.now, limits: Limits | None = None
) -> Starlette:
    """The application over an open store. `now` is the clock, for received-at and for the end of tokens."""
    limits = limits or Limits()
    app = Starlette(
        routes=[*api.routes(), *regular_api.routes(), *pages.routes()],
        middleware=[Middleware(Guard, at_once=limits.at_once)],
        exception_handlers={Refused: _refused, HTTPException: _http},
    )
    app.router.redirect_slashes = False  # an address is right or it is not: no redirect to whatever host was named
    app.state.store, app.state.access, app.state.now = store, access, now
    app.state.in_flight, app.state.limits, app.state.senders = api.InFlight(), limits, Senders(limits)
    app.state.signed_in = SignedIn()
    app.state.guesses, app.state.bodies = Guesses(), Waiting(limits.bodies, limits.bodies_of_one)
    return app


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return error.response()


async def _http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (no such path, wrong method), in the form that the asker reads."""
    if not isinstance(error, HTTPException):
        raise error
    words = {404: ("not-found", "There is nothing at this address."), 405: ("wrong-method", "Not by this method.")}
    kind, title = words.get(error.status_code, ("not-taken", "The request was not taken."))
    if request.url.path.startswith(("/v1/", "/oauth/")):
        return Refused(error.status_code, kind, title, headers=error.headers).response()
    return pages.plain(error.status_code, title, "Go back to what came: use the link above.", headers=error.headers)
