"""The credentials that stand in the headers of a request: a token, the password of a pair, a session's cookie."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping

from rollbook.testing.scrubbing import SHORTEST_SECRET

_CREDENTIAL = re.compile(r"auth|token|key|cookie|secret|session|ticket|credential|signature|password", re.IGNORECASE)
_NONE = frozenset({"idempotency-key", "sec-websocket-key"})


def credentials_in(headers: Mapping[str, str | list[str]]) -> Iterator[str]:
    """What stands in headers whose names say that they hold a credential."""
    for name, said in headers.items():
        if _CREDENTIAL.search(name) and name.lower() not in _NONE:
            for value in [said] if isinstance(said, str) else said:
                yield from (one for one in _of(name.lower(), value) if len(one) >= SHORTEST_SECRET)


def _of(name: str, value: str) -> Iterator[str]:
    scheme, _, rest = value.partition(" ")
    if name == "cookie":
        yield from (one.strip().partition("=")[2] for one in value.split(";"))
    elif scheme.lower() == "basic":
        yield rest
        yield base64.b64decode(rest).decode(errors="replace").partition(":")[2]
    elif scheme.lower() != "digest":  # of which nothing can be used again
        yield rest or value
