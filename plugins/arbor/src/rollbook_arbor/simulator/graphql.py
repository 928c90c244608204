"""The simulator's GraphQL: queries read by graphql-core, and answered without building a schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import GraphQLError, parse
from graphql.language import ast
from graphql.utilities import value_from_ast_untyped

from rollbook_arbor.simulator.faults import Fault, Faults, Plan
from rollbook_arbor.simulator.filters import Condition, NotUnderstood, Request, condition
from rollbook_arbor.simulator.model import ANY, MODEL, OWN, Link, Record, is_reference
from rollbook_arbor.simulator.wire import plain, spoil
from rollbook_arbor.simulator.world import World

MOST = 3000
_SUFFIXES = {"_after_or_equal": "from", "_before_or_equal": "to", "_after": "after", "_before": "before", "_in": "in"}
_SUFFIX = re.compile(r"^(\w+?)(_after_or_equal|_before_or_equal|_after|_before|_in)$")
Getter: TypeAlias = Callable[[Record], Any]


@dataclass(frozen=True)
class Root:
    """One root field of a query: what it asks for, and under which name it is answered."""

    key: str
    entity: str
    node: ast.FieldNode
    arguments: Mapping[str, Any]

    @property
    def label(self) -> str:
        """For tests."""
        if self.entity == "__type":
            return f"types {self.arguments.get('name')}"
        page, size = self.arguments.get("page_num", "first"), self.arguments.get("page_size", MOST)
        return f"query {self.entity} page {page} of {size}"


@dataclass
class Query:
    """A query that could be read."""

    roots: list[Root]
    fragments: Mapping[str, ast.FragmentDefinitionNode]


def read_query(text: str, variables: Mapping[str, Any] | None = None) -> Query:
    """Raises NotUnderstood where it is no query."""
    try:
        document = parse(text, max_tokens=5000)
    except (GraphQLError, RecursionError) as error:
        raise NotUnderstood(getattr(error, "message", "Syntax Error")) from None
    asked = [one for one in document.definitions if isinstance(one, ast.OperationDefinitionNode)]
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, ast.FragmentDefinitionNode)}
    if len(asked) != 1 or asked[0].operation is not ast.OperationType.QUERY:
        raise NotUnderstood("Must provide one query.")
    nodes = [one for one in asked[0].selection_set.selections if isinstance(one, ast.FieldNode)]
    return Query([_root(node, dict(variables or {})) for node in nodes], fragments)


def _root(node: ast.FieldNode, variables: dict[str, Any]) -> Root:
    given = {one.name.value: value_from_ast_untyped(one.value, variables) for one in node.arguments or ()}
    return Root(_key(node), node.name.value, node, given)


def _key(node: ast.FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


@dataclass
class Answering:
    """Answers the roots of a query against one world. errors: texts, each once."""

    world: World
    faults: Faults
    fragments: Mapping[str, ast.FragmentDefinitionNode]
    errors: dict[str, None] = field(default_factory=dict)
    invalid: bool = False  # nothing is answered at all

    def answer(self, query: Query, plan: Plan | None) -> dict[str, Any]:
        """`data` and `errors`."""
        data: dict[str, Any] = {}
        for root in query.roots:
            fault = plan.fault if plan and plan.only in root.label else None
            data[root.key] = self._types(root) if root.entity == "__type" else self._records(root, fault)
        if self.invalid:
            return {"errors": [{"message": text} for text in self.errors]}
        if plan and plan.fault is Fault.ERRORS:
            self._error(self.faults.reason)
        answer: dict[str, Any] = {"data": data}
        if self.errors:
            answer["errors"] = [{"message": text} for text in self.errors]
        return answer

    def _error(self, text: str, *, invalid: bool = False) -> None:
        self.errors[text] = None
        self.invalid |= invalid

    def _types(self, root: Root) -> Any:
        entity = str(root.arguments.get("name"))
        if entity not in MODEL:
            return None
        names = [self.faults.name(entity, name) for name in MODEL[entity]] + ["unheardOf"] * self.faults.extra_fields
        return {"name": entity, "fields": [{"name": name} for name in names if name]}

    def _records(self, root: Root, fault: Fault | None) -> Any:
        entity = root.entity
        if entity not in MODEL:
            self._error(f'Cannot query field "{entity}" on type "Query".', invalid=True)
            return None
        getters = self._getters(entity, root.node.selection_set, withheld=entity in self.faults.withheld)
        request = self._request(root, fault)
        if request is None or self.invalid or entity in self.faults.withheld or fault is Fault.EMPTY_LIST:
            return []
        rows = [{key: get(record) for key, get in getters} for record in self.world.page(request)]
        if rows:
            spoil(rows[0], entity, fault)
        return rows

    def _request(self, root: Root, fault: Fault | None) -> Request | None:
        """None for a page with nothing on it."""
        size, number = (root.arguments.get(name) for name in ("page_size", "page_num"))
        size = self.faults.capped(min(MOST if size is None else _whole(size), MOST))
        offset = self.faults.page_offset(self.faults.first_page if number is None else _whole(number), size, fault)
        conditions: list[Condition] = []
        for name, value in root.arguments.items():
            if name not in ("page_size", "page_num") and (root.entity, name) != ("Student", "currentlyEnrolled"):
                conditions += self._condition(root.entity, name, value)
        enrolled = root.arguments.get("currentlyEnrolled") is True
        return None if offset < 0 else Request(root.entity, tuple(conditions), offset, size, enrolled=enrolled)

    def _condition(self, entity: str, name: str, value: Any) -> Iterator[Condition]:
        found = _SUFFIX.match(name)
        bare, operator = (found[1], _SUFFIXES[found[2]]) if found else (name, "equals")
        bare = bare.removesuffix("__id")
        bare = self.faults.original(entity, bare) or ""
        try:
            yield condition(entity, bare, operator, value if isinstance(value, list) else [value])
        except NotUnderstood:
            self._error(f'Unknown argument "{name}" on field "Query.{entity}".', invalid=True)

    def _getters(
        self, entity: str, chosen: ast.SelectionSetNode | None, *, withheld: bool = False
    ) -> list[tuple[str, Getter]]:
        """What each field asked for gives of a record of that type."""
        return [(_key(node), self._getter(entity, node, withheld)) for node in self._fields(entity, chosen)]

    def _fields(self, entity: str, chosen: ast.SelectionSetNode | None) -> Iterator[ast.FieldNode]:
        for node in chosen.selections if chosen else ():
            if isinstance(node, ast.FieldNode):
                yield node
                continue
            fragment = self.fragments.get(node.name.value) if isinstance(node, ast.FragmentSpreadNode) else node
            if not isinstance(fragment, ast.FragmentDefinitionNode | ast.InlineFragmentNode):
                self._error("Unknown fragment.", invalid=True)
            elif fragment.type_condition is None or fragment.type_condition.name.value == entity:
                yield from self._fields(entity, fragment.selection_set)

    def _getter(self, entity: str, node: ast.FieldNode, withheld: bool) -> Getter:
        asked = node.name.value
        if asked == "__typename":
            return lambda _: entity
        name = self.faults.original(entity, asked)
        kind = MODEL[entity].get(name or "")
        if name is None or kind is None:
            self._error(f'Cannot query field "{asked}" on type "{entity}".', invalid=True)
            return _nothing
        refused = f"{entity}.{name}" in self.faults.refused or (withheld and name != "displayName")
        if refused or (entity in self.faults.withheld and name not in OWN):
            self._error(f"You do not have access to `{entity}.{asked}`.")
            return _nothing
        if not is_reference(kind):
            if node.selection_set:
                self._error(f'Field "{asked}" must not have a selection since it has no subfields.', invalid=True)
            return lambda record: plain(record.get(name), self.faults, "text")
        if node.selection_set is None:
            self._error(f'Field "{asked}" of type "{kind}" must have a selection of subfields.', invalid=True)
            return _nothing
        return self._reference(name, kind, node.selection_set)

    def _reference(self, name: str, kind: str, chosen: ast.SelectionSetNode) -> Getter:
        types = self._possible(chosen) if kind == ANY else [kind]
        known = {entity: self._getters(entity, chosen) for entity in types}
        only_id = {entity for entity, getters in known.items() if _is_id(chosen)}

        def get(record: Record) -> Any:
            link = record.get(name)
            if not isinstance(link, Link):
                return None
            if link.entity in only_id:
                return {"id": link.id}
            target = self.world.one(link)
            if target is None:
                return None
            if link.entity not in known:
                known[link.entity] = self._getters(link.entity, chosen)
            return {key: getter(target) for key, getter in known[link.entity]}

        return get

    def _possible(self, chosen: ast.SelectionSetNode) -> list[str]:
        named = [one.type_condition for one in chosen.selections if isinstance(one, ast.InlineFragmentNode)]
        return [one.name.value for one in named if one and one.name.value in MODEL]


def _whole(value: Any) -> int:
    if not isinstance(value, int) or not -1 < value < 1_000_000_000:
        raise NotUnderstood("a page's number or size is no whole number")
    return value


def _is_id(chosen: ast.SelectionSetNode) -> bool:
    nodes = chosen.selections
    return len(nodes) == 1 and isinstance(nodes[0], ast.FieldNode) and _key(nodes[0]) == nodes[0].name.value == "id"


def _nothing(_: Record) -> None:
    return None
