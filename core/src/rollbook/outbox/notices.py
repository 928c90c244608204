"""What those who work with a child are told: unexplained absence, and a coming deletion. Without a reason.

They know the child: no address, no parent and no cause is sent.
"""

from __future__ import annotations

from typing import Any, Final

from rollbook.outbox.content import about_named, grounds, known, sessions_of
from rollbook.outbox.drafts import CaseLike, Subject
from rollbook.outbox.routing import at_each

_LOOKS_AFTER: Final = "virtual school head"  # the worker whose authority looks after the child


def worker_notice(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The unexplained sessions so far, and those of the first day of them."""
    sessions = sessions_of(case)
    count = {"unexplained": case.figures.get("sessions") or len(sessions), "sessions": sessions}
    return _notice(case, subject, {"first_day": case.first.isoformat()} | count)


def worker_notice_deletion(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The last day on the roll."""
    return _notice(case, subject, {"last_day": case.figures.get("last_day")})


def _notice(case: CaseLike, subject: Subject, own: dict[str, Any]) -> dict[str, Any]:
    """Of the workers those of the authority that is told: who else works with the child is not for it to know."""
    school = subject.school.get("la")
    told = [(worker, la) for worker, la in at_each(case.figures) if (la or school) == subject.authority]
    workers = dict.fromkeys(worker.replace(" ", "_") for worker, _ in told)
    said = {"workers": list(workers), "looked_after_by": dict(told).get(_LOOKS_AFTER)}
    return known(about_named(subject) | {"notice": known(said | own)}) | grounds(case, subject)
