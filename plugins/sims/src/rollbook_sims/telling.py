"""What `check` says in words: of columns, first rows, marks and codes, with everything personal hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from rollbook.contract import Reject, Remark
from rollbook.tables.codes import Quality, resolve
from rollbook_sims.captions import SELDOM
from rollbook_sims.codes_table import DOUBT, CodeTable
from rollbook_sims.reports.headings import listed, shown
from rollbook_sims.reports.report import Report
from rollbook_sims.tables import values

_PLACES = ("first", "second", "third")
SHOWN_ROWS, _MOST_CODES, _MOST_SIGNS = len(_PLACES), 20, 100
_SOME_TIME_AGO, _LONG_AGO = 7, 28  # days: a week without marks may be a holiday; four are, in summer alone
# What may be shown of a row: values of a form that no name has. Whatever else stands in these columns is hidden too.
_PLAIN: Mapping[str, str] = {
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+)?$|^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}(?: [0-9:]+)?$",
    "session": r"(?i)^(?:[ap]m?[0-9]?|[0-9]{1,2})$",
    "mark": values.MARK,
    "subcode": values.MARK,
    "year_group": r"(?i)^(?:year|yr|y)?\s*(?:[0-9]{1,2}|r|n[12]?|reception|nursery)$",
    "class_name": r"^(?:[RN][A-Z]|[0-9]{1,2}\w{0,3}|\w{1,3}[0-9]{1,2})$",
    "boarder": r"(?i)^(?:t|f|y|n|true|false|yes|no|0|1)$",
    "display": values.MARK,
    "statutory": values.MARK,
    "restricted": r"(?i)^(?:t|f|y|n|true|false|yes|no|0|1)$",
    "active": r"(?i)^(?:t|f|y|n|true|false|yes|no|0|1)$",
}
_RECENT = timedelta(days=730)  # an earlier day may be one of birth
_HIDDEN = "(not shown)"


def told(report: Report, rows: pl.DataFrame, elsewhere: Collection[str] = ()) -> Iterator[Remark]:
    """What the report has: its columns first, then its first rows with everything personal hidden.

    `elsewhere`: fields that another report has, so that nobody misses them in this one.
    """
    name, rest = report.fetched.name, ""
    found = ", ".join(f"{shown(caption)} ({field})" for field, caption in report.found.items())
    missed = [field for field in report.missed if field not in SELDOM and field not in elsewhere]
    if missed:
        rest += f" Not found: {', '.join(report.captions.named(field) for field in missed)}."
    if report.strange:
        rest += f" Not asked for: {listed(report.strange)}."
    childless = _childless(report.ignored) if report.ignored else ""
    yield Remark(True, f"{name}: {counted(report.records, 'row')}{childless}. Columns: {found}.{rest}")
    for place, row in zip(_PLACES, rows.head(SHOWN_ROWS).iter_rows(named=True), strict=False):
        said = [f"{field} {_masked(field, row[field])}" for field in report.found if row[field] is not None]
        yield Remark(True, f"{name}, {place} row: {', '.join(said)}.")


def without_old_days(marks: pl.DataFrame, form: str, today: date) -> pl.DataFrame:
    """Rows of marks, of which `date` is hidden where it is no day, or one so old that it may be a day of birth."""
    recent = values.day(pl.col("date"), form) >= today - _RECENT
    return marks.with_columns(
        date=pl.when(recent).then("date").when(pl.col("date").is_not_null()).then(pl.lit(_HIDDEN))
    )


def _childless(count: int) -> str:
    one = "1 of them is a pupil" if count == 1 else f"{count} of them are pupils"
    return f", {one} without any such row"


def _masked(field: str, value: str) -> str:
    form = _PLAIN.get(field)
    return f"'{value}'" if form and re.search(form, value) else "***"


def first_reject(report: Report, rejects: Sequence[Reject]) -> Iterator[Remark]:
    """How much could not be used, if anything."""
    if rejects:
        first = rejects[0]
        name, count = report.fetched.name, counted(len(rejects), "value")
        text = f"{name}: {count} could not be used. The first is {first.place}: {first.reason}."
        yield Remark(False, text)


def newest(written: pl.DataFrame, today: date) -> Iterator[Remark]:
    """Which days those marks are of (date, session, code, times), and how old their newest session is.

    Marks of days to come, as of a planned absence, do not make it newer.
    """
    if written.is_empty():
        yield Remark(False, "There is no mark in the report of the marks.")
        return
    recent = pl.col("date") >= today - _RECENT
    if written.filter(~recent).height:  # such a day is not shown
        text = "Some marks are of days more than two years ago: is their column that of the sessions' days?"
        yield Remark(False, text)
    written = written.filter(recent).sort("date", "session")
    if written.is_empty():
        return
    yield Remark(True, f"Looked at: the marks from {written['date'][0]} to {written['date'][-1]}.")
    made = written.filter(pl.col("date") <= today)
    if made.is_empty():
        yield Remark(False, "All marks are of days to come: does the clock of this machine go right?")
        return
    last = made["date"][-1]
    days = (today - last).days
    age = f"{counted(days, 'day')} ago" if days else "today"
    asked = (
        " School days since then have no marks unless it was a holiday: are the registers taken, and does what makes "
        "the reports still run?"
    )
    text = f"The newest session with marks is {last} {made['session'][-1]}, {age}."
    yield Remark(days <= _LONG_AGO, f"{text}{asked if days > _SOME_TIME_AGO else ''}")


def no_codes(written: pl.DataFrame) -> pl.DataFrame:
    """Those of the marks that are no code on their day, the most frequent first: raw, times, reason."""
    read = resolve(written.rename({"code": "raw"}))
    strange = read.filter(pl.col("quality").is_in([Quality.INVALID, Quality.LOSSY]))
    counts = strange.group_by("raw").agg(pl.col("times").sum(), pl.col("reason").first())
    return counts.sort("times", "raw", descending=[True, False])


def to_paste(signs: Collection[str]) -> Iterator[Remark]:
    """The line of the configuration in which somebody says what those signs are, if there are any."""
    plain = sorted({sign for sign in signs if re.search(values.MARK, sign)})[:_MOST_SIGNS]
    if plain:
        said = ", ".join(f'{json.dumps(sign, ensure_ascii=False)} = "..."' for sign in plain)
        yield Remark(
            True,
            f"Signs that could not be placed are set aside, unless the school's `codes` say it already. To say it, put "
            f"this line under the school, with the national code of each: codes = {{{said}}}",
        )


def unknown(strange: pl.DataFrame) -> Iterator[Remark]:
    """Of such marks (`no_codes`) each, with how often it is there."""
    for row in strange.head(_MOST_CODES).iter_rows(named=True):
        times = "once" if row["times"] == 1 else f"{row['times']} times"
        text = f"'{row['raw']}', {times}: {row['reason']}; unless the school's `codes` say what it is, it is set aside."
        yield Remark(True, text)


def not_mapped(codes: CodeTable, today: date) -> Iterator[Remark]:
    """What of the school's table cannot be followed, and what to do about it."""
    for one in list(codes.unmapped(today))[:_MOST_CODES]:
        display, given = _code(one.display), _code(one.given).strip("'")
        stands_for = f", statutory code {_code(one.statutory)}" if one.statutory else ""
        passes = " Since it is a national letter too, its marks" if one.given.endswith(DOUBT) else " Its marks"
        yield Remark(
            True,
            f"Code {display} of the table{stands_for}: {one.why}.{passes} are set aside as '{given}' until the table "
            f"is corrected in SIMS, or the school's `codes` say what it is.",
        )


def _code(code: str) -> str:
    """A code of the table in quotation marks; of what has not its form, nothing."""
    codes = code.split(" and ")
    return " and ".join(f"'{one}'" for one in codes) if all(re.search(values.MARK, one) for one in codes) else _HIDDEN


def counted(count: int, what: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
