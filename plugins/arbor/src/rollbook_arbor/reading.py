"""Records of an entity, by GraphQL or by REST: the same nested mappings either way.

GraphQL is asked first, for all entities at once. Where it refuses a property that is needed, REST is asked in its
place, for that entity alone; where it refuses one that is not, the entity is read without it. What was chosen is told.
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
        self._read = kept if kept is not None else {}

    def read_all(self, entities: Sequence[Entity]) -> None:
        """Read these entities, and keep them in `kept`: by one query where that can be.

        Raises RetryLater, NeedsCredentials, VendorMustAct.
        """
        asked = [entity for entity in entities if entity.name not in self._read]
        for _ in range(_TRIES):
            queried = [self.cut(one) for one in asked if self.graphql is not None and one.name not in self.by_rest]
            try:
                if self.graphql is not None and queried:
                    self._read.update(self.graphql.read_many(queried))
                break
            except Refused as refused:
                self.refuse(refused, queried)
        else:
            raise may_not_read("what its queries need", self._host)
        if self.rest is not None:
            for entity in asked:
                if entity.name not in self._read:
                    self._read[entity.name] = list(self.rest.records(entity))

    def __call__(self, entity: Entity) -> list[Record]:
        """Every record of an entity. Raises as `read_all`."""
        self.read_all([entity])
        return self._read[entity.name]

    def probe(self, entities: Sequence[Entity]) -> set[str]:
        """Ask for one row of each: what is refused goes by REST. The names of those that show none.

        Raises NeedsCredentials, RetryLater, VendorMustAct.
        """
        empty: set[str] = set()
        for _ in range(_TRIES):
            queried = [self.cut(one) for one in entities if self.graphql is not None and one.name not in self.by_rest]
            try:
                empty = self.graphql.empty(queried) if self.graphql is not None and queried else set()
                break
            except Refused as refused:
                self.refuse(refused, queried)
        by_rest = [one for one in entities if self.graphql is None or one.name in self.by_rest]
        return empty | {one.name for one in by_rest if self.rest is not None and not self.rest.any(one)}

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
        known = {entity.name: entity for entity in queried}
        helped = False
        for name in refused.names:
            entity = known.get(name.partition(".")[0])
            if entity is None:
                continue
            if name.partition(".")[2] in entity.optional:
                self.without.add(name)
                helped = True
            elif self.rest is not None:
                self.by_rest.add(entity.name)
                helped = True
        if not helped:
            raise may_not_read(refused.names, self._host) from None
