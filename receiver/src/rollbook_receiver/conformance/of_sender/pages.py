"""`/conformance`: the result as it stands, for a browser and for a program."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rollbook_feed.clauses import clause
from rollbook_receiver import pages
from rollbook_receiver.conformance.of_sender.found import sender_result


def route() -> Route:
    """The one path. Who may see it sees the other pages too."""
    return Route("/conformance", shown, methods=["GET"])


async def shown(request: Request) -> Response:
    """A page where a browser asks, else JSON."""
    refused = await pages.closed(request)
    if refused:
        return refused
    await request.app.state.conformance.settle()
    return await run_in_threadpool(_shown, request)


def _shown(request: Request) -> Response:
    with request.app.state.store.reading() as connection:
        made = sender_result(connection, request.app.state.now())
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(made)
    rows = [(row, clause(row["clause"])) for row in made["clauses"]]
    return pages.page("conformance.html", request, made=made, rows=rows)
