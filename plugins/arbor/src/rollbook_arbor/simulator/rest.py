"""The simulator's REST: lists of identities, details, and the changelog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rollbook.testing.web import Answer, as_json
from rollbook_arbor.simulator.faults import Fault, Faults
from rollbook_arbor.simulator.filters import NotUnderstood, Request, condition
from rollbook_arbor.simulator.model import MODEL, NAMES, OWN, Link, Record, href
from rollbook_arbor.simulator.wire import failed, plain, spoil
from rollbook_arbor.simulator.world import World

USUAL_SIZE, MOST = 100, 3000
_STATUS = {"success": True, "code": 200, "reason": "OK", "errors": []}
# What a reference tells of its object besides its address.
_SHOWN = {"AttendanceMark": ("attendanceMark",), "AttendanceRollCall": ("name", "shortName")}
_BY_PATH = {entity.path.removeprefix("rest-v2/"): name for name, entity in NAMES.items()}
_BY_PATH |= {entity.plural: name for name, entity in NAMES.items()}


@dataclass(frozen=True)
class Asked:
    """A read: of a list, of one object (`key`), or of the changelog."""

    entity: str
    key: str | None
    params: Mapping[str, str]

    @property
    def label(self) -> str:
        """For tests."""
        if self.key is None:
            size = self.params.get("page-size", USUAL_SIZE)
            return f"list {self.entity} page {self.params.get('page-number', 'first')} of {size}"
        return f"{'changes' if self.key == 'changelog' else 'one'} {self.entity}"


def read_path(path: str, params: Mapping[str, str]) -> Asked | None:
    """From `students`, `students/341`, `students/changelog`, under `rest-v2/`; None where there is no such entity."""
    plural, _, key = path.partition("/")
    entity = _BY_PATH.get(plural)
    return Asked(entity, key or None, params) if entity else None


@dataclass
class Reading:
    """Answers reads against one world."""

    world: World
    faults: Faults

    def answer(self, asked: Asked, fault: Fault | None) -> Answer:
        """Raises NotUnderstood for filters and pages that are none."""
        if asked.key == "changelog":
            return self._changes(asked, fault)
        return self._list(asked, fault) if asked.key is None else self._one(asked.entity, asked.key, fault)

    def _list(self, asked: Asked, fault: Fault | None) -> Answer:
        size = self.faults.capped(min(_number(asked.params, "page-size", USUAL_SIZE), MOST))
        number = _number(asked.params, "page-number", self.faults.first_page)
        offset = self.faults.page_offset(number, size, fault)
        found: Sequence[Record] = ()
        if offset >= 0 and fault is not Fault.EMPTY_LIST and asked.entity not in self.faults.withheld:
            order = self.faults.original(asked.entity, asked.params.get("order-property", "")) or ""
            found = self.world.page(Request(asked.entity, self._conditions(asked), offset, size, order))
        rows = [self._identity(asked.entity, record) for record in found]
        if rows and fault is Fault.BAD_LINK:
            rows[0]["href"] = [7]
        return as_json({"status": _STATUS, NAMES[asked.entity].list_key: rows})

    def _identity(self, entity: str, record: Record) -> dict[str, Any]:
        return {"entityType": entity, "href": href(Link(entity, record["id"])), "displayName": record["displayName"]}

    def _conditions(self, asked: Asked) -> tuple[Any, ...]:
        made = []
        for name, value in asked.params.items():
            if name.startswith("filters."):
                _, _, rest = name.partition(".")
                field, _, operator = rest.rpartition(".")
                original = self.faults.original(asked.entity, field) or ""
                made.append(
                    condition(asked.entity, original, operator, value.split(",") if operator == "in" else [value])
                )
        return tuple(made)

    def _one(self, entity: str, key: str, fault: Fault | None) -> Answer:
        record = self.world.one(Link(entity, key))
        if record is None:
            return failed(404, "Resource not found", exception="NotFound")
        empty = fault is Fault.EMPTY_DETAIL or entity in self.faults.withheld
        shown = {} if empty else self._detail(entity, record)
        spoil(shown, entity, fault)
        return as_json({"status": _STATUS, NAMES[entity].one_key: shown})

    def _detail(self, entity: str, record: Record) -> dict[str, Any]:
        shown = self._identity(entity, record) | {"revisionId": record["revisionId"], "userTags": []}
        for name in MODEL[entity]:
            known = self.faults.name(entity, name)
            if known is None:
                shown.pop(name, None)
            elif name not in OWN:
                shown[known] = self._value(record.get(name))
        if self.faults.extra_fields:
            shown["unheardOf"] = {"entityType": "Unheard", "href": "/rest-v2/unheards/1", "list": [1, None]}
        return shown

    def _value(self, value: Any) -> Any:
        if not isinstance(value, Link):
            return plain(value, self.faults, "object")
        stub: dict[str, Any] = {"entityType": value.entity, "href": href(value)}
        target = self.world.one(value) if value.entity in _SHOWN else None
        for name in _SHOWN[value.entity] if target else ():
            known = self.faults.name(value.entity, name)
            if known:
                stub[known] = target[name]  # type: ignore[index]
        return stub

    def _changes(self, asked: Asked, fault: Fault | None) -> Answer:
        after, until = _number(asked.params, "from-revision", 0), _number(asked.params, "to-revision", -1)
        rows = self.world.changed(asked.entity, after, None if until < 0 else until)
        if asked.entity in self.faults.withheld or fault is Fault.EMPTY_LIST:
            rows = rows.clear()
        if "page-size" in asked.params:
            size = max(1, _number(asked.params, "page-size", USUAL_SIZE))
            number = _number(asked.params, "page-number", self.faults.first_page)
            rows = rows.slice(max(0, number - self.faults.first_page) * size, size)
        changes = [
            {
                "changeType": kind,
                "fromRevision": was,
                "toRevision": revision,
                "changedObject": {"entityType": asked.entity, "href": href(Link(asked.entity, key))},
            }
            for kind, key, was, revision in rows.iter_rows()
        ]
        return as_json({"changes": changes})


def _number(params: Mapping[str, str], name: str, usual: int) -> int:
    text = params.get(name, str(usual))
    if not (text.lstrip("-").isascii() and text.lstrip("-").isdecimal() and len(text) < 16):
        raise NotUnderstood(f"{name} is no number")
    return int(text)
