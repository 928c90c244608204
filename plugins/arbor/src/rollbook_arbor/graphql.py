"""Arbor's GraphQL: many entities in one query, and marks by the page.

A query names each entity as a root field with `page_size` and `page_num`, and filters as flattened arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from rollbook.contract import VendorMustAct
from rollbook_arbor.entities import Entity
from rollbook_arbor.paging import PagedRoute
from rollbook_arbor.reading import Filter, Record


class _Known(msgspec.Struct, gc=False):
    """A record's id, and nothing else of it."""

    id: str | int | None = None


_ROOTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_RECORDS = msgspec.json.Decoder(list[dict[str, Any]])
_IDS = msgspec.json.Decoder(list[_Known])


class GraphQL(PagedRoute[msgspec.Raw]):
    """Reads by queries of at most `size` rows an entity. A page is a JSON list."""

    def read_many(self, entities: Sequence[Entity]) -> dict[str, list[Record]]:
        """Every record of each entity: all first pages in one query, then what goes on. Raises Refused, NotWhole."""
        data = self._roots([_root(entity, None, self.first, self._size) for entity in entities], "the school's people")
        found: dict[str, list[Record]] = {one.name: [*_RECORDS.decode(_rows(data, one.name))] for one in entities}
        short = [entity for entity in entities if len(found[entity.name]) < self._size]
        more = self._after(short, found)
        for entity in entities:
            if entity not in short or more[entity.name]:
                found[entity.name] = list(self.records(entity))
        return found

    def records(self, entity: Entity, only: Filter | None = None) -> Iterator[Record]:
        """Each record of one entity. Raises Refused, NotWhole."""
        for page in self.pages(entity, only):
            yield from _RECORDS.decode(page)

    def empty(self, entities: Sequence[Entity]) -> set[str]:
        """The names of those of which there is no record, by one query that asks for all their fields."""
        data = self._roots([_root(entity, None, self.first, 1) for entity in entities], "one of each")
        return {entity.name for entity in entities if not self.ids(_rows(data, entity.name))}

    def page(self, entity: Entity, only: Filter | None, number: int, size: int) -> msgspec.Raw:
        """One page, a JSON list. Raises Refused."""
        return _rows(self._roots([_root(entity, only, number, size)], entity.name), entity.name)

    def ids(self, page: msgspec.Raw) -> list[str]:
        """The ids of a page's records."""
        return [str(row.id) for row in _IDS.decode(page)]

    def rows(self, entity: Entity, only: Filter | None, places: Sequence[int]) -> list[list[str]]:
        """For each place the id of the row there, if any: by one query, in which each has a name of its own."""
        bare = Entity(entity.name, ())
        asked = [f"r{place}: {_root(bare, only, self.first + place, 1)}" for place in places]
        data = self._roots(asked, f"the ends of pages of {entity.name}")
        return [self.ids(_rows(data, f"r{place}")) for place in places]

    def _after(self, entities: Sequence[Entity], found: Mapping[str, Sequence[Record]]) -> dict[str, bool]:
        """For each whose first page was not full, whether there is a row after it all the same."""
        if not entities:
            return {}
        asked = [_root(Entity(one.name, ()), None, self.first + len(found[one.name]), 1) for one in entities]
        data = self._roots(asked, "what comes after")
        return {entity.name: bool(self.ids(_rows(data, entity.name))) for entity in entities}

    def _roots(self, roots: Sequence[str], label: str) -> Mapping[str, msgspec.Raw]:
        try:
            return _ROOTS.decode(self._arbor.query("{" + " ".join(roots) + "}", label=label))
        except msgspec.DecodeError:
            raise _not_a_list(label, self._arbor.host) from None


def _root(entity: Entity, only: Filter | None, number: int, size: int) -> str:
    arguments = f"page_size: {size}, page_num: {number}"
    if only is not None:
        arguments += f', {only.property}_after_or_equal: "{only.first}", {only.property}_before_or_equal: "{only.last}"'
    return f"{entity.name}({arguments}) {{{' '.join(('id', *entity.fields))}}}"


def _rows(data: Mapping[str, msgspec.Raw], name: str) -> msgspec.Raw:
    rows = data.get(name)
    if rows is None or not bytes(rows).lstrip().startswith(b"["):
        raise _not_a_list(name, "Arbor")
    return rows


def _not_a_list(name: str, host: str) -> VendorMustAct:
    return VendorMustAct(f"The vendor's shape changed: {host} answered a query for {name} without a list. Tell us.")
