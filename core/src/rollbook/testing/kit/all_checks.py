"""Every check there is, by id: those of sources and those of destinations."""

from __future__ import annotations

from collections.abc import Mapping

from rollbook.testing.kit import of_plugins
from rollbook.testing.kit.check import DESTINATION, PLUGIN, SOURCE, Check
from rollbook.testing.kit.destinations import of_checking, of_delivering, of_privacy, of_repeats, of_reports
from rollbook.testing.kit.sources import (
    of_changes,
    of_done,
    of_ends,
    of_misbehaviour,
    of_pages,
    of_schools,
    of_several_schools,
    of_shapes,
    of_size,
    of_values,
)
from rollbook.testing.kit.sources import (
    of_privacy as of_sources_privacy,
)

MODULES = (
    of_plugins,
    of_schools,
    of_pages,
    of_values,
    of_ends,
    of_done,
    of_changes,
    of_misbehaviour,
    of_shapes,
    of_sources_privacy,
    of_size,
    of_several_schools,
    of_checking,
    of_delivering,
    of_repeats,
    of_privacy,
    of_reports,
)
"""The modules whose checks are registered when they are imported."""


def _in_order(*checks: Mapping[str, Check]) -> dict[str, Check]:
    return {id_: check for group in checks for id_, check in sorted(group.items())}


OF_SOURCES: Mapping[str, Check] = _in_order(PLUGIN, SOURCE)
OF_DESTINATIONS: Mapping[str, Check] = _in_order(PLUGIN, DESTINATION)
