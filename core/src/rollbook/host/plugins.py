"""Plugins: found by their entry points, loaded one at a time and only when asked for, each with a record.

Loading runs the plugin's own code. The host does it in a worker process; the conformance kit does it here.
"""

from __future__ import annotations

import importlib.metadata
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from rollbook.contract.errors import FixSettings
from rollbook.contract.going import GoesAway

if TYPE_CHECKING:
    from rollbook.contract.destination import Destination
    from rollbook.contract.rule import Rule
    from rollbook.contract.source import Source

GROUP = "rollbook"
Status = Literal["ok", "failed", "missing", "ambiguous", "installed"]


@dataclass(frozen=True)
class PluginRecord:
    """What came of a plugin. `reason` says why it is not `ok`, and what to do; `installed` is found and not yet loaded.

    `remarks`: what of the contract it uses that goes away; it works, and its maker should know.
    `sources`, `destinations` and `rules` are the names of what it gives; the classes and the rules themselves are
    beside them once it is loaded.
    """

    name: str
    distribution: str = ""
    version: str = ""
    contract_version: str = ""
    status: Status = "installed"
    reason: str = ""
    sources: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    source_classes: tuple[type[Source], ...] = field(default=(), repr=False, compare=False)
    destination_classes: tuple[type[Destination], ...] = field(default=(), repr=False, compare=False)
    rule_entries: tuple[Rule, ...] = field(default=(), repr=False, compare=False)

    def source(self) -> type[Source]:
        """The source class of this name. Raises FixSettings when the plugin did not load, or has none."""
        found: type[Source] = _class_named(self, "source", self.source_classes)
        return found

    def destination(self) -> type[Destination]:
        """The destination class of this name. Raises FixSettings when the plugin did not load, or has none."""
        found: type[Destination] = _class_named(self, "destination", self.destination_classes)
        return found

    def rule_list(self) -> tuple[Rule, ...]:
        """Its rules. Raises FixSettings when the plugin did not load, or has none."""
        _check_ok(self)
        if not self.rule_entries:
            raise FixSettings(f"The plugin {self.name} gives no rule. It gives: {_gives(self)}.")
        return self.rule_entries


def installed() -> tuple[PluginRecord, ...]:
    """Every plugin there is, by name, none of them imported: `installed`, or `ambiguous` where two share a name."""
    found = [_found(point) for point in importlib.metadata.entry_points(group=GROUP)]
    times = Counter(record.name for record in found)
    known = [_ambiguous(record, found) if times[record.name] > 1 else record for record in found]
    return tuple(sorted(known, key=lambda record: (record.name, record.distribution)))


def load(name: str) -> PluginRecord:
    """The record of one plugin, imported now. Never raises for what the plugin does: the record says it."""
    points = list(importlib.metadata.entry_points(group=GROUP, name=name))
    if not points:
        return PluginRecord(name, status="missing", reason=_missing(name))
    if len(points) > 1:
        return _ambiguous(_found(points[0]), [_found(point) for point in points])
    record = _found(points[0])
    from rollbook.host import plugin_hooks
    from rollbook.host.guard import clean, failure

    remarks: list[str] = []
    try:
        with _hearing(remarks):
            module = points[0].load()
            record = plugin_hooks.registered(record, module)
    except plugin_hooks.Unfit as unfit:
        return replace(record, status="failed", reason=str(unfit))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too
        return replace(record, status="failed", reason=f"It could not be imported: {failure(error)}.")
    return replace(record, status="ok", remarks=tuple(dict.fromkeys(map(clean, remarks))))


@contextmanager
def _hearing(remarks: list[str]) -> Iterator[None]:
    """Puts into `remarks` what the contract says of its parts that go away; other warnings go where they would have."""
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", GoesAway)
            yield
    finally:
        for one in told:
            if issubclass(one.category, GoesAway):
                remarks.append(str(one.message))
            else:
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


def _found(point: importlib.metadata.EntryPoint) -> PluginRecord:
    dist = point.dist
    return PluginRecord(point.name, dist.name if dist else "", dist.version if dist else "")


def _ambiguous(record: PluginRecord, found: list[PluginRecord]) -> PluginRecord:
    names = sorted({f"{other.distribution} {other.version}" for other in found if other.name == record.name})
    reason = f"More than one distribution gives a plugin of this name: {', '.join(names)}. Uninstall all but one."
    return replace(record, status="ambiguous", reason=reason)


def _missing(name: str) -> str:
    import difflib

    names = sorted({point.name for point in importlib.metadata.entry_points(group=GROUP)})
    near = difflib.get_close_matches(name, names, n=1)
    meant = f'Did you mean "{near[0]}"? ' if near else ""
    return f"It is not installed here. {meant}Installed are: {', '.join(names) or 'none'}."


def _class_named(record: PluginRecord, role: str, classes: tuple[Any, ...]) -> Any:
    _check_ok(record)
    for cls in classes:
        if cls.name == record.name:
            return cls
    raise FixSettings(f"The plugin {record.name} gives no {role} of that name. It gives: {_gives(record)}.")


def _check_ok(record: PluginRecord) -> None:
    if record.status != "ok":
        raise FixSettings(f"The plugin {record.name} cannot be used. {record.reason}")


def _gives(record: PluginRecord) -> str:
    given = {"source": record.sources, "destination": record.destinations, "rule": record.rules}
    return ", ".join(f"{role} {name}" for role, names in given.items() for name in names) or "nothing"
