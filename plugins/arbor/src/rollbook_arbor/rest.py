"""Arbor's REST: a list gives addresses alone, so each record is a request; they are made a few at a time.

Details that did not change are not fetched again: an entity's changelog says which did, or were deleted, since the
revision up to which its changes are known. Where there is no changelog, or nothing is kept, all of them are fetched.
Nor is a changelog believed for ever: at each reading a seventh of what is kept is fetched again, the longest kept
first. Where one of them is another than it was, and the changelog did not say so, all of that entity are fetched anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import msgspec

from rollbook.contract import RetryLater, VendorMustAct
from rollbook_arbor.answers import NotThere
from rollbook_arbor.api import Arbor
from rollbook_arbor.cache import Details
from rollbook_arbor.changes import changes_since
from rollbook_arbor.entities import Entity, name_of
from rollbook_arbor.paging import PagedRoute
from rollbook_arbor.permission import may_not_read
from rollbook_arbor.reading import Filter, Record
from rollbook_arbor.shapes import reference, whole

Hrefs: TypeAlias = list[str]
_KEPT_AT_ONCE = 200  # details fetched before they are kept: what an outage may cost
_NIGHTS = 7  # within which everything that is kept is fetched again

log = logging.getLogger("rollbook.plugins.arbor")


class Rest(PagedRoute[Hrefs]):
    """Reads lists of at most `size` addresses, and `at_once` details at a time. A page is addresses."""

    def __init__(self, arbor: Arbor, size: int, first: int | None, at_once: int, details: Details) -> None:
        super().__init__(arbor, size, first)
        self._at_once, self._details = at_once, details

    def records(self, entity: Entity, only: Filter | None = None) -> Iterator[Record]:
        """Each record of one entity. Raises NotWhole."""
        for body in self.bodies(entity, only):
            yield msgspec.json.decode(body, type=dict[str, Any])

    def bodies(self, entity: Entity, only: Filter | None = None) -> Iterator[bytes]:
        """The same as JSON that is not decoded."""
        hrefs = [href for page in self.pages(entity, only) for href in page]
        if only is None:
            self._details.prune(entity.name, hrefs)
        if self._hear(entity, hrefs):
            self._read_again(entity, hrefs)
        for start in range(0, len(hrefs), _KEPT_AT_ONCE):
            yield from self._bodies(entity, hrefs[start : start + _KEPT_AT_ONCE])

    def page(self, entity: Entity, only: Filter | None, number: int, size: int) -> Hrefs:
        """One page of addresses."""
        params = {"page-number": number, "page-size": size, **(_filters(only) if only else {})}
        rows = self._arbor.read(entity.path, params, label=f"the list of {entity.name}").get(entity.list_key)
        hrefs = [row.get("href") for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else None
        if hrefs is None or not all(isinstance(href, str) and _is_path(href) for href in hrefs):
            raise VendorMustAct(
                f"The vendor's shape changed: {self._arbor.host} answered the list of {entity.name} without "
                f"addresses under {entity.list_key}. Tell us."
            )
        return [str(href) for href in hrefs]

    def ids(self, page: Hrefs) -> list[str]:
        """The addresses themselves."""
        return page

    def rows(self, entity: Entity, only: Filter | None, places: Sequence[int]) -> list[list[str]]:
        """For each place the address of the row there, if any: a request each."""
        return [self._row(entity, only, place) for place in places]

    def _row(self, entity: Entity, only: Filter | None, place: int) -> Hrefs:
        try:
            return self.page(entity, only, self.first + place, 1)
        except NotThere:
            return []

    def _bodies(self, entity: Entity, hrefs: list[str]) -> Iterator[bytes]:
        known = self._details.known(hrefs)
        fresh = self._fetch(entity, [href for href in hrefs if href not in known])
        self._details.keep(entity.name, fresh)
        for href in hrefs:
            body = known.get(href) or fresh.get(href)
            if body is not None:  # else it was deleted since it was listed
                yield body

    def _hear(self, entity: Entity, hrefs: Sequence[str]) -> bool:
        """Forget what changed since it was kept; everything where that is not told. Whether it was."""
        since = self._details.cursor(entity.name)
        heard = changes_since(self._arbor, entity, since) if since is not None else None
        if heard is not None:
            # Deleted, or of days that are not read now: somebody should be able to see that there were some.
            elsewhere = len(heard.hrefs.difference(hrefs))
            if elsewhere:
                log.info("arbor_changes_not_listed", extra={"entity": entity.name, "records": elsewhere})
            self._details.advance(entity.name, heard.newest, heard.hrefs)
            return True
        if since is not None:
            log.warning("arbor_changelog_silent", extra={"entity": entity.name, "host": self._arbor.host})
        self._anew(entity, hrefs)
        return False

    def _anew(self, entity: Entity, hrefs: Sequence[str]) -> None:
        self._details.forget(entity.name)
        if hrefs:
            self._begin(entity, hrefs[-1])

    def _read_again(self, entity: Entity, hrefs: list[str]) -> None:
        """Fetch a share of what is kept again, and keep nothing of the entity where the changelog is found to lie."""
        again = self._details.oldest(hrefs, _NIGHTS)
        for start in range(0, len(again), _KEPT_AT_ONCE):
            some = again[start : start + _KEPT_AT_ONCE]
            known, fresh = self._details.known(some), self._fetch(entity, some)
            other = {href for href in some if not _is_same(entity, known[href], fresh.get(href))}
            if not other:
                self._details.keep(entity.name, fresh)
            elif not self._is_told(entity, other):
                log.warning("arbor_changelog_wrong", extra={"entity": entity.name, "host": self._arbor.host})
                self._anew(entity, hrefs)
                return

    def _is_told(self, entity: Entity, other: set[str]) -> bool:
        """Whether the changelog tells by now that these changed: somebody may be at work in Arbor. Forget them."""
        since = self._details.cursor(entity.name)
        heard = changes_since(self._arbor, entity, since) if since is not None else None
        if heard is None or not other <= heard.hrefs:
            return False
        self._details.advance(entity.name, heard.newest, heard.hrefs)
        return True

    def _begin(self, entity: Entity, newest: str) -> None:
        """Changes are known from the revision of one detail on, read before any other: what changes while the others
        are read has a higher one, and is heard the next time.
        """
        body = self._fetch(entity, [newest]).get(newest)
        revision = whole(msgspec.json.decode(body).get("revisionId")) if body else None
        if revision is not None and body is not None:
            self._details.advance(entity.name, revision, ())
            self._details.keep(entity.name, {newest: body})

    def _fetch(self, entity: Entity, hrefs: Sequence[str]) -> dict[str, bytes]:
        """The details at these addresses, a few at a time; those that are gone are left out."""
        with ThreadPoolExecutor(self._at_once) as pool:
            found = list(pool.map(lambda href: self._detail(entity, href), hrefs))
        return {href: body for href, body in zip(hrefs, found, strict=True) if body is not None}

    def _detail(self, entity: Entity, href: str) -> bytes | None:
        try:
            body = self._arbor.read(href.lstrip("/"), label=f"one {entity.name}")
        except NotThere:
            return None
        detail = body.get(entity.one_key)
        if not isinstance(detail, Mapping) or not set(detail) - {"entityType", "href", "displayName"}:
            raise may_not_read(entity.name, self._arbor.host)
        if reference(detail) not in (None, reference(href)):
            raise RetryLater(f"{self._arbor.host} answered with another {entity.name} than was asked for: try again.")
        return msgspec.json.encode(detail)


def _is_same(entity: Entity, known: bytes, fresh: bytes | None) -> bool:
    """Whether a detail says what it said, in what is read of it. How it shows the name of another object is not read,
    and may change without any change of its own.
    """
    return fresh is not None and _read_of(entity, known) == _read_of(entity, fresh)


def _read_of(entity: Entity, body: bytes) -> list[Any]:
    detail = msgspec.json.decode(body, type=dict[str, Any])
    values = [detail.get(name) for name in ("revisionId", *(name_of(field) for field in entity.fields))]
    return [
        {name: one for name, one in value.items() if name != "displayName"} if isinstance(value, Mapping) else value
        for value in values
    ]


def _is_path(href: str) -> bool:
    parts = urlsplit(href)
    return not parts.scheme and not parts.netloc and parts.path.lstrip("/").startswith("rest-v2/")


def _filters(only: Filter) -> dict[str, str]:
    """Whether `from` and `to` include their days is not documented: a day more at each end is asked for."""
    one = timedelta(days=1)
    first, last = date.fromisoformat(only.first) - one, date.fromisoformat(only.last) + one
    return {
        f"filters.{only.property}.from": f"{first.isoformat()} 00:00:00",
        f"filters.{only.property}.to": f"{last.isoformat()} 00:00:00",
    }
