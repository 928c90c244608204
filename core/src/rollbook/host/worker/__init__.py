"""A plugin in a process of its own, bounded in time and memory, with nothing but checked data coming back."""

from __future__ import annotations

from rollbook.host.worker.calls import PluginDescription, Spec
from rollbook.host.worker.parent import Worker, examine

__all__ = ["PluginDescription", "Spec", "Worker", "examine"]
