"""Recordings of la_portal against the receiver, scrubbed of secrets and of where they were made.

To record them again: `ROLLBOOK_RECORD=1 pytest tests/plugins/la_portal/test_recorded_delivery.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from sqlalchemy import Connection

from rollbook.testing.recordings import Recordings
from rollbook_la_portal.destination import LaPortal
from rollbook_receiver.store import Store
from support.receiver import running_receiver
from support.receiver_destination import portal
from support.receiver_messages import PUPIL, content

HOST = "receiver.invalid"
Office: TypeAlias = Callable[[Callable[[Connection], Any]], None]
CASSETTES = Path(__file__).parents[1] / "plugins/la_portal/cassettes"
PERSONAL = {"surname": "surname", "forename": "forename", "dob": "dob", "address": "address", "upn": "upn"}
OF_OTHERS = {"postcode": "postcode", "telephone": "telephone", "parents.name": "name", "contact.name": "name"}
PLAIN = (
    *(
        "action",
        "client",
        "code",
        "date",
        "digest",
        "due_by",
        "feed_version",
        "feed_versions",
        "first_day",
        "grant_type",
    ),
    *("id", "kind", "kinds", "la", "laestab", "last_attended", "law", "name", "outcome", "reached_on", "reason"),
    *("received_at", "reference", "relationship", "role", "session", "set_by", "sex", "title", "token_type", "type"),
    *("version", "as_of", "at", "cohort", "flags", "last_day", "looked_after_by", "news", "pointer", "problem"),
    *("regular", "value", "week", "what_for", "workers"),
)
KNOWN = (
    *(str(content()["pupil"][name]) for name in (*PERSONAL, "postcode")),
    *(content()[who][what] for who in ("contact",) for what in ("name", "telephone")),
    *(content()["parents"][0][what] for what in ("name", "telephone")),
)
TAPES = Recordings(
    CASSETTES,
    host=HOST,
    personal=PERSONAL | OF_OTHERS | {"key.pupil": "key"},
    plain=PLAIN,
    known=(*KNOWN, str(PUPIL)),
)


@contextmanager
def recorded(name: str, schools: list[int], folder: Path) -> Iterator[tuple[LaPortal, Office]]:
    """A destination that speaks to a recording; or, when recording, to a receiver in `folder` as a client of it. And
    what lets an officer do something there: when it is played, that was done.
    """
    with ExitStack() as stack:
        url, pair, store = f"https://{HOST}", ("us", "scrubbed"), None
        if TAPES.recording:
            receiver = stack.enter_context(running_receiver(folder))
            url, pair, store = receiver.url, receiver.add_client("Northwick Trust", schools), receiver.store
        stack.enter_context(TAPES.playing(name))
        yield portal(url, *pair), partial(_done, store)


def _done(store: Store | None, does: Callable[[Connection], Any]) -> None:
    if store is not None:
        with store.writing() as connection:
            does(connection)


def bodies_of(cassette: Path) -> list[Any]:
    """The messages that a recording holds."""
    kept = yaml.safe_load(cassette.read_text(encoding="utf-8"))["interactions"]
    requests = [row["request"] for row in kept]
    return [json.loads(row["body"]) for row in requests if row["uri"].endswith("/messages")]


def reports_of(cassette: Path) -> list[tuple[str, Any]]:
    """The reports of the regular feed that a recording holds, each with its kind."""
    kept = yaml.safe_load(cassette.read_text(encoding="utf-8"))["interactions"]
    puts = [row["request"] for row in kept if row["request"]["method"] == "PUT"]
    kinds = {"days": "day", "weeks": "week", "sessions": "sessions"}
    return [(kinds[row["uri"].split("/")[-2]], json.loads(row["body"])) for row in puts]
