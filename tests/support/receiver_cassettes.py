"""Recordings of la_portal against the receiver, scrubbed of secrets and of where they were made.

To record them again: `ROLLBOOK_RECORD=1 pytest tests/plugins/la_portal/test_recorded_delivery.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

from rollbook.testing.recordings import Recordings
from rollbook_la_portal.destination import LaPortal
from support.receiver import running_receiver
from support.receiver_destination import portal
from support.receiver_messages import PUPIL, content

HOST = "receiver.invalid"
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
    "version",
)
KNOWN = (
    *(str(content()["pupil"][name]) for name in (*PERSONAL, "postcode")),
    *(content()[who][what] for who in ("contact",) for what in ("name", "telephone")),
    *(content()["parents"][0][what] for what in ("name", "telephone")),
)
TAPES = Recordings(
    CASSETTES, host=HOST, personal=PERSONAL | OF_OTHERS | {"key.pupil": "key"}, plain=PLAIN, known=(*KNOWN, str(PUPIL))
)


@contextmanager
def recorded(name: str, schools: list[int], folder: Path) -> Iterator[LaPortal]:
    """A destination that speaks to a recording; or, when recording, to a receiver in `folder` as a client of it."""
    with ExitStack() as stack:
        url, pair = f"https://{HOST}", ("us", "scrubbed")
        if TAPES.recording:
            receiver = stack.enter_context(running_receiver(folder))
            url, pair = receiver.url, receiver.add_client("Northwick Trust", schools)
        stack.enter_context(TAPES.playing(name))
        yield portal(url, *pair)


def bodies_of(cassette: Path) -> list[Any]:
    """The messages that a recording holds."""
    kept = yaml.safe_load(cassette.read_text(encoding="utf-8"))["interactions"]
    requests = [row["request"] for row in kept]
    return [json.loads(row["body"]) for row in requests if row["uri"].endswith("/messages")]
