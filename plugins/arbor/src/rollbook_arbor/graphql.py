"""Arbor's GraphQL: many entities in one query, and marks by the page.

A query names each entity as a root field with `page_size` and `page_num`, and filters as flattened arguments. How pages
are counted is not documented: it is probed with the school's table of marks, which always has some, and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from rollbook.contract import VendorMustAct
from rollbook_arbor.api import Arbor
from rollbook_arbor.entities import ATTENDANCE_MARK, Entity
from rollbook_arbor.paging import first_page, read_pages
from rollbook_arbor.permission import may_not_read
from rollbook_arbor.reading import Filter, Record


class _Known(msgspec.Struct, gc=False):
    """A record's id, and nothing else of it."""

    id: str | int | None = None


_ROOTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_RECORDS = msgspec.json.Decoder(list[dict[str, Any]])
_IDS = msgspec.json.Decoder(list[_Known])


class GraphQL:
    """Reads by queries of at most `size` rows an entity. first: the number of the first page, None to find it out."""

    def __init__(self, arbor: Arbor, size: int, first: int | None) -> None:
        self._arbor, self._size, self._first = arbor, size, first

    @property
    def first(self) -> int:
        """The number of the first page. Raises NeedsCredentials where even the table of marks is empty."""
        if self._first is None:
            entity = Entity(ATTENDANCE_MARK.name, ())
            found = first_page(lambda number, size: self.page(entity, None, number, size), ids_on)
            if found is None:
                raise may_not_read(entity.name, self._arbor.host)
            self._first = found
        return self._first

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

    @property
    def pinned(self) -> int | None:
        """The number of the first page, where it is known by now."""
        return self._first

    def records(self, entity: Entity, only: Filter | None = None) -> Iterator[Record]:
        """Each record of one entity. Raises Refused, NotWhole."""
        for page in self.pages(entity, only):
            yield from _RECORDS.decode(page)

    def pages(self, entity: Entity, only: Filter | None = None) -> Iterator[msgspec.Raw]:
        """The pages of one entity, each a JSON list. Raises Refused, NotWhole."""
        yield from read_pages(_Pages(self, entity, only), self._size, entity.name)

    def some(self, entity: Entity, number: int) -> list[Record]:
        """The ids of the first records of an entity."""
        return [*_RECORDS.decode(self.page(Entity(entity.name, ()), None, self.first, number))]

    def any(self, entity: Entity, only: Filter | None = None) -> bool:
        """Whether there is a record of it, among those of `only`."""
        return bool(ids_on(self.page(Entity(entity.name, ()), only, self.first, 1)))

    def empty(self, entities: Sequence[Entity]) -> set[str]:
        """The names of those of which there is no record, by one query that asks for all their fields."""
        data = self._roots([_root(entity, None, self.first, 1) for entity in entities], "one of each")
        return {entity.name for entity in entities if not ids_on(_rows(data, entity.name))}

    def page(self, entity: Entity, only: Filter | None, number: int, size: int) -> msgspec.Raw:
        """One page, a JSON list. Raises Refused."""
        return _rows(self._roots([_root(entity, only, number, size)], entity.name), entity.name)

    def rows(self, entity: Entity, only: Filter | None, places: Sequence[int]) -> list[list[str]]:
        """For each place the id of the row there, if any: by one query, in which each has a name of its own."""
        bare = Entity(entity.name, ())
        asked = [f"r{place}: {_root(bare, only, self.first + place, 1)}" for place in places]
        data = self._roots(asked, f"the ends of pages of {entity.name}")
        return [ids_on(_rows(data, f"r{place}")) for place in places]

    def _after(self, entities: Sequence[Entity], found: Mapping[str, Sequence[Record]]) -> dict[str, bool]:
        """For each whose first page was not full, whether there is a row after it all the same."""
        if not entities:
            return {}
        asked = [_root(Entity(one.name, ()), None, self.first + len(found[one.name]), 1) for one in entities]
        data = self._roots(asked, "what comes after")
        return {entity.name: bool(ids_on(_rows(data, entity.name))) for entity in entities}

    def _roots(self, roots: Sequence[str], label: str) -> Mapping[str, msgspec.Raw]:
        try:
            return _ROOTS.decode(self._arbor.query("{" + " ".join(roots) + "}", label=label))
        except msgspec.DecodeError:
            raise _not_a_list(label, self._arbor.host) from None


@dataclass(frozen=True)
class _Pages:
    """The pages of one entity, as `read_pages` asks for them."""

    graphql: GraphQL
    entity: Entity
    only: Filter | None

    @property
    def first(self) -> int:
        return self.graphql.first

    def page(self, number: int, size: int) -> msgspec.Raw:
        return self.graphql.page(self.entity, self.only, number, size)

    def ids(self, page: msgspec.Raw) -> list[str]:
        return ids_on(page)

    def rows(self, places: Sequence[int]) -> list[list[str]]:
        return self.graphql.rows(self.entity, self.only, places)


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


def ids_on(page: msgspec.Raw) -> list[str]:
    """The ids of a page's records."""
    return [str(row.id) for row in _IDS.decode(page)]


def _not_a_list(name: str, host: str) -> VendorMustAct:
    return VendorMustAct(f"The vendor's shape changed: {host} answered a query for {name} without a list. Tell us.")
