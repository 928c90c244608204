"""The source: schools of any MIS that Wonde reaches, and their registers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec
from rollbook.contract import (
    Checkpoint,
    Connection,
    Done,
    Page,
    Remark,
    SchoolRef,
    Settings,
    Source,
    VendorMustAct,
    Window,
)
from rollbook.tables.schemas import Table

from rollbook_wonde import marks, people
from rollbook_wonde.api import opened, pages
from rollbook_wonde.records import Permission, School, Student
from rollbook_wonde.settings import WondeSettings

ASKED_ABOUT = 20
"""Schools whose permissions a check reads: it is a narrow read."""


class Wonde(Source):
    """Wonde's School Data Sync, version 1.0."""

    name: ClassVar[str] = "wonde"
    Settings: ClassVar[type[Settings]] = WondeSettings
    tables: ClassVar[frozenset[Table]] = frozenset({Table.PUPILS, Table.ROLL, Table.MARKS, Table.FLAGS})
    window_days: ClassVar[int | None] = 14
    simulator: ClassVar[str | None] = "rollbook_wonde.simulator:WondeSimulator"

    def schools(self) -> list[SchoolRef]:
        """The schools that approved this token's application."""
        with opened(self.client, self.settings) as api:
            return [SchoolRef(one.id, one.name, one.urn) for one in self._schools(api)]

    def _schools(self, api: Connection) -> list[School]:
        return self._all(api, "schools", School, "schools", per_page=self.settings["page_size"], cursor="true")

    def check(self) -> Iterator[Remark]:
        """The schools, what each has not approved, and a record of each list."""
        with opened(self.client, self.settings) as api:
            found = self._schools(api)
            if not found:
                yield Remark(False, "No school has approved this token's application: ask the schools to, in Wonde.")
            for one in found[:ASKED_ABOUT]:
                yield from self._school(api, one)
            for one in found[:1]:
                for path, include in (("students", "education_details"), ("attendance/session", "attendance_code")):
                    asked = {"include": include, "per_page": 1}
                    next(pages(api, f"schools/{one.id}/{path}", label=path, **asked))
        if len(found) > ASKED_ABOUT:
            yield Remark(True, f"Of {len(found)} schools the first {ASKED_ABOUT} were asked about.")

    def _school(self, api: Connection, one: School) -> Iterator[Remark]:
        domain = one.region.domain if one.region else None
        if domain and domain != urlsplit(self.settings["url"]).hostname:
            yield Remark(False, f"{one.name}: is at {domain}: make a connection with url https://{domain}/v1.0/.")
            return
        listed = self._all(api, f"meta/schools/{one.id}/permissions", Permission, "permissions")
        without = [(each.name, each.optional) for each in listed if not each.approved]
        needed = ", ".join(name for name, optional in without if not optional)
        optional = ", ".join(name for name, optional in without if optional)
        yield Remark(not needed, f"{one.name}: " + (f"has not approved {needed}: ask it to." if needed else "approved."))
        if optional:
            yield Remark(True, f"{one.name}: leaves out, as it may, {optional}.")

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        """Page by page. Nothing is remembered: each sync asks again for whole windows."""
        came = aside = 0
        with opened(self.client, self.settings) as api:
            read = self._marks(api, school.key, window) if table is Table.MARKS else self._people(api, table, school.key)
            for page in read:
                came, aside = came + page.rows.height, aside + len(page.rejects)
                yield page
        if aside and not came:
            raise VendorMustAct(
                f"No record of Wonde's for {table.value} is of the form agreed. `rollbook check` says what the school "
                "has not approved; if it approved all, tell Wonde."
            )
        # Deletions are heard by their absence. Wonde's list of them says ids alone, and what mark an id was would have
        # to be remembered here, with the pupil.
        yield Done(covers=None if aside or table is not Table.MARKS else window)

    def _people(self, api: Connection, table: Table, school: str) -> Iterator[Page]:
        extended = self.settings["extended_details"]
        if table is Table.FLAGS and not extended:
            return  # no page: not known, which is not none
        seen: set[Any] = set()
        for reading in people.readings(table, extended):
            for origin, records in self._pages(api, school, reading.path, include=reading.include):
                yield people.page_of(table, reading, records, origin, seen)

    def _marks(self, api: Connection, school: str, window: Window) -> Iterator[Page]:
        days = marks.asked_for(window, *self.settings["days_parameters"])
        upis = self._upis(api, school)
        for origin, records in self._pages(api, school, "attendance/session", include="attendance_code", **days):
            yield marks.page_of(records, origin, upis, window)

    def _upis(self, api: Connection, school: str) -> dict[str, str]:
        """The key of each student and leaver by id, which is another after each enrolment."""
        upis: dict[str, str] = {}
        for path in ("students", "students-leaver"):
            for _, records in self._pages(api, school, path):
                for record in records:
                    one = msgspec.json.decode(record, type=Student)
                    upis[one.id] = one.upi
        return upis

    def _pages(self, api: Connection, school: str, path: str, **asked: object) -> Iterator[tuple[str, list[msgspec.Raw]]]:
        asked |= {"per_page": self.settings["page_size"], "cursor": "true"}
        return pages(api, f"schools/{school}/{path}", label=path, **asked)

    def _all(self, api: Connection, path: str, form: Any, label: str, **asked: object) -> list[Any]:
        try:
            return [
                msgspec.json.decode(record, type=form, strict=False)
                for _, records in pages(api, path, label=label, **asked)
                for record in records
            ]
        except msgspec.ValidationError:
            raise VendorMustAct(f"Wonde's {label} are not of the form agreed: tell Wonde.") from None
