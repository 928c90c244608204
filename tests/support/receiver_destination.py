"""The la_portal destination, set up for tests: quick, patient only in name."""

from __future__ import annotations

from typing import Any

from rollbook.contract import Action, Client, Key, Kind, Limits, Message, Secret
from rollbook_la_portal.destination import LaPortal
from support.receiver_messages import envelope


def portal(url: str, client_id: str, client_secret: str, *, attempts: int = 3, **settings: Any) -> LaPortal:
    """A destination that never sleeps and gives up after `attempts`."""
    limits = Limits(attempts=attempts, total_seconds=20, connect_seconds=2, read_seconds=5)
    known = {"least": 5, "url": url, "client_id": client_id, "client_secret": Secret(client_secret), **settings}
    return LaPortal(known, Client(limits, sleep=lambda _seconds: None))


def message(action: str = "send", revision: int = 1, **changes: Any) -> Message:
    """A message of Rollbook's, from the made-up ones of the feed. `changes` as `envelope` takes them."""
    written = envelope(action, revision, **changes)
    key = written["key"]
    about = Key(Kind.ATTENDANCE_RETURN, key["school"], int(key["pupil"]), key["episode"])
    name = f"northwick-{key['school']}-{key['pupil']}-{key['episode']}-{revision}"
    return Message(about, revision, Action(action), written["content"], name)
