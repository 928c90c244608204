"""The interface as OpenAPI 3.1: every path, what it takes, and every answer."""

from __future__ import annotations

from typing import Any

from rollbook_feed import answers
from rollbook_feed.examples import example
from rollbook_feed.from_school import KINDS
from rollbook_feed.message import FEED_VERSION, HIGHEST, NUMBER
from rollbook_feed.publish import forms
from rollbook_feed.refusals import of_status

_DAY = {"type": "string", "format": "date"}
_URN = {"type": "integer", "minimum": 100_000, "maximum": 999_999}
_ABOUT = (
    "What schools' systems and a local authority tell each other about attendance. The clauses that bind both ends are "
    "in clauses.md, and the fields in messages.md. Over TLS always."
)
# Which problems each path may answer with, beside those of every path that a token opens.
_ALWAYS = (401, 429, 500, 503)
_TAKING = (400, 403, 408, 409, 413, 415, 422)

ANSWERS = (
    answers.Taken,
    answers.Status,
    answers.State,
    answers.WhoAmI,
    answers.Kept,
    answers.NewsPage,
    answers.Token,
    answers.Problem,
)


def openapi() -> dict[str, Any]:
    """The whole document."""
    spec = forms.specification(
        {
            "title": "The open feed",
            "version": FEED_VERSION,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        }
    )
    forms.add(spec, *ANSWERS)
    for name, made in forms.components().items():
        if name not in spec.components.schemas:
            spec.components.schema(name, made)
    for name, each in {"Message": forms.message_forms(), "PieceOfNews": forms.news_forms()}.items():
        spec.components.schema(name, {"title": name, "oneOf": list(each.values())})
    made = spec.components.schemas["NewsPage"]["properties"]["items"]
    made["items"] = _ref("PieceOfNews")
    spec.components.security_scheme("client", _security())
    for path, operations in _paths().items():
        spec.path(path, operations=operations)
    whole: dict[str, Any] = spec.to_dict()
    return whole | {"security": [{"client": []}], "servers": [{"url": "https://authority.example/feed"}]}


def _security() -> dict[str, Any]:
    flow = {"tokenUrl": "/oauth/token", "scopes": {}}
    words = "OAuth 2.0 client credentials (RFC 6749, section 4.4); with mutual TLS beside it where the authority asks"
    return {"type": "oauth2", "description": words, "flows": {"clientCredentials": flow}}


def _paths() -> dict[str, dict[str, Any]]:
    return {
        "/oauth/token": {"post": _token()},
        "/v1/whoami": {"get": _get("whoAmI", "Whom the token stands for, and what this receiver takes", [], "WhoAmI")},
        "/v1/messages": {"post": _send()},
        "/v1/messages/{kind}/{school}/{pupil}/{episode}": {"get": _look_up()},
        "/v1/status/{reference}": {"get": _status()},
        "/v1/schools/{school}/days/{date}": _regular("day", "date", "DayReport"),
        "/v1/schools/{school}/weeks/{monday}": _regular("week", "monday", "WeekSummary"),
        "/v1/schools/{school}/sessions/{date}": _regular("sessions", "date", "SessionMarks"),
        "/v1/schools/{school}/news": {"get": _news()},
    }


def _token() -> dict[str, Any]:
    properties = {
        "grant_type": {"const": "client_credentials"},
        "client_id": {"type": "string", "description": "where it is not sent by HTTP Basic"},
        "client_secret": {"type": "string", "description": "where it is not sent by HTTP Basic"},
    }
    form = {"type": "object", "properties": properties, "required": ["grant_type"]}
    error = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    refused = {"description": "RFC 6749, section 5.2", "content": {"application/json": {"schema": error}}}
    return {
        "operationId": "token",
        "summary": "Exchange a client's id and secret for a token",
        "security": [],
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}},
        "responses": {"200": _answer("A token", "Token"), "400": refused, "401": refused}
        | _refusals([408, 413, 429, 500, 503]),
    }


def _send() -> dict[str, Any]:
    examples = {kind: {"value": example(kind)} for kind in (*KINDS, "amendment", "withdrawal")}
    body = {"schema": _ref("Message"), "examples": examples}
    pending = _answer("It is on disk, and an officer has yet to judge it", "Taken")
    pending["headers"] = {"Location": {"required": True, "schema": {"type": "string"}, "description": "its status"}}
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "always the same for the same message; quotation marks round it are no part of it",
        "schema": {"type": "string", "pattern": '^([!#-~]{1,255}|"[!#-~]{1,255}")$'},
    }
    return {
        "operationId": "sendMessage",
        "summary": "Send one message; the answer comes after it is on disk",
        "parameters": [key],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {"201": _answer("It is on disk and accepted", "Taken"), "202": pending}
        | _refusals([*_TAKING, *_ALWAYS]),
    }


def _look_up() -> dict[str, Any]:
    number = {"type": "string", "pattern": f"^{NUMBER}$", "description": f"up to {HIGHEST}"}
    parameters = [
        _in_path("kind", {"type": "string", "enum": list(KINDS)}),
        _in_path("school", _URN),
        _in_path("pupil", number),
        _in_path("episode", {"type": "integer", "minimum": 1, "maximum": 1_000_000}),
    ]
    return _get("lookUp", "The newest revision that is held under a key", parameters, "State", 403, 404)


def _status() -> dict[str, Any]:
    parameters = [_in_path("reference", {"type": "string", "minLength": 1, "maxLength": 100})]
    return _get("status", "What became of a revision", parameters, "Status", 404)


def _regular(kind: str, when: str, part: str) -> dict[str, Any]:
    parameters = [_in_path("school", _URN), _in_path(when, _DAY)]
    body = {"schema": _ref(part), "examples": {kind: {"value": example(kind)}}}
    put = {
        "operationId": f"put{part}",
        "summary": "The same revision twice is one; an older one is kept, and the newest goes on to count",
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {"200": _answer("It is on disk; this is the newest that is held", "Kept")}
        | _refusals([*_TAKING, 404, *_ALWAYS]),
    }
    get = _get(f"get{part}", "The newest revision that is held", parameters, "Kept", 403, 404)
    return {"put": put | {"parameters": parameters}, "get": get}


def _news() -> dict[str, Any]:
    after = {"name": "after", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}}
    after["description"] = "the number of the last that the school has; 0, or nothing, for all"
    return _get("news", "News for a school", [_in_path("school", _URN), after], "NewsPage", 400, 403)


def _get(name: str, summary: str, parameters: list[Any], answer: str, *refused: int) -> dict[str, Any]:
    responses = {"200": _answer(summary, answer)} | _refusals([*refused, *_ALWAYS])
    made = {"operationId": name, "summary": summary, "responses": responses}
    return made | ({"parameters": parameters} if parameters else {})


def _refusals(statuses: list[int]) -> dict[str, Any]:
    return {str(status): _refusal(status) for status in sorted(set(statuses))}


def _refusal(status: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": "; ".join(f"`{one.type}`: {one.happened}" for one in of_status(status)),
        "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }
    if any(one.retry_after for one in of_status(status)):
        wait = {"schema": {"type": "integer", "minimum": 0}, "description": "seconds to wait"}
        made["headers"] = {"Retry-After": wait}
    return made


def _answer(words: str, part: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": _ref(part)}}}


def _in_path(name: str, form: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": form}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}
