"""Every file that is written from the schemas, with its text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rollbook_feed.examples import NAMES, example
from rollbook_feed.publish.forms import json_schemas
from rollbook_feed.publish.openapi import openapi
from rollbook_feed.publish.write import pages


def published() -> dict[str, str]:
    """Path below docs/feed -> text."""
    schemas = {f"schemas/{kind}.json": _json(made) for kind, made in json_schemas().items()}
    examples = {f"examples/{name}.json": _json(example(name)) for name in NAMES}
    made = {"openapi.json": _json(openapi())} | schemas | examples | pages()
    return made | {"edition.txt": edition_of(made) + "\n"}


def edition_of(made: Mapping[str, str]) -> str:
    """The edition of published files: see `rollbook_feed.edition`."""
    named = sorted(name for name in made if not name.startswith("examples/"))
    lines = "".join(f"{_sha256(made[name])}  {name}\n" for name in named)
    return _sha256(lines)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
