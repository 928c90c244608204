"""Asking a simulated Arbor over HTTP, as its own documents and its clients do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from rollbook.testing.schools import MadeSchool, make_school
from rollbook_arbor.simulator import ArborSimulator

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 20)
MARKS = "AttendanceRollCallRecord"


def three_weeks() -> MadeSchool:
    """A school of forty pupils, over three weeks."""
    return make_school("special", 900003, 40, 4, FIRST, LAST)


class Line:
    """A client of one simulator."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def query(self, text: str) -> dict[str, Any]:
        """The whole answer to a GraphQL query."""
        return dict(self.http.post("graphql/query", json={"query": text}).json())

    def rows(self, entity: str, fields: str = "id", **arguments: object) -> list[dict[str, Any]]:
        """The records of a query, which must be without errors. Texts are quoted."""
        given = ", ".join(f"{name}: {_literal(value)}" for name, value in arguments.items())
        answer = self.query(f"{{{entity}{f'({given})' if given else ''} {{{fields}}}}}")
        assert "errors" not in answer
        return list(answer["data"][entity])

    def ids(self, entity: str, **arguments: object) -> list[str]:
        """Their ids."""
        return [row["id"] for row in self.rows(entity, **arguments)]

    def read(self, path: str, **params: object) -> httpx.Response:
        """A REST read; `page_size` is sent as `page-size`."""
        sent = {name.replace("_", "-"): str(value) for name, value in params.items()}
        return self.http.get(f"rest-v2/{path}", params=sent)


def _literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else f'"{value}"'


@contextmanager
def line_to(simulator: ArborSimulator) -> Iterator[Line]:
    """A client with the simulator's user and password."""
    password = Path(simulator.settings["password"]["file"]).read_text(encoding="utf-8")
    with httpx.Client(
        base_url=simulator.settings["url"], auth=(simulator.settings["user"], password), verify=False
    ) as http:
        yield Line(http)
