"""What came of the checks: an outcome each, their table for people, and the result for programs, with its digest."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rollbook.contract import CONTRACT_VERSION
from rollbook.host import conformance
from rollbook.host.guard import failure
from rollbook.testing.kit.check import Check, DoesNotApply, Failed, Grade
from rollbook.testing.kit.gaps import Gap


class State(StrEnum):
    """How one check ended. `closed`: a declared gap that now passes; it fails the run until it is taken off."""

    PASSED = conformance.PASSED
    FAILED = conformance.FAILED
    GAP = conformance.GAP
    CLOSED = conformance.CLOSED
    DOES_NOT_APPLY = conformance.DOES_NOT_APPLY


WELL = (State.PASSED, State.DOES_NOT_APPLY)
EXPLAIN_MOST = ("S07", "S09")


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
    """Run one check. Whatever else is raised fails it, and is told by its kind and its place: the plugin's own module
    and line, where it was there.
    """
    state, why = State.PASSED, ""
    try:
        with stage:
            check.run(stage)
    except DoesNotApply as other:
        state, why = State.DOES_NOT_APPLY, f"there is no {other}"
    except Failed as failed:
        state, why = State.FAILED, str(failed)
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        state, why = State.FAILED, f"{failure(error, _package(stage))}: {error}"
    if gap is not None:
        state, why = _with_gap(state, why, gap)
    return Outcome(check.id, check.clause, check.grade, check.name, check.proves, state, why)


def _with_gap(state: State, why: str, gap: Gap) -> tuple[State, str]:
    if state is State.FAILED:
        return State.GAP, f"{gap.kind.replace('_', ' ')}: {gap.reason}"
    return State.CLOSED, f"the gap is closed ({why or 'it passes'}): take it from `gaps`"


def _package(stage: Any) -> str:
    return str(getattr(getattr(stage, "cls", None), "__module__", ""))


def result_of(
    plugin: Mapping[str, str], outcomes: Sequence[Outcome], known: Collection[str], code: str = ""
) -> dict[str, Any]:
    """The result as JSON. `plugin`: kind, name, distribution and version. `known`: the ids of the checks there are.
    `code`: the digest of the plugin's code.
    """
    told = sorted(outcomes, key=lambda one: one.id)
    checks = [asdict(one) for one in told]
    result: dict[str, Any] = {
        "form": conformance.FORM,
        "contract": CONTRACT_VERSION,
        "rollbook": importlib.metadata.version("rollbook"),
        "plugin": dict(plugin),
        "code": code,
        "checks_not_run": len(set(known) - {one.id for one in told}),
        "totals": {str(grade): conformance.totals(checks, grade) for grade in Grade},
        "checks": checks,
    }
    return {**result, "digest": conformance.digest(result)}


def written(result: Mapping[str, Any]) -> str:
    """The result as text, for a file that is kept beside the plugin."""
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def begin_with(outcomes: Sequence[Outcome]) -> str:
    """Where to begin with what fails: a line, empty where nothing does. What most else rests on comes first: that the
    plugin is found and its settings are taken (P), the form of its pages (S07), what they say (S09); then by id. What
    is advised comes after what is required.
    """
    failing = sorted((one for one in outcomes if not one.well), key=_place)
    if not failing:
        return ""
    first, others = failing[0], len(failing) - 1
    more = f" The other {others} may fail for the same reason." if others else ""
    return f"Begin with {first.id}: {first.name}, clause {first.clause}.{more}"


def _place(one: Outcome) -> tuple[bool, int, str]:
    rank = 0 if one.id.startswith("P") else 1 if one.id in EXPLAIN_MOST else 2
    return one.grade is Grade.ADVISED, rank, one.id


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """A line a check, for a terminal."""
    rows = sorted(outcomes, key=lambda one: one.id)
    width = max((len(one.name) for one in rows), default=0)
    return [
        f"{one.id}  {one.clause:<5} {one.grade:<9} {one.name:<{width}}  {one.state}{': ' + one.why if one.why else ''}"
        for one in rows
    ]
