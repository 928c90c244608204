"""An entity's changelog: what was created, changed or deleted since a revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rollbook.contract import VendorMustAct
from rollbook_arbor.answers import NotThere
from rollbook_arbor.api import Arbor
from rollbook_arbor.entities import Entity
from rollbook_arbor.shapes import whole

_MOST = 200  # questions to one changelog: one that never comes to its end is not read further


@dataclass(frozen=True)
class Changes:
    """hrefs: the addresses of all that changed, deletions too. newest: the revision up to which they are told."""

    hrefs: frozenset[str]
    newest: int


def changes_since(arbor: Arbor, entity: Entity, since: int) -> Changes | None:
    """What changed from the revision `since` on; None where the changelog cannot be trusted, so that all must be read.

    `since` must be the revision of a change that was seen. Revisions before it are asked for too, by one, so that at
    least that change, or a later one of the same record, must come. Nothing at all means that there is no changelog,
    that this user may not read it (REST then shows an empty list), or that revisions were counted anew. Arbor does not
    say how many changes it gives at once, nor which end first: so what lies beyond the oldest and the newest told is
    asked for until nothing new comes. Whether a revision that is asked for is included is not said either: so the
    outermost is asked for again.

    Raises VendorMustAct when an answer is not in the form of a changelog.
    """
    told: set[tuple[str, int]] = set()
    ranges: list[tuple[int, int | None]] = [(since - 1, None)]
    for _ in range(_MOST):
        if not ranges:
            break
        after, until = ranges.pop()
        rows = _rows(arbor, entity, after, until)
        fresh = rows - told
        if not fresh:
            continue
        told |= fresh
        revisions = [revision for _, revision in fresh]
        ranges.append((max(revisions), until))
        if min(revisions) > after + 1:
            ranges.append((after, min(revisions)))
    if ranges or not told:
        return None
    return Changes(frozenset(href for href, _ in told), max(since, *(revision for _, revision in told)))


def _rows(arbor: Arbor, entity: Entity, after: int, until: int | None) -> set[tuple[str, int]]:
    """Address and revision of each change told at one request; none where there is no changelog."""
    params = {"from-revision": after} | ({} if until is None else {"to-revision": until})
    try:
        found = arbor.read(f"{entity.path}/changelog", params, label=f"changes of {entity.name}").get("changes")
    except NotThere:
        return set()
    if not isinstance(found, list):
        raise _not_a_changelog(arbor.host, entity)
    rows = set()
    for change in found:
        href, revision = _read(change)
        if href is None or revision is None:
            raise _not_a_changelog(arbor.host, entity)
        rows.add((href, revision))
    return rows


def _read(change: Any) -> tuple[str | None, int | None]:
    changed = change.get("changedObject") if isinstance(change, Mapping) else None
    href = changed.get("href") if isinstance(changed, Mapping) else None
    revision = whole(change.get("toRevision")) if isinstance(change, Mapping) else None
    return (href if isinstance(href, str) else None), revision


def _not_a_changelog(host: str, entity: Entity) -> VendorMustAct:
    return VendorMustAct(
        f"The vendor's shape changed: the changelog of {entity.name} at {host} is not in the form known. Tell us."
    )
