"""What a school's Arbor holds at one moment, and what changed up to then. Never altered: another takes its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import polars as pl

from rollbook_arbor.simulator.filters import Request
from rollbook_arbor.simulator.marks import MarkTable, differences
from rollbook_arbor.simulator.marks import empty as no_marks
from rollbook_arbor.simulator.model import MARKS, MODEL, Link, Record, comparable

CHANGES = {"kind": pl.String, "id": pl.String, "from": pl.Int64, "to": pl.Int64}
FIRST_REVISION = 1000


class Records(Protocol):
    """The records of one entity."""

    def page(self, request: Request) -> list[Record]:
        """Those of a page."""

    def one(self, key: str) -> Record | None:
        """That with an id."""

    def __len__(self) -> int: ...


class Objects:
    """Records that are few enough to be objects."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self.records = records

    def page(self, request: Request) -> list[Record]:
        found = [one for one in self.records.values() if all(asked.holds(one) for asked in request.conditions)]
        if request.order:
            found.sort(key=lambda one: (comparable(one.get(request.order)) or "", one["id"]))
        return found[request.offset : request.offset + request.size]

    def one(self, key: str) -> Record | None:
        return self.records.get(key)

    def __len__(self) -> int:
        return len(self.records)


@dataclass(frozen=True)
class World:
    """tables: entity -> records. changes: entity -> `CHANGES`, oldest first. revision: the newest of the tenancy."""

    evening: date
    tables: Mapping[str, Records]
    changes: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    revision: int = FIRST_REVISION

    def page(self, request: Request) -> list[Record]:
        """The records of a page of an entity."""
        if not request.enrolled:
            return self.tables[request.entity].page(request)
        whole = Request(request.entity, request.conditions, 0, len(self.tables[request.entity]), request.order)
        there = self._enrolled()
        found = [one for one in self.tables[request.entity].page(whole) if one["id"] in there]
        return found[request.offset : request.offset + request.size]

    def one(self, link: Link) -> Record | None:
        """The object that a reference means."""
        return self.tables[link.entity].one(link.id)

    def changed(self, entity: str, after: int, until: int | None) -> pl.DataFrame:
        """What was created, updated and deleted after revision `after`, up to and with `until`."""
        rows = self.changes.get(entity, pl.DataFrame(schema=CHANGES)).filter(pl.col("to") > after)
        return rows if until is None else rows.filter(pl.col("to") <= until)

    def _enrolled(self) -> set[str]:
        spells = self.tables["EducationalInstitutionEnrolment"].page(Request("", size=1_000_000))
        return {
            one["student"].id
            for one in spells
            if one["entryDate"] <= self.evening and (one["leavingDate"] or date.max) >= self.evening
        }


def following(
    before: World | None, evening: date, objects: Mapping[str, Mapping[str, Record]], marks: pl.DataFrame
) -> World:
    """The world that holds `objects` and `marks` (`marks.SCHEMA`, its revisions unset), with its changes since."""
    revision = before.revision if before else FIRST_REVISION
    tables: dict[str, Records] = {}
    changes = dict(before.changes) if before else {}
    for entity in MODEL:
        old = before.tables[entity] if before else None
        if entity == MARKS:
            held = old.frame if isinstance(old, MarkTable) else no_marks().frame
            frame, fresh = differences(held, marks, revision)
            tables[entity] = MarkTable(frame)
        else:
            records, fresh = _compared(old, objects.get(entity, {}), revision)
            tables[entity] = Objects(records)
        revision += fresh.height
        changes[entity] = pl.concat([changes.get(entity, pl.DataFrame(schema=CHANGES)), fresh])
    return World(evening, tables, changes, revision)


def _compared(
    old: Records | None, fresh: Mapping[str, Record], revision: int
) -> tuple[dict[str, Record], pl.DataFrame]:
    held = old.records if isinstance(old, Objects) else {}
    kept: dict[str, Record] = {}
    rows: list[tuple[str, str, int, int]] = []
    for key, record in fresh.items():
        known = held.get(key)
        was = known["revisionId"] if known else 0
        if known is not None and {**record, "revisionId": was} == known:
            kept[key] = known
            continue
        revision += 1
        rows.append(("update" if known else "create", key, was, revision))
        kept[key] = {**record, "revisionId": revision}
    for key in sorted(held.keys() - fresh.keys()):
        revision += 1
        rows.append(("delete", key, held[key]["revisionId"], revision))
    return kept, pl.DataFrame(rows, schema=CHANGES, orient="row")
