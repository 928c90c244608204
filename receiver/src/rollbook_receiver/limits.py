"""How much the receiver takes at once, and from one client. The defaults are far above what a school's system sends."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Set when the receiver is started."""

    a_second: float = 100.0  # requests of one client, over time
    burst: int = 2000  # and at once
    sign_ins: int = 300  # of one client id at once; then one every two seconds: each costs a slow hash
    at_once: int = 500  # requests that are being answered
    body_seconds: float = 30.0  # in which a body is to be there


class Buckets:
    """A token bucket each name: `burst` at once, then `a_second`."""

    MOST = 10_000  # names: when there are more, those that are full again are forgotten

    def __init__(self, a_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.a_second, self.burst, self.clock = a_second, burst, clock
        self._held: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, name: str) -> int:
        """Take one: 0, or the whole seconds after which there is one to take."""
        now = self.clock()
        with self._lock:
            left = self._left(name, now)
            if left < 1:
                return math.ceil((1 - left) / self.a_second)
            if len(self._held) >= self.MOST:
                self._held = {other: held for other, held in self._held.items() if self._left(other, now) < self.burst}
            self._held[name] = (left - 1, now)
        return 0

    def _left(self, name: str, now: float) -> float:
        left, at = self._held.get(name, (float(self.burst), now))
        return min(float(self.burst), left + (now - at) * self.a_second)
