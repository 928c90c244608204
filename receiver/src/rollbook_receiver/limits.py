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
    sign_ins: int = 300  # of one client id from one address at once; then one every two seconds: each costs a slow hash
    at_once: int = 500  # requests that are being answered
    head_seconds: float = 10.0  # in which the head of a request is to be there
    heads: int = 400  # connections without one, quiet ones too
    heads_of_one: int = 100  # of one address
    body_seconds: float = 30.0  # in which a body is to be there
    bodies: int = 300  # that are waited for: fewer than are answered at once
    bodies_of_one: int = 50  # of one address


class Buckets:
    """A token bucket each name: `burst` at once, then `a_second`."""

    MOST = 10_000  # names: when there are more, the one that was used longest ago is forgotten

    def __init__(self, a_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.a_second, self.burst, self.clock = a_second, burst, clock
        self._held: dict[str, tuple[float, float]] = {}  # the one that was used last comes last
        self._lock = threading.Lock()

    def wait(self, name: str, *, take: bool = True) -> int:
        """Take one: 0, or the whole seconds after which there is one to take. Without `take`, only look."""
        now = self.clock()
        with self._lock:
            left, at = self._held.pop(name, (float(self.burst), now))
            left = min(float(self.burst), left + (now - at) * self.a_second)
            there = left >= 1
            self._held[name] = (left - 1 if there and take else left, now)
            if len(self._held) > self.MOST:
                del self._held[next(iter(self._held))]
        return 0 if there else math.ceil((1 - left) / self.a_second)
