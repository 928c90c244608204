"""Round every request: safe headers, a log that names no pupil, and a clear answer to whatever goes wrong."""

from __future__ import annotations

import logging
import time
import traceback

from sqlalchemy.exc import OperationalError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rollbook_receiver.problem import Refused

log = logging.getLogger("rollbook_receiver")

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


_busy = Refused(503, "cannot-keep", "Busy; nothing was taken.", headers={"Retry-After": "2"})


class Guard:
    """The outermost layer. Nothing that is raised passes it: a traceback's text could name a pupil."""

    def __init__(self, app: ASGIApp, at_once: int) -> None:
        self.app, self.at_once, self._now = app, at_once, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.monotonic(), 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        self._now += 1
        try:
            await (self.app if self._now <= self.at_once else _busy.response())(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 - the last line: whatever it is, the sender gets an answer
            answer = _answer(error)
            if not status:
                await answer.response()(scope, receive, guarded)
        finally:
            self._now -= 1
        took = time.monotonic() - started
        log.info("%s %s %s %.0f ms", scope["method"], _path(scope), status, took * 1000)


def _answer(error: Exception) -> Refused:
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error("failed: %s at %s line %s", type(error).__name__, where.name, where.lineno)
    if isinstance(error, OperationalError):
        title = "The message cannot be kept at the moment (disk or database); nothing was taken."
        return Refused(503, "cannot-keep", title, headers={"Retry-After": "30"})
    return Refused(500, "fault", "A fault of the receiver; its log says where.")


def _path(scope: Scope) -> str:
    """The route's own form, not the address: an address has a pupil's number, or whatever was typed."""
    route = scope.get("route")
    return getattr(route, "path", "(no such page)")
