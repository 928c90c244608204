"""The catalogue of rules as the command line shows it: what each rule says, its law, and the values it goes by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from rollbook.contract.errors import FixSettings
from rollbook.host import rule_plugins
from rollbook.host.config import Config
from rollbook.rules import catalogue, thresholds
from rollbook.rules.problems import NoSuchRule


@dataclass(frozen=True)
class RuleRow:
    """A rule in the list. `first_day`: the first day about which it may be asked; None for any. `due`: the field of its
    answer that says that something is due; None where nothing ever is.
    """

    rule: str
    title: str
    first_day: date | None
    due: str | None


@dataclass(frozen=True)
class ValueRow:
    """A value that a rule goes by. `set_by`: law, Rollbook (no law sets it), or those who may set it in the place of
    the default `value`.

    `first` and `last`: the days on which a value of law is in force; None for no bound, and where it is not law.
    """

    name: str
    value: Any
    set_by: str
    first: date | None
    last: date | None
    reference: str
    note: str


@dataclass(frozen=True)
class RuleDetail:
    """A rule whole. `law`: references. `answer`: each field of its answer with what it means."""

    row: RuleRow
    says: str
    law: tuple[str, ...]
    values: tuple[ValueRow, ...]
    answer: tuple[tuple[str, str], ...]


def rules(config: Config | None = None) -> list[RuleRow]:
    """Every rule of the catalogue, in its order; then those of the plugins that the configuration names."""
    known = rule_plugins.known(config)
    return [RuleRow(rule.id, rule.title, rule.first_day, rule.due) for rule in known.values()]


def rule(rule_id: str, config: Config | None = None) -> RuleDetail:
    """One rule. Raises FixSettings, naming those there are."""
    try:
        found = catalogue.rule(rule_id, rule_plugins.known(config))
    except NoSuchRule as unknown:
        raise FixSettings(f"{unknown.sentence[0].upper()}{unknown.sentence[1:]}.") from None
    return RuleDetail(
        row=RuleRow(found.id, found.title, found.first_day, found.due),
        says=found.says,
        law=found.law,
        values=tuple(value for name in found.settings for value in _values(name)),
        answer=tuple((field.name, field.doc) for field in found.answer),
    )


def _values(name: str) -> Iterator[ValueRow]:
    """A value of law with its whole history, or a default with those who may set another."""
    for value in thresholds.laws().get(name, ()):
        yield ValueRow(name, value.value, value.set_by, value.first, value.last, value.reference, value.note)
    policy = thresholds.policies().get(name)
    if policy is not None:
        who = " or ".join(policy.set_by)
        yield ValueRow(name, policy.default, f"default; {who} may set it", None, None, policy.reference, policy.note)
