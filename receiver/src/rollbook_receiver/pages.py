"""Plain pages of what came: server-rendered, no script, nothing from anywhere else."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rollbook_receiver import messages, moments
from rollbook_receiver.basic import credentials
from rollbook_receiver.messages import Held

A_PAGE = 50
KINDS = {"attendance_return": "Attendance return"}
ACTIONS = {"send": "sent", "amend": "amended", "withdraw": "withdrawn"}
STATES = {"send": "Reported", "amend": "Amended", "withdraw": "Withdrawn"}
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def routes() -> list[Route]:
    """The pages."""
    return [
        Route("/", listing, methods=["GET"]),
        Route("/messages/{reference}", one, methods=["GET"]),
        Route("/style.css", style, methods=["GET"]),
    ]


async def listing(request: Request) -> Response:
    """What came, last first, a page at a time."""
    closed = _closed(request)
    if closed:
        return closed
    before = request.query_params.get("before", "")
    start = int(before) if before.isascii() and before.isdecimal() and len(before) <= 18 else None
    return await run_in_threadpool(_listing, request, start)


async def one(request: Request) -> Response:
    """One revision, with the history of what it belongs to."""
    closed = _closed(request)
    if closed:
        return closed
    return await run_in_threadpool(_one, request)


async def style(_request: Request) -> Response:
    """The stylesheet: it holds nothing of anybody."""
    return Response(_style(), media_type="text/css")


def plain(status: int, title: str, words: str, headers: Mapping[str, str] | None = None) -> Response:
    """A page of one sentence."""
    page = _templates().get_template("plain.html").render(title=title, words=words)
    return HTMLResponse(page, status, dict(headers or {}))


def _listing(request: Request, before: int | None) -> Response:
    state = request.app.state
    with state.store.reading() as connection:
        found = messages.states(connection, before=before, most=A_PAGE + 1)
        shown = [(held, _named(history), history) for held in found[:A_PAGE] for history in [_all(connection, held)]]
        total = messages.count(connection)
    older = found[A_PAGE - 1].id if len(found) > A_PAGE else None
    return _page("listing.html", request, rows=shown, total=total, older=older, first_page=before is None)


def _one(request: Request) -> Response:
    with request.app.state.store.reading() as connection:
        held = messages.of_reference(connection, request.path_params["reference"])
        history = _all(connection, held) if held else []
    if held is None:
        return plain(404, "No message has this reference", "Look it up in the list of what came.")
    about = _named(history)
    return _page("one.html", request, held=held, about=about, history=history, days=_days(held.content))


def _all(connection: Any, held: Held) -> list[Held]:
    return messages.history(connection, held.key)


def _named(history: list[Held]) -> dict[str, Any] | None:
    """The newest content that says whom and where it is about: a withdrawal names nobody."""
    return next((held.content for held in history if held.action != "withdraw"), None)


def _days(content: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The sessions as rows of day, morning, afternoon."""
    rows: dict[str, dict[str, str]] = {}
    for item in content.get("absence", {}).get("sessions", []):
        rows.setdefault(item["date"], {})[item["session"]] = item["code"]
    return [(day, halves.get("AM", ""), halves.get("PM", "")) for day, halves in sorted(rows.items())]


def _page(name: str, request: Request, **values: Any) -> Response:
    as_at = moments.spoken(request.app.state.now())
    return HTMLResponse(_templates().get_template(name).render(as_at=as_at, **values))


def _closed(request: Request) -> Response | None:
    """A refusal, unless this asker may see the pages."""
    access = request.app.state.access
    if access.password is not None:
        return None if _signed_in(request, access.password) else _sign_in()
    if access.loopback and _asked_here(request):
        return None
    words = "They name children. Start the receiver with --officer-password-env NAME to open them after a sign-in."
    return plain(403, "The pages are closed", words)


def _signed_in(request: Request, password: str) -> bool:
    name, given = credentials(request.headers.get("authorization", "")) or ("", "")
    same = hmac.compare_digest(_digest(given), _digest(password))
    return same and name == "officer"


def _sign_in() -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="What schools reported", charset="UTF-8"'}
    return plain(401, "Sign in to see what came", "The user name is officer.", headers)


def _asked_here(request: Request) -> bool:
    """Whether the asker sits at this machine: a proxy in front of loopback would open the pages to its whole network,
    and a page elsewhere can point a name of its own at loopback."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    # The header itself: what the framework cannot read it replaces by the server's own address, which is loopback.
    host = _HOST.fullmatch(request.headers.get("host", ""))
    try:
        name = host.group(1).strip("[]").lower() if host else ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@cache
def _style() -> str:
    return files("rollbook_receiver").joinpath("static/style.css").read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("rollbook_receiver"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    made.filters |= {"moment": moments.spoken, "day": moments.spoken_day}
    made.globals |= {"KINDS": KINDS, "ACTIONS": ACTIONS, "STATES": STATES}
    return made
