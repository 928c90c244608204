"""To which authorities a case is told.

Returns go to the school's authority (SI 2024/208, reg 3 and 13); a missing child is reported to the authority where the
child lives too, whose duty it is (Education Act 1996, s436A); a child's worker is told at the worker's own authority.
"""

from __future__ import annotations

from enum import Enum


class Audience(Enum):
    """Whom a kind of message concerns."""

    SCHOOL = "the school's authority"
    HOME_TOO = "the school's authority, and the pupil's home authority where it is another"
    WORKER = "the authority whose worker it is, where it is known; else the school's"


def authorities(to: Audience, school: str, *, home: str | None = None, worker: str | None = None) -> tuple[str, ...]:
    """The numbers of the authorities that are told, the school's first; each once."""
    if to is Audience.HOME_TOO:
        return tuple(dict.fromkeys((school, home or school)))
    if to is Audience.WORKER:
        return (worker or school,)
    return (school,)
