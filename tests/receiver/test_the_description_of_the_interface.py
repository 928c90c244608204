"""The receiver against docs/feed/openapi.json: what that allows, and what it does not, has an answer that it names.

schemathesis makes the requests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks

from rollbook_receiver import api, regular_api
from rollbook_receiver.app import Access, make_app
from rollbook_receiver.limits import Limits
from support.receiver_app import Door, door

WRITTEN = json.loads((Path(__file__).parents[2] / "docs/feed/openapi.json").read_text(encoding="utf-8"))
DESCRIPTION = WRITTEN | {"servers": [{"url": "http://127.0.0.1"}]}
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
ROUTES = (*api.routes(), *regular_api.routes())
SERVED = {(route.path, method) for route in ROUTES for method in route.methods or () if method != "HEAD"}
DESCRIBED = {(path, method.upper()) for path, item in DESCRIPTION["paths"].items() for method in item}
ASKED = [
    (path, method, mode)
    for path, method in sorted(DESCRIBED)
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if (path, mode) != ("/v1/whoami", GenerationMode.NEGATIVE)  # it takes nothing
]
LONG = {
    ("/v1/messages", "POST"),
    ("/v1/schools/{school}/sessions/{date}", "PUT"),
}  # to make the first of them takes seconds


def named(row: tuple[str, str, GenerationMode]) -> str:
    return f"{row[1]} {row[0]} {row[2].value}"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with door(tmp_path_factory.mktemp("described")) as made:
        made.app = make_app(made.store, Access(loopback=True), made.clock, Limits(1e6, 10**6, sign_ins=10**6))
        SCHEMA.app = made.app
        made.app.state.guesses = Mock(wait=lambda *_: 0)  # wrong secrets without end are asked with
        yield made


def test_what_is_served_is_what_is_described() -> None:
    assert SERVED == DESCRIBED


@pytest.mark.parametrize("asked", [row for row in ASKED if row[:2] not in LONG], ids=named)
def test_every_answer_is_one_that_is_described(opened: Door, asked: tuple[str, str, GenerationMode]) -> None:
    ask(opened, *asked, times=3)


@pytest.mark.slow
@pytest.mark.parametrize("asked", ASKED, ids=named)
def test_so_is_every_answer_to_many(opened: Door, asked: tuple[str, str, GenerationMode]) -> None:
    ask(opened, *asked, times=50)


def ask(opened: Door, path: str, method: str, mode: GenerationMode, *, times: int) -> None:
    """Ask what is described, or what is not, so many times; each answer must be one that is described."""
    # What has the form may yet be refused: two schools of a message differ, its key was used, a day is another's.
    besides = [checks.positive_data_acceptance] if method in ("POST", "PUT") and path != "/oauth/token" else []
    headers = opened.headers if path != "/oauth/token" else {}

    @settings(max_examples=times, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=SCHEMA[path][method].as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        case.validate_response(case.call(headers=headers), headers=headers, excluded_checks=besides)

    one()
