"""Records of an entity, each checked against its shape: what cannot be read is set aside, and the others pass.

Only what is asked about is looked at: a person who is nobody's parent and no pupil is not even decoded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias, cast

from marshmallow import Schema, ValidationError, fields

from rollbook.contract import NeedsCredentials, Reject, VendorMustAct
from rollbook_arbor import shapes
from rollbook_arbor.entities import Entity, name_of
from rollbook_arbor.permission import may_not_read

Read: TypeAlias = Callable[[Entity], Sequence[Mapping[str, Any]]]
"""Every record of an entity as nested mappings, over whichever route. Raises Problem kinds."""

Row: TypeAlias = Mapping[str, Any]
"""A record that was read: its `id`, and under Arbor's own names the values of its shape."""

MUST_EXIST: Final = frozenset(
    {
        "AcademicCalendarDate",
        "AcademicLevelMembership",
        "AttendanceMark",
        "AttendanceRegisterType",
        "AttendanceRollCall",
        "EducationalInstitutionEnrolment",
        "EnrolmentModeAssignment",
        "Person",
        "PostalAddressOccupancy",
        "Student",
        "StudentGuardianRelationship",
        "UkDfe_UpnAssignment",
    }
)
"""What every school has: the school census asks for most of it, the mode of enrolment (D00018) of each pupil too.
Arbor may answer with nothing, and not with a refusal, where it was not approved."""


@dataclass(frozen=True)
class Shape:
    """What is read of an entity. must: names without which a record is set aside. spare: names that are left empty
    where they cannot be read; a day that cannot be read must not pass for "it lasts still".
    """

    entity: Entity
    fields: Mapping[str, fields.Field[Any]]
    must: frozenset[str]
    spare: frozenset[str]

    @cached_property
    def schema(self) -> Schema:
        """The same as a marshmallow schema."""
        return shapes.Record.from_dict(dict(self.fields), name=self.entity.name)()

    def load(self, record: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """The values that can be read, and what is wrong with the others, by name."""
        try:
            return cast("dict[str, Any]", self.schema.load(record)), {}
        except ValidationError as error:
            wrong = cast("dict[str, list[str]]", error.messages)
            return cast("dict[str, Any]", error.valid_data), {name: said[0] for name, said in wrong.items()}


def check_records(entity: Entity, records: Sequence[Mapping[str, Any]]) -> None:
    """Raises NeedsCredentials where Arbor gives nothing of what every school has, or only empty objects; VendorMustAct
    where no record at all has a field that is needed.
    """
    if not records:
        if entity.name in MUST_EXIST:
            raise may_not_read(entity.name)
        return
    seen: set[str] = set()
    for record in records:
        if isinstance(record, Mapping):
            seen.update(record)
    asked = set(map(name_of, entity.fields))
    if not asked & seen:
        raise may_not_read(entity.name)
    missing = sorted(entity.needed - seen)
    if missing:
        names = ", ".join(f"{entity.name}.{name}" for name in missing)
        raise VendorMustAct(
            f"The vendor's shape changed: {names} is in none of Arbor's records, and nothing right can be said without "
            f"it. Nothing of this pull was kept: ask Arbor what replaces it, and tell us."
        )


@dataclass
class Reading:
    """What one page is made from. Each entity is asked for once. rejects: what could not be read, by entity and id."""

    read: Read
    rejects: list[Reject] = field(default_factory=list)
    _raw: dict[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    _judged: set[str] = field(default_factory=set)
    _found: dict[tuple[str, str], Row | None] = field(default_factory=dict)
    _indexes: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)

    def quietly(self) -> Reading:
        """The same records, for what another page reports on."""
        return Reading(self.read, [], self._raw)

    def reject(self, shape: Shape, known: str, column: str, reason: str, kind: str = "malformed") -> None:
        """Set a record aside, or a value of it."""
        self.rejects.append(Reject(f"{shape.entity.name} {known}", column, reason, kind))

    def rows(self, shape: Shape) -> list[Row]:
        """Every record that can be used. Raises as `check_records`, and what `read` raises."""
        return self._loaded(shape, self._records(shape))

    def grouped(self, shape: Shape, by: str, wanted: Iterable[Hashable]) -> Mapping[Any, list[Row]]:
        """The records that can be used, of those that refer with `by` to one of `wanted`."""
        key = shapes.owner if isinstance(shape.fields[by], shapes.Owner) else shapes.reference
        ids = frozenset(wanted)
        mine = [raw for raw in self._records(shape) if not isinstance(raw, Mapping) or key(raw.get(by)) in ids]
        found: dict[Any, list[Row]] = defaultdict(list)
        for row in self._loaded(shape, mine):
            found[row[by]].append(row)
        return found

    def one(self, shape: Shape, known: str | None) -> Row | None:
        """What a record refers to. Something that is referred to exists: raises NeedsCredentials where Arbor gives
        nothing at all of its kind; where it is that one alone, it is set aside.
        """
        if known is not None and not self._records(shape):
            raise may_not_read(shape.entity.name)
        return self._one(shape, known, told=True)

    def perhaps(self, shape: Shape, known: str | None) -> Row | None:
        """As `one`, for what can be done without: where Arbor does not give it, nothing is raised or set aside."""
        try:
            return self._one(shape, known, told=False)
        except NeedsCredentials:
            return None

    def _one(self, shape: Shape, known: str | None, *, told: bool) -> Row | None:
        if known is None:
            return None
        key = (shape.entity.name, known)
        if key not in self._found:
            raw = self._index(shape).get(known)
            if raw is None and told:
                self.reject(shape, known, "", "is referred to and is not there: correct it in Arbor")
            self._found[key] = None if raw is None else next(iter(self._loaded(shape, [raw])), None)
        return self._found[key]

    def _index(self, shape: Shape) -> dict[str, Mapping[str, Any]]:
        name = shape.entity.name
        if name not in self._indexes:
            records = (raw for raw in self._unjudged(shape) if isinstance(raw, Mapping))
            self._indexes[name] = {known: raw for raw in records if (known := shapes.reference(raw)) is not None}
        return self._indexes[name]

    def _records(self, shape: Shape) -> Sequence[Mapping[str, Any]]:
        records = self._unjudged(shape)
        if shape.entity.name not in self._judged:
            check_records(shape.entity, records)
            self._judged.add(shape.entity.name)
        return records

    def _unjudged(self, shape: Shape) -> Sequence[Mapping[str, Any]]:
        name = shape.entity.name
        if name not in self._raw:
            self._raw[name] = self.read(shape.entity)
        return self._raw[name]

    def _loaded(self, shape: Shape, records: Iterable[Mapping[str, Any]]) -> list[Row]:
        rows = (self._row(shape, raw) for raw in records)
        return [row for row in rows if row is not None]

    def _row(self, shape: Shape, raw: Mapping[str, Any]) -> Row | None:
        known = shapes.reference(raw) if isinstance(raw, Mapping) else None
        if known is None:
            self.reject(shape, "without an id", "id", "cannot be told from others: it has no id and no address")
            return None
        row, wrong = shape.load(raw)
        for name, reason in wrong.items():
            self.reject(shape, known, name, f"{reason}: correct it in Arbor")
        lacking = [name for name in shape.must if row.get(name) is None and name not in wrong]
        for name in lacking:
            self.reject(shape, known, name, "is empty: enter it in Arbor")
        if lacking or not wrong.keys() <= shape.spare:
            return None
        return {**dict.fromkeys(shape.fields), **row, "id": known}
