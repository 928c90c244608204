"""Pages of marks, as columns: no mark is kept as an object past its record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec
import polars as pl
from rollbook.contract import Page, Reject, VendorMustAct, Window

from rollbook_wonde.days import day_of
from rollbook_wonde.people import MALFORMED
from rollbook_wonde.records import Mark

MARK = msgspec.json.Decoder(Mark)
DAY = timedelta(days=1)
COLUMNS = {"pupil": pl.String, "date": pl.Date, "session": pl.String, "code": pl.String}


def page_of(records: Iterable[msgspec.Raw], origin: str, upis: Mapping[str, str], window: Window) -> Page:
    """The marks of the window. `upis`: the key of each student, by the id that a mark names.

    Raises VendorMustAct for marks of days that were not asked for: Wonde then does not heed how it is asked.
    """
    rows: list[tuple[str, date, str, str | None]] = []
    rejects = []
    for number, record in enumerate(records, 1):
        try:
            mark = MARK.decode(record)
            day = day_of(mark.date)
        except MALFORMED:
            rejects.append(Reject(f"{origin}, record {number}", "", "a field is missing, or is not of its form"))
            continue
        if day is None or not window.first - DAY <= day <= window.last + DAY:
            raise VendorMustAct("Wonde gave marks of days that it was not asked for: check days_parameters.")
        if mark.student not in upis:
            reason = "a mark of a student whom Wonde lists neither among the students nor the leavers"
            rejects.append(Reject(f"{origin}, record {number}", "pupil", reason, kind="unknown_student"))
        elif window.first <= day <= window.last:
            code = mark.attendance_code.data.code if mark.attendance_code else None
            rows.append((upis[mark.student], day, mark.session, code or None))
    return Page(pl.DataFrame(rows, schema=COLUMNS, orient="row"), rejects=rejects, origin=origin)


def asked_for(window: Window, after: str, before: str) -> dict[str, str]:
    """How the days are asked for: one more at each end, for whether `after` and `before` take theirs in is not known."""
    return {after: (window.first - DAY).isoformat(), before: (window.last + DAY).isoformat()}
