"""An entity's changelog: what was created, changed or deleted since a revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rollbook.contract import VendorMustAct
from rollbook_arbor.answers import NotThere
from rollbook_arbor.api import Arbor
from rollbook_arbor.entities import Entity


@dataclass(frozen=True)
class Changes:
    """hrefs: the addresses of all that changed, deletions too. newest: the revision up to which they are told."""

    hrefs: frozenset[str]
    newest: int


def changes_since(arbor: Arbor, entity: Entity, since: int) -> Changes | None:
    """What changed after the revision `since`; None where there is no changelog of it, so that all must be read.

    Raises VendorMustAct when the answer is not in the form of a changelog.
    """
    label = f"changes of {entity.name}"
    try:
        found = arbor.read(f"{entity.path}/changelog", {"from-revision": since}, label=label).get("changes")
    except NotThere:
        return None
    if not isinstance(found, list):
        raise _not_a_changelog(arbor.host, entity)
    hrefs, newest = set(), since
    for change in found:
        href, revision = _read(change)
        if href is None or revision is None:
            raise _not_a_changelog(arbor.host, entity)
        hrefs.add(href)
        newest = max(newest, revision)
    return Changes(frozenset(hrefs), newest)


def _read(change: Any) -> tuple[str | None, int | None]:
    changed = change.get("changedObject") if isinstance(change, Mapping) else None
    href = changed.get("href") if isinstance(changed, Mapping) else None
    revision = change.get("toRevision") if isinstance(change, Mapping) else None
    if isinstance(revision, str) and revision.isdecimal():
        revision = int(revision)
    return (href if isinstance(href, str) else None), (revision if isinstance(revision, int) else None)


def _not_a_changelog(host: str, entity: Entity) -> VendorMustAct:
    return VendorMustAct(
        f"The vendor's shape changed: the changelog of {entity.name} at {host} is not in the form known. Tell us."
    )
