"""A place for forms, and messages for it. Nobody in them exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rollbook.contract import Action, Key, Kind, Message, Receipt
from rollbook_feed import KINDS, example
from rollbook_la_portal.files.destination import LaFiles


def at(base: Path, /, **changes: Any) -> LaFiles:
    """The destination of a drop folder, with what it keeps beside it; `changes`: settings (None: not there)."""
    for name in ("drop", "kept"):
        (base / name).mkdir(exist_ok=True)
    given = {
        "template": Path("generic"),
        "format": "csv",
        "byte_order_mark": True,
        "records": base / "kept",
        "folder": base / "drop",
        **changes,
    }
    client: Any = None  # it asks nobody anything over HTTP
    return LaFiles({name: value for name, value in given.items() if value is not None}, client)


def put(base: Path, *messages: Message, **changes: Any) -> list[Receipt]:
    """The receipts of a delivery."""
    return list(at(base, **changes).deliver(messages))


def files(base: Path) -> list[str]:
    """What is in the drop folder, hidden files too."""
    return sorted(path.name for path in (base / "drop").iterdir())


def of_kind(kind: str) -> Message:
    """The feed's own example of a kind."""
    envelope = example(kind)
    key = envelope["key"]
    made = Key(Kind(key["kind"]), key["school"], int(key["pupil"]), key["episode"])
    return Message(made, 1, Action.SEND, envelope["content"], f"name-of-{kind}")


def every_kind() -> list[str]:
    """The kinds of the feed that a school sends."""
    return [kind for kind in KINDS if kind in {one.value for one in Kind}]
