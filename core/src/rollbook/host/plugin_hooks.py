"""What a plugin registers, asked by its hooks and checked: pluggy checks neither a hook's result nor its name.

Each plugin has a manager of its own, so that one that raises cannot void the call of another.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pluggy

from rollbook.contract import CONTRACT_VERSION, hookspecs
from rollbook.contract.destination import Destination
from rollbook.contract.rule import Rule
from rollbook.contract.source import Source

if TYPE_CHECKING:
    from rollbook.host.plugins import PluginRecord

FIRST_CONTRACT = "1.0"


class Unfit(Exception):
    """The plugin does not keep the contract. The text is a sentence of ours."""


def registered(record: PluginRecord, module: Any) -> PluginRecord:
    """`record` with the contract version and the classes of `module`. Raises Unfit."""
    spoken = _contract_version(module)
    manager = pluggy.PluginManager("rollbook")
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module, name=record.name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise Unfit(f"Its hooks are not those of the contract: {_first_line(error)}") from None
    sources = _classes(manager.hook.rollbook_sources, Source)
    destinations = _classes(manager.hook.rollbook_destinations, Destination)
    rules = _rules(manager.hook.rollbook_rules)
    if not sources and not destinations and not rules:
        raise Unfit(
            "It registers nothing: none of rollbook_sources, rollbook_destinations and rollbook_rules gives any."
        )
    return replace(
        record,
        contract_version=spoken,
        sources=tuple(cls.name for cls in sources),
        destinations=tuple(cls.name for cls in destinations),
        rules=tuple(rule.id for rule in rules),
        source_classes=sources,
        destination_classes=destinations,
        rule_entries=rules,
    )


def _contract_version(module: Any) -> str:
    """The version that the plugin was built for: what its module says (`CONTRACT_VERSION = "1.0"`), or else the first,
    for the newest is not what was there when it was built.

    The same major number is understood, and no newer minor: a plugin may then use what we do not have.
    """
    said = getattr(module, "CONTRACT_VERSION", FIRST_CONTRACT)
    if not isinstance(said, str) or not re.fullmatch(r"[0-9]{1,4}\.[0-9]{1,4}", said):
        raise Unfit('Its CONTRACT_VERSION is not of the form "1.0".')
    theirs, ours = _number(said), _number(CONTRACT_VERSION)
    if theirs[0] == ours[0] and theirs[1] <= ours[1]:
        return f"{theirs[0]}.{theirs[1]}"
    unsaid = "" if hasattr(module, "CONTRACT_VERSION") else ", for it does not say for which"
    side = (
        "Upgrade Rollbook" if theirs > ours else "Upgrade the plugin, or go back to a Rollbook that speaks its contract"
    )
    raise Unfit(f"It was built for contract {said}{unsaid}; this Rollbook speaks {CONTRACT_VERSION}. {side}.")


def _number(version: str) -> tuple[int, int]:
    major, minor = version.split(".")
    return int(major), int(minor)


def _classes(hook: Callable[[], Any], base: type) -> tuple[Any, ...]:
    """What one hook of one plugin gives: a list of classes of `base`, each name once."""
    name = getattr(hook, "name", "hook")
    answers = hook()
    classes = [cls for answer in answers for cls in _listed(name, answer)]
    for cls in classes:
        if not (isinstance(cls, type) and issubclass(cls, base)) or getattr(cls, "__abstractmethods__", None):
            raise Unfit(f"{name} gave {_shown(cls)}, which is not a complete subclass of {base.__name__}.")
    names = [cls.name for cls in classes]
    if len(set(names)) < len(names):
        raise Unfit(f"{name} gave two classes of one name.")
    return tuple(classes)


def _rules(hook: Callable[[], Any]) -> tuple[Rule, ...]:
    """What the hook of rules gives: a list of rules, each id once."""
    rules = [rule for answer in hook() for rule in _listed("rollbook_rules", answer, "rules")]
    for rule in rules:
        if not isinstance(rule, Rule):
            raise Unfit(f"rollbook_rules gave {_shown(rule)}, which is no rollbook.contract.Rule.")
    if len({rule.id for rule in rules}) < len(rules):
        raise Unfit("rollbook_rules gave two rules of one id.")
    return tuple(rules)


def _listed(name: str, answer: Any, of: str = "classes") -> list[Any]:
    if not isinstance(answer, list):
        raise Unfit(f"{name} gave {_shown(answer)}, not a list of {of}.")
    return answer


def _shown(value: Any) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
