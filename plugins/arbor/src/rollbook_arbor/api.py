"""What is asked of one school's Arbor, and whether it was answered: GraphQL queries and REST reads, as decoded JSON.

Both are reads, and so repeated by the shared client where the other end is away or busy, within its bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec

from rollbook.contract import Client, Connection, Limits, RetryLater
from rollbook_arbor.answers import code_of, raise_for, raise_for_errors
from rollbook_arbor.patience import Patience, PatientAuth

LIMITS = Limits(attempts=6, total_seconds=150.0)  # Arbor has been seen to ask for waits of 65 seconds


class _Envelope(msgspec.Struct, gc=False):
    """An answer to a query: the data unread, and all that can say that it is none."""

    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: Any = None
    response: Any = None
    status: Any = None


class Arbor:
    """One school's Arbor. `host` names it in sentences. Safe to use from several threads."""

    def __init__(self, connection: Connection, host: str, patience: Patience) -> None:
        self._connection, self._patience = connection, patience
        self.host = host

    def query(self, text: str, *, label: str) -> msgspec.Raw:
        """The `data` of a GraphQL answer, as JSON that is not yet decoded.

        Raises `answers.Refused` (properties that this user may not read), RetryLater, NeedsCredentials, VendorMustAct.
        """
        with self._patience.request():
            answer = self._connection.post(
                "graphql/query", label=f"query {label}", repeatable=True, json={"query": text}
            )
        found = self._decoded(answer, label, _Envelope)
        code = code_of(answer.status_code, {"response": found.response, "status": found.status})
        # A query that was refused may come as 400 with its errors: they say more than the status.
        if code < 500 and code not in (401, 403, 404, 429):
            raise_for_errors(found.errors, self.host, label)
        raise_for(code, self.host, label)
        data: msgspec.Raw = found.data
        return data

    def read(self, path: str, params: Mapping[str, Any] | None = None, *, label: str) -> Mapping[str, Any]:
        """The JSON object at a path under the host, as `rest-v2/students`.

        Raises `answers.NotThere`, RetryLater, NeedsCredentials, VendorMustAct.
        """
        with self._patience.request():
            answer = self._connection.get(path, label=f"read {label}", params=dict(params or {}))
        found: dict[str, Any] = self._decoded(answer, label, dict[str, Any])
        raise_for(code_of(answer.status_code, found), self.host, label)
        return found

    def _decoded(self, answer: httpx.Response, label: str, kind: Any) -> Any:
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise_for(answer.status_code, self.host, label)
            raise RetryLater(
                f"{self.host} answered {label} with something that is no JSON, or is cut off; try again later.",
                detail=f"HTTP {answer.status_code}, {len(answer.content)} bytes for {label}",
            ) from None


@contextmanager
def connected(settings: Mapping[str, Any], client: Client, patience: Patience | None = None) -> Iterator[Connection]:
    """A connection to the school's host with the settings of `HostSettings`. Raises FixSettings."""
    headers = {"Accept": "application/json", "User-Agent": settings["user_agent"]}
    if settings["application_id"]:
        headers["x-mis-application-id"] = settings["application_id"]
    auth = PatientAuth(settings["user"], settings["password"].reveal(), patience or Patience(settings["host"]))
    with client.at(settings["url"], auth=auth, headers=headers, ca_file=settings["ca_file"], limits=LIMITS) as api:
        yield api


@contextmanager
def opened(settings: Mapping[str, Any], client: Client) -> Iterator[Arbor]:
    """The school's Arbor at such a connection, with one bound on the waits that it asks for."""
    patience = Patience(settings["host"])
    with connected(settings, client, patience) as api:
        yield Arbor(api, settings["host"], patience)
