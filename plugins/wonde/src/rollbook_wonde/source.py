"""The source: schools of any MIS that Wonde reaches, and their registers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec

from rollbook.contract import (
    Checkpoint,
    Connection,
    Done,
    FixSettings,
    Page,
    Remark,
    SchoolRef,
    Settings,
    Source,
    VendorMustAct,
    Window,
)
from rollbook.tables.schemas import Table
from rollbook_wonde import rows
from rollbook_wonde.api import NotApproved, opened, pages
from rollbook_wonde.records import Flagged, Leaver, Mark, Permission, Person, School, Student
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
            found = self._schools(api)
        return [SchoolRef(one.id, one.name, int(one.urn) if str(one.urn).isdecimal() else None) for one in found]

    def _schools(self, api: Connection) -> list[School]:
        return _all(api, "schools", self._paged, School, "schools")

    def check(self) -> Iterator[Remark]:
        """The schools, what each of the first has not approved, and one record of each list at one school."""
        with opened(self.client, self.settings) as api:
            found = self._schools(api)
            ask = "a few are looked at" if found else "ask the schools to, in their Wonde portals"
            yield Remark(bool(found), f"Schools that approved this token's application: {len(found)}; {ask}.")
            for one in found[:ASKED_ABOUT]:
                yield self._approved(api, one)
            for one in found[:1]:
                for path in ("students", "students-leaver", "attendance/session"):
                    next(pages(api, f"schools/{one.id}/{path}", {"per_page": 1}, path))

    def _approved(self, api: Connection, one: School) -> Remark:
        school, domain = f"School {one.id} (URN {one.urn})", one.region.domain if one.region else None
        if domain and domain != urlsplit(self.settings["url"]).hostname:
            there = f"https://{_shown(domain, r'[a-z0-9.-]+')}/v1.0/"
            return Remark(False, f"{school} is in another region: make a connection for it with url {there}.")
        found = _all(api, f"meta/schools/{one.id}/permissions", {}, Permission, "permissions")
        without = [each for each in found if not each.approved]
        names = ", ".join(_shown(each.name, r"[\w &:.-]+") + " (optional)" * each.optional for each in without)
        ask = f"has not approved {names}: ask it to, in its Wonde portal" if without else "approved all"
        return Remark(all(each.optional for each in without), f"{school} {ask}.")

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        """Page by page. Nothing is remembered: each sync asks again for whole windows.

        Deletions are heard by what is missing. Wonde's list of them says ids alone: which pupil's mark an id was would
        have to be remembered here.
        """
        came, aside, marks = 0, 0, table is Table.MARKS
        try:
            with opened(self.client, self.settings) as api:
                for page in self._marks(api, school.key, window) if marks else self._people(api, table, school.key):
                    came, aside = came + page.rows.height, aside + len(page.rejects)
                    yield page
        except NotApproved as problem:  # one token serves all schools: the others go on
            raise FixSettings(problem.sentence) from None
        if aside > 9 and not came:  # fewer may be chance, and are shown to the school one by one
            raise VendorMustAct(
                f"No record of Wonde's for {table.value} is of the form agreed. `rollbook check` says what the school "
                "has not approved; if it approved all, tell Wonde."
            )
        yield Done(covers=window if marks and not aside else None)

    def _people(self, api: Connection, table: Table, school: str) -> Iterator[Page]:
        seen: set[Any] = set()
        for path, include, form, rows_of in lists(table, self.settings["extended_details"]):
            asked = self._paged | {"include": include}
            for origin, records in pages(api, f"schools/{school}/{path}", asked, path, twice=True):
                yield rows.page_of(table, form, rows_of, records, origin, seen)

    def _marks(self, api: Connection, school: str, window: Window) -> Iterator[Page]:
        """One more day is asked for at each end: whether `after` and `before` take theirs in is not known."""
        ends = (window.first - rows.DAY).isoformat(), (window.last + rows.DAY).isoformat()
        days = dict(zip(self.settings["days_parameters"], ends, strict=True))
        rows_of = rows.marks(self._upis(api, school), window)
        asked, path = self._paged | days | {"include": "attendance_code"}, "attendance/session"
        for origin, records in pages(api, f"schools/{school}/{path}", asked, path, twice=True):
            yield rows.page_of(Table.MARKS, Mark, rows_of, records, origin, set())

    def _upis(self, api: Connection, school: str) -> dict[str, str]:
        """The key of each student and leaver by id, which is another after each enrolment."""
        upis: dict[str, str] = {}
        for path in ("students", "students-leaver"):
            for _, records in pages(api, f"schools/{school}/{path}", self._paged, path):
                for record in records:
                    with suppress(*rows.MALFORMED):  # the marks of such a one are set aside
                        one = msgspec.json.decode(record, type=Student)
                        upis[one.id] = one.upi
        return upis

    @property
    def _paged(self) -> dict[str, Any]:
        return {"per_page": self.settings["page_size"], "cursor": "true"}


def lists(table: Table, extended: bool) -> list[tuple[str, str, Any, Callable[[Any], rows.Rows]]]:
    """Where a table of people is read: the list, what to include, its records, and the rows of each.

    Students first: of somebody who is among the leavers too, and came back, the student's record counts. Without
    extended details there is no page of flags: they are not known, which is not none.
    """
    if table is Table.FLAGS:
        return [("students", "extended_details", Flagged, rows.flags)] if extended else []
    now: tuple[str, Any] = ("education_details", Person)
    if table is Table.PUPILS:
        return [("students", *now, rows.pupil), ("students-leaver", *now, rows.pupil)]
    left = ("education_details,extended_details", Leaver) if extended else now
    return [("students", *now, rows.spell), ("students-leaver", *left, rows.ended)]


def _all(api: Connection, path: str, asked: dict[str, Any], form: Any, label: str) -> list[Any]:
    try:
        records = [record for _, page in pages(api, path, asked, label) for record in page]
        return [msgspec.json.decode(record, type=form, strict=False) for record in records]
    except msgspec.ValidationError:
        raise VendorMustAct(f"Wonde's {label} are not of the form agreed: tell Wonde.") from None


def _shown(text: str, form: str) -> str:
    """A text of Wonde's, where it is short and plain: what else it may be must not be shown."""
    return text if len(text) <= 60 and re.fullmatch(form, text) else "(something that cannot be shown)"
