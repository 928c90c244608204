"""Plain pages of what came: server-rendered, no script, nothing from anywhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rollbook_receiver import (
    audit,
    judging,
    known_people,
    matching,
    messages,
    moments,
    one_number,
    reporting,
    shown,
    words,
)
from rollbook_receiver.likeness import Person
from rollbook_receiver.messages import Filter, Held
from rollbook_receiver.signing_in import Shut, officer

A_PAGE = 50


def routes() -> list[Route]:
    """The pages."""
    return [
        Route("/", listing, methods=["GET"]),
        Route("/messages/{reference}", one, methods=["GET"]),
        Route("/matches", matches, methods=["GET"]),
        Route("/schools", schools, methods=["GET"]),
        Route("/style.css", style, methods=["GET"]),
    ]


async def listing(request: Request) -> Response:
    """What came, last first, a page at a time: of every kind and school, or of those that are asked for."""
    refused = await closed(request)
    if refused:
        return refused
    asked = request.query_params
    before = asked.get("before", "")
    start = int(before) if before.isascii() and before.isdecimal() and len(before) <= 18 else None
    return await run_in_threadpool(_listing, request, _filter(asked), start)


async def one(request: Request) -> Response:
    """One revision, with the history of what it belongs to."""
    refused = await closed(request)
    if refused:
        return refused
    return await run_in_threadpool(_one, request)


async def matches(request: Request) -> Response:
    """Schools' pupils who wait for an officer to say who they are, the longest first."""
    refused = await closed(request)
    if refused:
        return refused
    return await run_in_threadpool(_matches, request)


async def schools(request: Request) -> Response:
    """Which schools reported today, and which did not, since when."""
    refused = await closed(request)
    if refused:
        return refused
    return await run_in_threadpool(_schools, request)


async def style(_request: Request) -> Response:
    """The stylesheet: it holds nothing of anybody."""
    return Response(_style(), media_type="text/css")


def plain(status: int, title: str, words: str, headers: Mapping[str, str] | None = None) -> Response:
    """A page of one sentence."""
    page = _templates().get_template("plain.html").render(title=title, words=words)
    return HTMLResponse(page, status, dict(headers or {}))


def _filter(asked: Mapping[str, str]) -> Filter:
    """What nobody could have chosen is not asked for."""
    school = asked.get("school", "").strip()
    return Filter(
        asked.get("kind") if asked.get("kind") in words.KINDS else None,
        int(school) if len(school) == 6 and school.isascii() and school.isdecimal() else None,
        asked.get("outcome") if asked.get("outcome") in words.OUTCOMES else None,
    )


def _listing(request: Request, wanted: Filter, before: int | None) -> Response:
    with request.app.state.store.reading() as connection:
        found = messages.states(connection, wanted, before=before, most=A_PAGE + 1)
        rows = [(held, _named(history), history) for held in found[:A_PAGE] for history in [_all(connection, held)]]
        counts = {"total": messages.count(connection, wanted)}
        counts["withdrawn"] = messages.count(connection, wanted, withdrawn=True)
        mixed = one_number.lately(connection, request.app.state.now()) if wanted == messages.EVERY else []
    _seen(request, "looked at the list", [audit.Look(held.reference, held.key.school) for held, _, _ in rows])
    chosen = {name: value for name, value in vars(wanted).items() if value is not None}
    older = urlencode(chosen | {"before": found[A_PAGE - 1].id}) if len(found) > A_PAGE else None
    wrong = request.query_params.get("school", "").strip() if wanted.school is None else ""
    shown_here = {**counts, "rows": rows, "mixed": mixed, "older": older, "first_page": before is None}
    return page("listing.html", request, wanted=wanted, newest=urlencode(chosen), wrong=bool(wrong), **shown_here)


