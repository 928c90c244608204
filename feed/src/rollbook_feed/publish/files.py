"""Every file that is written from the schemas, with its text."""

from __future__ import annotations

import json
from typing import Any

from rollbook_feed.publish.forms import json_schemas
from rollbook_feed.publish.openapi import openapi
from rollbook_feed.publish.write import pages


def published() -> dict[str, str]:
    """Path below docs/feed -> text."""
    schemas = {f"schemas/{kind}.json": _json(made) for kind, made in json_schemas().items()}
    return {"openapi.json": _json(openapi())} | schemas | pages()


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
