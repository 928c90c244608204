"""The receiver against docs/feed/openapi.json: what that allows, and what it does not, has an answer that it names.

schemathesis makes the requests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
ROUTES = (*api.routes(), *regular_api.routes())
SERVED = {(route.path, method) for route in ROUTES for method in route.methods or () if method != "HEAD"}
ASKED = [
    (path, method.upper(), mode)
    for path, item in DESCRIPTION["paths"].items()
    for method in item
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if (path, method.upper()) in SERVED and (path, mode) != ("/v1/whoami", GenerationMode.NEGATIVE)  # it takes nothing
]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with door(tmp_path_factory.mktemp("described")) as made:
        made.app = make_app(made.store, Access(loopback=True), made.clock, Limits(1e6, 10**6, sign_ins=10**6))
        yield made


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method", "mode"), ASKED)
def test_every_answer_is_one_that_is_described(opened: Door, path: str, method: str, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_dict(DESCRIPTION)
    schema.app = opened.app
    # What has the form may yet be refused: two schools that differ, a key that was used, a day that has not come.
    besides = [checks.positive_data_acceptance] if path == "/v1/messages" or method == "PUT" else []
    headers = opened.headers if path != "/oauth/token" else {}

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.validate_response(case.call(headers=headers), headers=headers, excluded_checks=besides)

    ask()
