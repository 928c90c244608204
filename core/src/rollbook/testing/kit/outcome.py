"""What came of the checks: an outcome each, their table for people, and the result for programs, with its digest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rollbook.contract import CONTRACT_VERSION
from rollbook.host import conformance
from rollbook.testing.kit.check import Check, DoesNotApply, Failed, Grade
from rollbook.testing.kit.gaps import Gap


class State(StrEnum):
    """How one check ended. `closed`: a declared gap that now passes; it fails the run until it is taken off."""

    PASSED = conformance.PASSED
    FAILED = conformance.FAILED
    GAP = conformance.GAP
    CLOSED = "closed"
    DOES_NOT_APPLY = conformance.DOES_NOT_APPLY


WELL = (State.PASSED, State.DOES_NOT_APPLY)


@dataclass(frozen=True)
class Outcome:
    """One check, and how it ended. `why`: the failure, the gap's reason, or of what the plugin has none."""

    id: str
    clause: str
    grade: Grade
    name: str
    proves: str
    state: State
    why: str = ""

    @property
    def well(self) -> bool:
        """Whether the run may pass with it."""
        return self.state not in (State.FAILED, State.CLOSED)


def read(told: Mapping[str, Any]) -> Outcome:
    """An outcome from its JSON."""
    return Outcome(**{**told, "grade": Grade(told["grade"]), "state": State(told["state"])})


def outcome_of(check: Check, stage: Any, gap: Gap | None) -> Outcome:
    """Run one check. Whatever the plugin raises that is no Problem fails it, and is told by its kind."""
    state, why = State.PASSED, ""
    try:
        with stage:
            check.run(stage)
    except DoesNotApply as other:
        state, why = State.DOES_NOT_APPLY, f"there is no {other}"
    except Failed as failure:
        state, why = State.FAILED, str(failure)
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        state, why = State.FAILED, f"{type(error).__name__}: {error}"
    if gap is not None:
        state, why = _with_gap(state, why, gap)
    return Outcome(check.id, check.clause, check.grade, check.name, check.proves, state, why)


def _with_gap(state: State, why: str, gap: Gap) -> tuple[State, str]:
    if state is State.FAILED:
        return State.GAP, f"{gap.kind.replace('_', ' ')}: {gap.reason}"
    return State.CLOSED, f"the gap is closed ({why or 'it passes'}): take it from `gaps`"


def result_of(plugin: Mapping[str, str], outcomes: Sequence[Outcome], known: int) -> dict[str, Any]:
    """The result as JSON. `plugin`: kind, name, distribution and version. `known`: how many checks there are."""
    told = sorted(outcomes, key=lambda one: one.id)
    result: dict[str, Any] = {
        "form": conformance.FORM,
        "contract": CONTRACT_VERSION,
        "plugin": dict(plugin),
        "checks_not_run": known - len(told),
        "totals": {str(grade): totals(told, grade) for grade in Grade},
        "checks": [asdict(one) for one in told],
    }
    return {**result, "digest": conformance.digest(result)}


def totals(outcomes: Sequence[Outcome], grade: Grade) -> dict[str, int]:
    """How many of one grade ended in each state."""
    found = Counter(one.state for one in outcomes if one.grade is grade)
    return {str(state): found[state] for state in State if found[state]}


def written(result: Mapping[str, Any]) -> str:
    """The result as text, for a file that is kept beside the plugin."""
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """A line a check, for a terminal."""
    rows = sorted(outcomes, key=lambda one: one.id)
    width = max((len(one.name) for one in rows), default=0)
    return [
        f"{one.id}  {one.clause:<5} {one.grade:<9} {one.name:<{width}}  {one.state}{': ' + one.why if one.why else ''}"
        for one in rows
    ]
