"""What a plugin's maker subclasses, so that pytest runs every check: one test a check.

class TestAcme(SourceConformance):
    source = Acme
    small_pages = {"page_size": 50}
    gaps = {"S28": not_yet("Acme tells of deletions in a report that is not read yet.")}
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import pytest

from rollbook.contract import Destination, Source
from rollbook.host.pages import clauses
from rollbook.testing.kit.all_checks import OF_DESTINATIONS, OF_SOURCES
from rollbook.testing.kit.check import PAGE, Check, Failed
from rollbook.testing.kit.destination_stage import DestinationStage
from rollbook.testing.kit.gaps import Gap, check_gaps
from rollbook.testing.kit.outcome import Outcome, State, outcome_of
from rollbook.testing.kit.source_stage import SourceStage
from rollbook.testing.kit.stage import Stage
from rollbook.testing.pytest_plugin import PROPERTY
from rollbook.testing.web import Answer


def _parameter(check: Check) -> Any:
    marks = [pytest.mark.slow] if check.slow else []
    return pytest.param(check, id=f"{check.id}-{check.name}", marks=marks)


class Conformance:
    """What both kinds share.

    gaps: a check's id -> `not_yet(reason)` or `never(reason)`. settings: of the connection, beside the simulator's own.
    simulator: the class of the stand-in, where it is another than the plugin names. kept: whether this class's result
    is the plugin's own; one that tries other settings besides says False.

    expired: how the other end says that a token or a session has ended: its HTTP status, or the whole answer
    (`rollbook.testing.web.Answer`) where it says so with status 200. S06 and D03 say it so.
    """

    gaps: ClassVar[Mapping[str, Gap]] = {}
    settings: ClassVar[Mapping[str, Any]] = {}
    simulator: ClassVar[Any] = None
    kept: ClassVar[bool] = True
    expired: ClassVar[int | Answer] = 401


class SourceConformance(Conformance):
    """The checks of a source.

    source: the class. small_pages: settings with which a small school still takes several pages. pupils: how many the
    made-up school has.
    """

    source: ClassVar[type[Source]]
    small_pages: ClassVar[Mapping[str, Any]] = {}
    pupils: ClassVar[int] = 32

    @pytest.mark.parametrize("check", [_parameter(check) for check in OF_SOURCES.values()])
    def test_conformance(self, check: Check, tmp_path: Path, record_property: Any) -> None:
        """One check."""
        stage = SourceStage(
            self.source,
            self.simulator or simulator_of(self.source),
            tmp_path,
            pupils=self.pupils,
            settings=self.settings,
            small_pages=self.small_pages,
            expired=self.expired,
        )
        _judge(self, self.source, check, stage, record_property)


class DestinationConformance(Conformance):
    """The checks of a destination. destination: the class."""

    destination: ClassVar[type[Destination]]

    @pytest.mark.parametrize("check", [_parameter(check) for check in OF_DESTINATIONS.values()])
    def test_conformance(self, check: Check, tmp_path: Path, record_property: Any) -> None:
        """One check."""
        simulator = self.simulator or simulator_of(self.destination)
        stage = DestinationStage(self.destination, simulator, tmp_path, settings=self.settings, expired=self.expired)
        _judge(self, self.destination, check, stage, record_property)


def simulator_of(cls: Any) -> Any:
    """The simulator that a plugin's class names as "module:Class". Raises Failed, saying what is wrong."""
    module, _, name = (cls.simulator or "").partition(":")
    if not name:
        raise Failed(f'{cls.__name__}.simulator names no class: "module:Class" (docs/contract.md, clause 1.5)')
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise Failed(f"{cls.__name__}.simulator cannot be imported: {error} (docs/contract.md, clause 1.5)") from None


def report(outcome: Outcome) -> str:
    """What a failed check says: what was seen, what it proves, and the clause with where it is written."""
    return (
        f"{outcome.id} {outcome.name} ({outcome.grade}): {outcome.why}\n"
        f"It proves: {outcome.proves}\n"
        f"Clause {outcome.clause}: {clauses().get(outcome.clause, '')}\n"
        f"Read: {PAGE}, clause {outcome.clause} (`rollbook plugins clause {outcome.clause}` shows where that page is)"
    )


def _judge(whose: Conformance, cls: Any, check: Check, stage: Stage, record_property: Any) -> None:
    kind, known = ("source", OF_SOURCES) if issubclass(cls, Source) else ("destination", OF_DESTINATIONS)
    check_gaps(whose.gaps, known)
    outcome = outcome_of(check, stage, whose.gaps.get(check.id))
    told = {"kind": kind, "name": cls.name, "class": type(whose).__name__, "kept": whose.kept}
    record_property(PROPERTY, json.dumps({**told, "known": list(known), "outcome": asdict(outcome)}))
    if outcome.state is State.GAP:
        pytest.xfail(outcome.why)
    if not outcome.well:
        pytest.fail(report(outcome), pytrace=False)
