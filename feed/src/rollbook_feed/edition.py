"""Which edition of the feed this is: a digest of what is published, for results of conformance and contracts."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def edition() -> str:
    """SHA-256, in 64 hexadecimal digits, over docs/feed/: what `make feed` writes there, but for the examples.

    In that folder it is what `LC_ALL=C; sha256sum clauses.md http.md messages.md openapi.json schemas/*.json |
    sha256sum` says.
    """
    return files(__package__).joinpath("edition.txt").read_text("utf-8").strip()
