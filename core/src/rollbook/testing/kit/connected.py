"""A plugin as the host makes it, for the tests that it has of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from rollbook.contract.source import Source
from rollbook.host.worker.calls import Spec, resolved
from rollbook.testing.kit.stage import QuickClient


def connected(plugin: type[Any], settings: Mapping[str, Any], folder: Path) -> Any:
    """An instance of the class: settings checked, secrets fetched, and a client that never waits between attempts.

    settings: as they stand in a configuration, for example those of a simulator. folder: where relative paths begin.
    Raises FixSettings and NeedsCredentials, as the settings' check does.
    """
    kind: Literal["source", "destination"] = "source" if issubclass(plugin, Source) else "destination"
    return plugin(resolved(plugin, Spec("tests", plugin.name, kind, dict(settings), folder)), QuickClient())
