"""How often a secret may be guessed: a client's, or the officer's password."""

from __future__ import annotations

import time
from collections.abc import Callable

from rollbook_receiver.limits import Buckets

MOST = 10_000  # addresses and names that were right are remembered


class Guesses:
    """Wrong ones count: of an address at one name, of an address, and at one name from wherever. The last keeps out
    only addresses from which the name was never right: else whoever guesses could shut its owner out.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._here = Buckets(1 / 60, 10, clock)
        self._address = Buckets(0.1, 100, clock)
        self._name = Buckets(0.5, 300, clock)
        self._right: dict[str, None] = {}

    def wait(self, address: str, name: str) -> int:
        """0, or the whole seconds after which this address may try again at this name."""
        here = f"{address} {name}"
        waits = [self._here.wait(here, take=False), self._address.wait(address, take=False)]
        return max(*waits, 0 if here in self._right else self._name.wait(name, take=False))

    def wrong(self, address: str, name: str) -> None:
        """It was not the secret."""
        self._here.wait(f"{address} {name}")
        self._address.wait(address)
        self._name.wait(name)

    def right(self, address: str, name: str) -> None:
        """It was."""
        if len(self._right) >= MOST:
            self._right.clear()
        self._right[f"{address} {name}"] = None
