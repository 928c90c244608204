"""How a run went: its one exit status and its one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rollbook.host.run_rows import DeliveryResult, SchoolResult
from rollbook.host.team import Team

WELL, NOT_UNDERSTOOD, SOME_FAILED, NOTHING_DONE, OUR_FAULT = 0, 2, 3, 4, 5
OUR_FAULT_SAID = "This is a fault of Rollbook's own"


def exit_status(schools: Sequence[SchoolResult], deliveries: Sequence[DeliveryResult], team: Team) -> int:
    """0 well; 2 a plugin that a connection names cannot be used; 3 some school or delivery failed or is degraded;
    4 no school could be done; 5 a fault of ours.
    """
    said = [*(school.sentences for school in schools), *(there.sentences for there in deliveries)]
    if any(OUR_FAULT_SAID in sentence for sentences in said for sentence in sentences):
        return OUR_FAULT
    if team.unusable_plugins:
        return NOT_UNDERSTOOD
    if all(school.status == "failed" for school in schools):
        return NOTHING_DONE
    trouble = any(school.status != "ok" for school in schools)
    trouble = trouble or any(there.sentences or there.counts.get("refused") for there in deliveries)
    return SOME_FAILED if trouble else WELL


def summary(schools: Sequence[SchoolResult], deliveries: Sequence[DeliveryResult], *, dry_run: bool) -> str:
    """For example: `3 schools: 2 ok, 1 failed. Messages: 2 delivered, 1 held.`"""
    of_schools = Counter(school.status for school in schools)
    shown = ", ".join(f"{of_schools[status]} {status}" for status in ("ok", "degraded", "failed") if of_schools[status])
    said = f"{len(schools)} school{'s' if len(schools) != 1 else ''}: {shown}."
    if dry_run:
        return f"{said} This was a dry run: nothing was kept or sent."
    of_messages: Counter[str] = Counter()
    for there in deliveries:
        of_messages.update(there.counts)
    counted = ", ".join(f"{number} {state}" for state, number in of_messages.items() if number)
    return f"{said} Messages: {counted}." if counted else f"{said} Nothing was delivered."
