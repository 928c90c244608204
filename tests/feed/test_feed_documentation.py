"""docs/feed.md says what the schemas say: each field with its need and reason, and an example."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

from rollbook_feed import FEED_VERSION, problems
from rollbook_feed.from_school.attendance_return import AttendanceReturn
from rollbook_feed.from_school.withdrawal import Withdrawal
from rollbook_feed.message import Envelope

TEXT = (Path(__file__).parents[2] / "docs" / "feed.md").read_text(encoding="utf-8")
PARTS = {"A message": Envelope, "Attendance return": AttendanceReturn, "Withdrawal": Withdrawal}


def written(heading: str) -> list[str]:
    """The rows of the table of fields under a heading."""
    section = re.split(r"^## ", TEXT.partition(f"\n## {heading}\n")[2], maxsplit=1, flags=re.M)[0]
    return [line for line in section.splitlines() if line.startswith("| `")]


def meant(schema: Schema, before: str = "") -> Iterator[str]:
    """The rows that the schema calls for."""
    for name, field in schema.fields.items():
        is_list = isinstance(field, fields.List)
        path = before + name + ("[]" if is_list else "")
        yield f"| `{path}` | {field.metadata['need']} | {field.metadata['why']} |"
        inner: Any = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from meant(inner.schema, f"{path}.")


@pytest.mark.parametrize("heading", list(PARTS))
def test_the_table_of_fields_is_that_of_the_schema(heading: str) -> None:
    assert written(heading) == list(meant(PARTS[heading]()))


def test_the_example_is_well_formed() -> None:
    [example] = re.findall(r"```json\n(.*?)```", TEXT, flags=re.S)
    assert problems(json.loads(example)) == []


def test_the_version_is_named() -> None:
    assert f"version {FEED_VERSION}" in TEXT.splitlines()[0]
