"""What is waited for of those who connect. There is always place for one more: the one that was waited for longest
is given up for it. Whoever means it sends all at once, and is never the longest; whoever half-sends to keep others out
loses his own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

GiveUp = Callable[[], object]


class Waiting:
    """At most `most` in all and `of_one` of an address. For one event loop: it has no lock."""

    def __init__(self, most: int, of_one: int) -> None:
        self.most, self.of_one = most, of_one
        self._numbers = count()
        self._all: dict[int, tuple[str | None, GiveUp]] = {}  # in the order in which they began
        self._of: dict[str, dict[int, None]] = {}

    def begin(self, address: str | None, give_up: GiveUp) -> int:
        """Wait for one more, and give its number. `give_up` is called when it has to make place. None is the address
        of a proxy, which stands for many."""
        number = next(self._numbers)
        self._all[number] = (address, give_up)
        mine = self._of.setdefault(address, {}) if address is not None else {}
        mine[number] = None
        if len(mine) > self.of_one:
            self._give_up(next(iter(mine)))
        elif len(self._all) > self.most:
            self._give_up(next(iter(self._all)))
        return number

    def end(self, number: int) -> None:
        """It came, or was given up."""
        address, _ = self._all.pop(number, (None, None))
        if address is None:
            return
        mine = self._of[address]
        del mine[number]
        if not mine:
            del self._of[address]

    @contextmanager
    def one(self, address: str | None, give_up: GiveUp) -> Iterator[None]:
        """Wait for one inside."""
        number = self.begin(address, give_up)
        try:
            yield
        finally:
            self.end(number)

    def _give_up(self, number: int) -> None:
        _, give_up = self._all[number]
        self.end(number)
        give_up()
