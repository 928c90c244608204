"""To which authorities a case is told.

Returns go to the school's authority (SI 2024/208, reg 3 and 13); a missing child is reported to the authority where the
child lives too, whose duty it is (Education Act 1996, s436A); a child's workers are told at their own authorities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final


class Audience(Enum):
    """Whom a kind of message concerns."""

    SCHOOL = "the school's authority"
    HOME_TOO = "the school's authority, and the pupil's home authority where it is another"
    WORKER = "each authority that has a worker of the child, where it is known; else the school's"


GONE: Final = {
    Audience.HOME_TOO: "The child lives in the area of another authority now.",
    Audience.WORKER: "The child's worker is at another authority now.",
}
"""Why what an authority was told is withdrawn there, though the case goes on."""
ANOTHER_WAY: Final = "This authority is told of it in another way now."
"""Why it is withdrawn at a destination, where another one takes the kind for the authority."""
BACK: Final = {
    GONE[Audience.HOME_TOO]: "The child lives in the area of this authority again.",
    GONE[Audience.WORKER]: "The child's worker is at this authority again.",
    ANOTHER_WAY: "This authority is told of it in this way again.",
}
"""For each of these reasons, why it is told again after that."""


def authorities(
    to: Audience, school: str, *, home: str | None = None, workers: Sequence[str | None] = ()
) -> tuple[str, ...]:
    """The numbers of the authorities that are told, the school's first; each once. workers: of each of the child's
    workers the authority, None where it is not known.
    """
    if to is Audience.HOME_TOO:
        return tuple(dict.fromkeys((school, home or school)))
    if to is Audience.WORKER:
        told = {worker or school for worker in workers} or {school}
        return tuple(sorted(told, key=lambda la: (la != school, la)))
    return (school,)


def at_each(figures: Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    """The workers of a case and the authority of each, None where it is not known."""
    workers = figures.get("workers") or ()
    return tuple(zip(workers, figures.get("authorities") or [None] * len(workers), strict=True))
