"""The hooks. They register classes and do nothing else: behaviour belongs to the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from rollbook.contract.destination import Destination
    from rollbook.contract.rule import Rule
    from rollbook.contract.source import Source

hookspec = pluggy.HookspecMarker("rollbook")
hookimpl = pluggy.HookimplMarker("rollbook")


@hookspec
def rollbook_sources() -> list[type[Source]]:
    """The source classes of this distribution.

    Called once, after the distribution was imported. If it raises, or returns anything but a list of `Source`
    subclasses, the plugin's record says so and the connections that name it fail; no other plugin is touched.
    """
    raise NotImplementedError


@hookspec
def rollbook_destinations() -> list[type[Destination]]:
    """The destination classes of this distribution. Errors as for `rollbook_sources`."""
    raise NotImplementedError


@hookspec
def rollbook_rules() -> list[Rule]:
    """The rules of this distribution, for the catalogue: `Rule`s, no classes. Errors as for `rollbook_sources`."""
    raise NotImplementedError
