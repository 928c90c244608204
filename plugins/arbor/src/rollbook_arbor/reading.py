"""Records of an entity, by GraphQL or by REST: the same nested mappings either way.

GraphQL is asked first, for all entities at once. Where it refuses a property that is needed, REST is asked in its
place, for that entity alone; where it refuses one that is not, the entity is read without it. What was chosen is told.
An empty list of REST is not believed of what GraphQL refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from rollbook_arbor.answers import Refused
from rollbook_arbor.entities import Entity
from rollbook_arbor.permission import may_not_read

if TYPE_CHECKING:
    from rollbook_arbor.graphql import GraphQL
    from rollbook_arbor.rest import Rest

Record: TypeAlias = Mapping[str, Any]
_TRIES = 6  # each refusal names what it refuses: more rounds than this mean that it names something else


@dataclass(frozen=True)
class Filter:
    """Only those whose `property` is from `first` to `last`, both included; ISO days."""

    property: str
    first: str
    last: str


class Reader:
    """Reads a school's entities. graphql, rest: None where the settings rule that route out.

    kept: what was read, which the readers of one pull share. by_rest: names of the entities that are read by REST.
    without: `Entity.property` of what is not given.
    """

    def __init__(
        self,
        graphql: GraphQL | None,
        rest: Rest | None,
        host: str,
        by_rest: Iterable[str] = (),
        kept: dict[str, list[Record]] | None = None,
    ) -> None:
        self.graphql, self.rest, self._host = graphql, rest, host
        self.by_rest = set(by_rest) if rest is not None else set()
        self.without: set[str] = set()
        self._denied: dict[str, str | tuple[str, ...]] = {}  # entity -> what of it neither route gives
        self._read = kept if kept is not None else {}

    @property
    def refused(self) -> set[str]:
        """The names of entities that GraphQL refused: read by REST, or given by neither route."""
        return self.by_rest | self._denied.keys()

    def read_all(self, entities: Sequence[Entity]) -> None:
        """Read these entities, and keep them in `kept`: by one query where that can be. What neither route gives stops
        nobody here: only who asks for it by name.

        Raises RetryLater, NeedsCredentials, VendorMustAct.
        """
        asked = [entity for entity in entities if entity.name not in self._read]
        for _ in range(_TRIES):
            queried = self._by_graphql(asked)
            try:
                if self.graphql is not None and queried:
                    self._read.update(self.graphql.read_many(queried))
                break
            except Refused as refused:
                self._note(refused, queried)
        else:
            raise may_not_read("what its queries need", self._host)
        for entity in asked:
            if entity.name not in self._read and entity.name not in self._denied:
                self._read_by_rest(entity)

    def __call__(self, entity: Entity) -> list[Record]:
        """Every record of an entity. Raises as `read_all`, and NeedsCredentials where neither route gives it."""
        self.read_all([entity])
        if entity.name in self._denied:
            raise may_not_read(self._denied[entity.name], self._host)
        return self._read[entity.name]

    def probe(self, entities: Sequence[Entity]) -> set[str]:
        """Ask for one row of each: what is refused goes by REST. The names of those that show none.

        Raises NeedsCredentials, RetryLater, VendorMustAct.
        """
        empty: set[str] = set()
        for _ in range(_TRIES):
            queried = self._by_graphql(entities)
            try:
                empty = self.graphql.empty(queried) if self.graphql is not None and queried else set()
                break
            except Refused as refused:
                self._note(refused, queried)
        by_rest = [one for one in entities if self.graphql is None or one.name in self.by_rest]
        empty |= {one.name for one in by_rest if self.rest is not None and not self.rest.any(one)}
        return empty | {one.name for one in entities if one.name in self._denied}

    def any(self, entity: Entity, only: Filter | None = None) -> bool:
        """Whether there is a record of an entity, among those of `only`."""
        route = self.graphql if self.graphql is not None and entity.name not in self.by_rest else self.rest
        return route is not None and route.any(entity, only)

    def cut(self, entity: Entity) -> Entity:
        """The entity without those of its optional properties that are not given."""
        refused = {name.partition(".")[2] for name in self.without if name.startswith(f"{entity.name}.")}
        return entity.without(frozenset(refused))

    def refuse(self, refused: Refused, queried: Sequence[Entity]) -> None:
        """Go on without what GraphQL refused, or by REST. Raises NeedsCredentials where neither can be."""
        self._note(refused, queried)
        if self._denied.keys() & {entity.name for entity in queried}:
            raise may_not_read(refused.names, self._host) from None

    def _by_graphql(self, entities: Sequence[Entity]) -> list[Entity]:
        return [self.cut(one) for one in entities if self.graphql is not None and one.name not in self.refused]

    def _read_by_rest(self, entity: Entity) -> None:
        """An empty list says nothing of what GraphQL has just refused."""
        if self.rest is None:
            return
        rows = list(self.rest.records(entity))
        if rows or entity.name not in self.refused:
            self._read[entity.name] = rows
        else:
            self._denied[entity.name] = entity.name

    def _note(self, refused: Refused, queried: Sequence[Entity]) -> None:
        """Of each entity what GraphQL does not give. Raises NeedsCredentials where it names nothing that was asked."""
        known = {entity.name: entity for entity in queried}
        told = [name for name in refused.names if name.partition(".")[0] in known]
        if not told:
            raise may_not_read(refused.names, self._host) from None
        needed: dict[str, list[str]] = {}
        for name in told:
            entity, _, field = name.partition(".")
            if field in known[entity].optional:
                self.without.add(name)
            else:
                needed.setdefault(entity, []).append(name)
        if self.rest is not None:
            self.by_rest |= needed.keys()
        else:
            self._denied |= {entity: tuple(names) for entity, names in needed.items()}
