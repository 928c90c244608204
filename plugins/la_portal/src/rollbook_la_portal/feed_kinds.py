"""What of the open feed's messages both destinations take, and what each of its forms needs of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rollbook.contract import Kind
from rollbook_feed import KINDS, required_fields

# What the feed requires and a register may lack: a form without it would be no return. The rest is Rollbook's to give.
_FROM_PERSONS: Final = ("pupil.", "parents", "deletion.", "declaration.")

FEED_KINDS: Final = frozenset(kind for kind in Kind if kind.value in KINDS)
"""The kinds that the feed has; a transfer file is none of them."""

REQUIRED: Final[Mapping[Kind, frozenset[str]]] = {
    kind: frozenset(path for path in required_fields(kind.value) if path.startswith(_FROM_PERSONS))
    for kind in FEED_KINDS
}
"""For each kind, the fields without which a message is held until a person gives them."""