def _one(request: Request) -> Response:
    _looked_at(request)
    with request.app.state.store.reading() as connection:
        held = messages.of_reference(connection, request.path_params["reference"])
        history = _all(connection, held) if held else []
        judged = judging.history(connection, held.id) if held else []
        who = matching.of_pupil(connection, held.key.school, held.key.pupil) if held else None
        beside: dict[str, Any] = {"who": who, "elsewhere": matching.elsewhere(connection, who) if who else []}
        beside["person"] = known_people.person(connection, who.person) if who else None
    if held is None:
        return plain(404, "No message has this reference", "Look it up in the list of what came.")
    _seen(request, "looked at a message", [audit.Look(held.reference, held.key.school)])
    said = shown.sections(held.key.kind, held.content) if held.action != "withdraw" else []
    values = {"about": _named(history), "history": history, "judged": judged, "codes": shown.codes(held.content)}
    return page("one.html", request, held=held, sections=said, **values, **beside)


def _looked_at(request: Request) -> int:
    """Look at what came since somebody last did; how many messages are left for the next time."""
    state = request.app.state
    with state.store.reading() as connection:
        behind = matching.behind(connection)
    if behind:
        behind -= state.store.write(lambda connection: matching.catch_up(connection, state.now())).result()
    return max(behind, 0)


def _matches(request: Request) -> Response:
    behind = _looked_at(request)
    with request.app.state.store.reading() as connection:
        after = _after(request.query_params.get("after", ""))
        found = matching.queue(connection, most=A_PAGE + 1, after=after)
        rows = []
        for one in found[:A_PAGE]:
            held = messages.of_reference(connection, one.reference)
            rows.append((one, held, matching.likely_for(connection, one) if held else []))
        waiting = matching.waiting(connection)
    looks = [audit.Look(one.reference, one.school, _queued(one, likely)) for one, _, likely in rows]
    _seen(request, "looked at the queue of pupils", looks)
    last = found[A_PAGE - 1] if len(found) > A_PAGE else None
    more = urlencode({"after": f"{last.at} {last.school} {last.pupil}"}) if last else None
    return page("matches.html", request, rows=rows, waiting=waiting, behind=behind, more=more, first_page=after is None)


def _schools(request: Request) -> Response:
    with request.app.state.store.reading() as connection:
        rows = reporting.schools(connection, request.app.state.now())
    return page("schools.html", request, rows=rows, today=sum(row.today for row in rows))


def _after(text: str) -> tuple[str, int, int] | None:
    at, _, numbers = text.partition(" ")
    school, _, pupil = numbers.partition(" ")
    if not all(part.isascii() and part.isdecimal() and len(part) <= 19 for part in (school, pupil)):
        return None
    return at[:32], int(school) % 2**31, int(pupil) % 2**63


def _queued(one: matching.Registration, likely: Sequence[Person]) -> str:
    """Whom a row of the queue shows, by numbers."""
    people = ", ".join(str(person.id) for person in likely)
    return f"pupil {one.pupil}" + (f", people {people}" if people else "")


def _seen(request: Request, what: str, seen: Sequence[audit.Look]) -> None:
    """Kept before the page is given: without the entry there is no page."""
    state = request.app.state
    who = request.state.officer
    state.store.write(lambda connection: audit.looked(connection, who, what, state.now(), seen)).result()


def _all(connection: Any, held: Held) -> list[Held]:
    return messages.history(connection, held.key)


def _named(history: list[Held]) -> dict[str, Any] | None:
    """The newest content that says whom and where it is about: a withdrawal names nobody."""
    return next((held.content for held in history if held.action != "withdraw"), None)


def page(name: str, request: Request, **values: Any) -> Response:
    """A template with its values, and when it was made."""
    as_at = moments.spoken(request.app.state.now())
    return HTMLResponse(_templates().get_template(name).render(as_at=as_at, **values))


async def closed(request: Request) -> Response | None:
    """A refusal, unless this asker may see the pages."""
    who = await officer(request)
    if isinstance(who, Shut):
        return plain(who.status, who.title, who.words, who.headers)
    request.state.officer = who
    return None


@cache
def _style() -> str:
    return files("rollbook_receiver").joinpath("static/style.css").read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("rollbook_receiver"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    made.filters |= {"moment": moments.spoken, "day": moments.spoken_day, "first_day": words.first_day}
    made.globals |= {"KINDS": words.KINDS, "ACTIONS": words.ACTIONS, "STATES": words.STATES}
    made.globals |= {"OUTCOMES": words.OUTCOMES, "MATCHES": words.MATCHES}
    return made
