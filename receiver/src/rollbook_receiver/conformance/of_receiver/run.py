"""All checks of a receiver, one after the other, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from rollbook_feed.clauses import clauses
from rollbook_receiver.conformance.of_receiver import forming, keeping, outcomes, regularly, speaking, wiring
from rollbook_receiver.conformance.of_receiver.check import BeyondThisRun, Broken, Check, NotSeen
from rollbook_receiver.conformance.of_receiver.speaking import LISTS
from rollbook_receiver.conformance.of_receiver.stage import Stage
from rollbook_receiver.conformance.result import BEYOND, BROKEN, MET, NOT_SEEN, Finding

# In the order of the run: F-27 judges the refusals of all the others, so it is last.
CHECKS: tuple[Check, ...] = (
    *(wiring.encrypted, wiring.bounded, speaking.whoami, speaking.tokens, speaking.no_token, speaking.own_schools),
    *(forming.refused, forming.taken, keeping.answered, keeping.once, keeping.unchanged, keeping.any_order),
    *(keeping.looked_up, keeping.withdrawn, outcomes.at_once, outcomes.status),
    *(regularly.small_numbers, regularly.revisions, regularly.news, outcomes.burst, outcomes.refusals),
)
_ELSEWHERE = {
    "F-37": "no HTTP shows it: look for this run's pupils in its logs, and for the record of views and deletions",
    "F-40": "no program can see it: it is in the notices that clients are given",
}


def found(stage: Stage, checks: Iterable[Check]) -> Iterator[Finding]:
    """A finding of each check, as it is made. Raises CannotSignIn when no token is given any more."""
    for check in checks:
        yield _finding(stage, check)


def whole(findings: Iterable[Finding]) -> list[Finding]:
    """A finding of each clause that binds the receiver, in the order of the clauses; of what no HTTP shows, why."""
    by_clause = {finding.clause: finding for finding in findings}
    bound = [clause for clause in clauses() if clause.binds == "receiver"]
    return [by_clause.get(clause.id) or _not_asked(clause.id) for clause in bound]


def about(stage: Stage, name: str) -> dict[str, Any]:
    """Who was checked: the name that it was given, its address, and what it says that it takes and gives."""
    with suppress(Broken):
        said = stage.whoami
        told = {
            of: [word[:60] for word in said[of] if isinstance(word, str)]
            for of in LISTS
            if isinstance(said.get(of), list)
        }
        return {"name": name, "address": str(stage.wire.http.base_url), **told}
    return {"name": name, "address": str(stage.wire.http.base_url)}


def _not_asked(clause: str) -> Finding:
    if clause in _ELSEWHERE:
        return Finding(clause, "nothing", _ELSEWHERE[clause], BEYOND)
    return Finding(clause, "nothing", "not asked", NOT_SEEN)


def _finding(stage: Stage, check: Check) -> Finding:
    try:
        came, verdict = check.run(stage), MET
    except Broken as broken:
        came, verdict = str(broken), BROKEN
    except NotSeen as unseen:
        came, verdict = str(unseen), NOT_SEEN
    except BeyondThisRun as why:
        came, verdict = str(why), BEYOND
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        came, verdict = f"an answer has a form that nobody could foresee ({type(error).__name__})", BROKEN
    return Finding(check.clause, check.asked, came, verdict, check.beyond)
