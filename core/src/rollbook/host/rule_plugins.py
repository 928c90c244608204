"""Rules of third parties: of the plugins that a configuration names, put into the catalogue beside ours.

Such a rule is pure by its contract and runs in this process, unlike sources and destinations: it is given a register
whole. Whatever it raises is contained, attributed, and harms no other rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import polars as pl

from rollbook.contract import rule as contract
from rollbook.contract.errors import FixSettings
from rollbook.host import plugins
from rollbook.host.config import Config
from rollbook.host.guard import failure
from rollbook.rules import catalogue
from rollbook.rules.finding import findings_of
from rollbook.rules.problems import RuleFailed, RuleRefused
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.rules.view import View
from rollbook.tables.schemas import FINDINGS, Schema, conform, empty

_SPAN: Schema = {
    "run": pl.Int64,
    "e": pl.UInt32,
    "first": pl.Date,
    "last": pl.Date,
    "reached": pl.Date,
    "ended": pl.Boolean,
}
_T = TypeVar("_T")
_MARK: Schema = {"date": pl.Date, "session": SESSION_LIST["session"], "code": SESSION_LIST["code"]}


def known(config: Config | None) -> Mapping[str, Rule]:
    """Our rules, and those of the plugins that the configuration names. Raises FixSettings when one cannot be used."""
    return _known(config.path, config.rules) if config is not None and config.rules else catalogue.RULES


def versions(config: Config) -> list[str]:
    """Name and version of each of those plugins: what they say rests on it."""
    found = {record.name: record.version for record in plugins.installed()} if config.rules else {}
    return [f"{name} {found.get(name, '')}" for name in config.rules]


@lru_cache(maxsize=8)
def _known(path: Path, names: tuple[str, ...]) -> Mapping[str, Rule]:
    """Once for each configuration: a run asks for every school."""
    others = []
    for name in names:
        record = plugins.load(name)
        others += [adapted(record, theirs) for theirs in record.rule_list()]
    try:
        return catalogue.with_others(others)
    except RuleRefused as refused:
        raise FixSettings(f"{path}: a plugin named in `rules` cannot be used: {refused.sentence}.") from None


def adapted(record: plugins.PluginRecord, theirs: contract.Rule) -> Rule:
    """A plugin's rule as an entry of the catalogue."""
    ours = Rule(
        id=theirs.id,
        title=theirs.title,
        says=theirs.says,
        law=theirs.law,
        first_day=theirs.first_day,
        settings=theirs.settings,
        answer=tuple(Field(one.name, one.dtype, one.doc) for one in theirs.answer),
        due=theirs.due,
        judge=lambda reading: _judged(record, theirs, ours, reading),
    )
    return ours


def _judged(record: plugins.PluginRecord, theirs: contract.Rule, ours: Rule, reading: Reading) -> Judged:
    """What the plugin's rule says, in our form. Raises RuleFailed, naming rule, plugin and place in its code."""
    said = _contained(record, theirs, lambda: theirs.judge(View(reading)))
    if not isinstance(said, contract.Judged):
        raise _failed(record, theirs, f"it gave a {type(said).__name__}, not a rollbook.contract.Judged")
    wanted = {one.name: one.dtype for one in theirs.answer}
    if dict(said.answer.schema) != wanted or len(said.answer) != len(reading.days.enrolments):
        raise _failed(record, theirs, "its answer is not a row for each pupil, with the fields that it names")
    return _contained(record, theirs, lambda: _in_our_form(ours, reading, said))


def _in_our_form(ours: Rule, reading: Reading, said: contract.Judged) -> Judged:
    evidence, findings = empty(SESSION_LIST), empty(FINDINGS)
    if said.evidence is not None:
        listed = conform(said.evidence, {"e": pl.UInt32, **_MARK}).sort("e", "date", "session")
        evidence = reading.days.keyed(listed).select(*SESSION_LIST)
    if said.findings is not None:
        spans = conform(said.findings, _SPAN)
        figures = said.findings.drop(*_SPAN)
        marks = empty({"run": pl.Int64, **_MARK})
        if said.finding_evidence is not None:
            marks = conform(said.finding_evidence, {"run": pl.Int64, **_MARK}).sort("run", "date", "session")
        findings = findings_of(ours, reading, spans, figures, marks)
        if any(findings.get_column(name).null_count() for name in ("first", "last", "reached", "ended")):
            raise ValueError("a finding lacks a day")
    return Judged(said.answer, findings, evidence)


def _contained(record: plugins.PluginRecord, theirs: contract.Rule, do: Callable[[], _T]) -> _T:
    try:
        return do()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, and a text of its own may name a pupil
        raise _failed(record, theirs, failure(error)) from None


def _failed(record: plugins.PluginRecord, theirs: contract.Rule, why: str) -> RuleFailed:
    whose = f"{record.name} {record.version}".strip()
    return RuleFailed(f"the rule {theirs.id} of the plugin {whose} failed, and is not judged: {why}")
