"""What a destination's simulator is: the other end, which takes messages and says what it holds.

    class AcmeSimulator:
        def __init__(self, folder: Path) -> None: ...      # it runs from now on; `folder` is its own
        settings: dict[str, Any]                           # of a connection to it; secrets as {"file": ...}
        largest_bytes: int | None                          # of one message; None where there is no limit
        def records(self) -> list[Record]: ...             # what it holds
        def refuse(self, key: str) -> None: ...            # messages of that key are refused from now on, with a reason
        def judge_later(self) -> None: ...                 # what comes from now on is taken, and not yet judged
        def asks_for(self, kinds: Collection[Regular]) -> None: ...  # only where the class has `regular`: it asks the
                                                           # school 900001 for these from now on
        def reported(self) -> list[Report]: ...            # likewise: the newest revision that it holds of each
        def tell(self, count: int) -> list[News]: ...      # only where the class `tells`: so many pieces for 900001
        def now(self) -> datetime: ...                     # only where its clock is not this machine's
        def close(self) -> None: ...                       # twice does no harm

It need not know how to fail: where it speaks HTTP, the kit puts a line between it and the plugin that does. Its client
may speak for the school 900001.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Record:
    """What is held under one key. A simulator that keeps another form turns it back into that of the contract.

    key: as text, `attendance_return/900001/7/1`. revision, action, content: of the newest revision that is held. came:
    every revision that was kept, in the order in which they came; one that is kept twice is in it twice.
    """

    key: str
    revision: int
    action: str
    content: Mapping[str, Any] = field(repr=False)
    came: tuple[int, ...]


class DestinationSimulator(Protocol):
    """The methods by name. A check that needs one that is missing fails, and says which."""

    settings: dict[str, Any]
    largest_bytes: int | None

    def records(self) -> list[Record]:
        """One for each key."""

    def refuse(self, key: str) -> None:
        """Refuse messages of that key from now on."""

    def judge_later(self) -> None:
        """Take what comes from now on, to be judged later."""

    def close(self) -> None:
        """End it."""
