"""Bring a pull's marks into the register files: normalise, merge a school year at a time, write what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
import sqlalchemy as sa

from rollbook.contract.errors import VendorMustAct
from rollbook.contract.source import Window
from rollbook.host import set_aside
from rollbook.host.bring_people import numbered
from rollbook.host.calendars import Calendar
from rollbook.host.config import SchoolConfig
from rollbook.host.doubts import check_days, cut_off, left_out, none_known, silent_days, unread
from rollbook.host.manifests import Entry, entries, entry, keep_entry, read_marks, read_replaced
from rollbook.host.pull import Staged
from rollbook.host.registers import RegisterFiles, content_digest
from rollbook.register.amend import Merged, merge
from rollbook.register.normalise import KEYS, Normalised, normalise_marks
from rollbook.register.quarantine import Retried, retry
from rollbook.register.terms import school_year, split_by_year
from rollbook.tables.codes import INVALID, LOSSY
from rollbook.tables.schemas import SESSION, Table, conform

_KEPT = ("added", "changed", "deleted", "unchanged")

_FEW = 20  # marks: with fewer, a share says nothing


class MarksFell(VendorMustAct):
    """A third or more of the marks that were known are gone. A person must say that it is right."""


@dataclass(frozen=True)
class Marks:
    """counts: read, added, changed, removed, same. quarantine: `QUARANTINE` of this pull. settled: `id` of open rows
    that are settled. years: the school years whose register changed. sentences: what a person should act on.
    """

    counts: dict[str, int]
    quarantine: pl.DataFrame
    settled: pl.Series
    years: tuple[int, ...]
    notes: tuple[str, ...]
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapped:
    """What a mark is judged against: the school's calendar, its roll (with `in_source`), its map of marks to codes."""

    calendar: Calendar
    roll: pl.DataFrame
    codes: dict[str, str]


def bring_marks(
    conn: sa.Connection,
    files: RegisterFiles,
    school: SchoolConfig,
    staged: Staged,
    against: Mapped,
    numbers: pl.DataFrame,
    *,
    moment: datetime,
    run: int,
    accepted_by: str | None = None,
) -> Marks:
    """Raises VendorMustAct when an open school's export has no marks; MarksFell when a third or more of those known are
    gone from it, unless `accepted_by` names who looked at it; FixSettings when a file cannot be kept, or most days of
    the marks cannot be right.
    """
    rows, notes = _known_days(staged.tables[Table.MARKS], against.calendar)
    _check_not_empty(school, staged, against.calendar)
    asked = normalise_marks(
        numbered(rows, numbers),
        school=school.urn,
        sessions=against.calendar.sessions,
        roll=against.roll,
        mapped=against.codes,
        origin="marks",
    )
    check_days(school, asked, against.calendar)
    whole = _covered(staged, against.calendar)
    unknown = none_known(school, staged)
    doubts = [*unknown, *unread(school, staged)]
    if unknown:
        whole = None
    elif whole and (cut := cut_off(school, asked, against.roll, against.calendar, whole)):
        doubts, whole = [*doubts, *cut], None
    silent: list[date] = []
    if whole and accepted_by is None:
        silent = silent_days(staged, files, entries(conn, school.urn), against.calendar, whole)
    settled = _retried(conn, school, asked, whole, silent, against)
    marks = pl.concat([asked.marks, settled.marks])
    removed = pl.concat([_keys(staged.removed, numbers), asked.blank])
    counts, years = merge_years(conn, files, school.urn, marks, asked, removed, whole, silent, moment=moment, run=run)
    if accepted_by is None:
        _check_fall(school, counts)
    said = (*doubts, *left_out(school, silent), *_calendar_ended(school, staged, against.calendar))
    said = said if unknown else (*said, *_many_aside(school, asked))
    return Marks(counts | {"read": asked.counts["read"]}, asked.quarantine, settled.released, years, notes, said)


def keep_year(
    conn: sa.Connection, files: RegisterFiles, kept: Entry | None, school: int, year: int, merged: Merged, run: int
) -> None:
    """Write a year's new register and let the manifest name it. Nothing is done when nothing changed."""
    did = merged.counts
    if not did.added + did.changed + did.deleted:
        return
    marks = files.write_marks(school, year, merged.marks)
    replaced_file, replaced_digest = (kept.replaced_file, kept.replaced_digest) if kept else (None, None)
    if merged.replaced.height:
        earlier = read_replaced(files, kept)
        replaced = files.write_replaced(school, year, pl.concat([earlier, merged.replaced]))
        replaced_file, replaced_digest = replaced.path, replaced.digest
    content = content_digest(merged.marks)
    keep_entry(
        conn, Entry(school, year, marks.path, marks.digest, marks.rows, replaced_file, replaced_digest, content, run)
    )


def merge_years(
    conn: sa.Connection,
    files: RegisterFiles,
    school: int,
    marks: pl.DataFrame,
    asked: Normalised,
    removed: pl.DataFrame,
    whole: Window | None,
    silent: Collection[date] = (),
    *,
    moment: datetime,
    run: int,
) -> tuple[dict[str, int], tuple[int, ...]]:
    """Merge `marks` and what was `removed` into the register of each school year, and keep those that changed.

    asked: what the pull said, beside its marks. whole: the days for which it was whole, or None: nothing is deleted.
    silent: days of these of which it has no row of anybody, though it should: nothing of them is deleted.
    Returns the counts (added, changed, removed, same) and the years that changed.
    """
    parts, gone = split_by_year(marks), split_by_year(removed)
    covered = set(range(school_year(whole.first), school_year(whole.last) + 1)) if whole else set()
    counts: Counter[str] = Counter(dict.fromkeys(("added", "changed", "removed", "same"), 0))
    changed = []
    for year in sorted(set(parts) | set(gone) | covered):
        kept = entry(conn, school, year)
        first, last = (whole.first, whole.last) if whole else (None, None)
        merged = merge(
            read_marks(files, kept),
            parts.get(year, marks.clear()),
            first=first,
            last=last,
            removed=gone.get(year),
            conflicted=asked.conflicted,
            known_from=moment,
            run=run,
            in_source=asked.pupils,
            silent=silent,
        )
        keep_year(conn, files, kept, school, year, merged, run)
        did = merged.counts
        counts.update(added=did.added, changed=did.changed, removed=did.deleted, same=did.unchanged)
        if did.added + did.changed + did.deleted:
            changed.append(year)
    return dict(counts), tuple(changed)


def _known_days(rows: pl.DataFrame, calendar: Calendar) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Without the marks of days before the calendar begins: of those it cannot be said whether the school was open."""
    before = (pl.col("date") < calendar.first).fill_null(value=False)
    passed = rows.filter(before).height
    if not passed:
        return rows, ()
    return rows.filter(~before), (
        f"{passed} marks are of days before the calendar begins ({calendar.first.isoformat()}) and were passed over: "
        f"give the terms of the earlier year to have them read.",
    )


def _check_not_empty(school: SchoolConfig, staged: Staged, calendar: Calendar) -> None:
    """No marks is never "nobody absent" (an export that failed, the wrong region or column, a consent withdrawn)."""
    window = staged.window
    opened = calendar.open_days(window.first, window.last - timedelta(days=1))  # the last day's may yet be made
    if opened and staged.newest is None:
        what = "rows of marks" if staged.tables[Table.MARKS].is_empty() else "marks"
        raise VendorMustAct(
            f"The export has no {what} for {school.name} ({school.urn}), which was open on {len(opened)} days "
            f"from {opened[0].isoformat()} to {opened[-1].isoformat()}: nothing was kept, and nobody counts as absent. "
            f"Check what the connection {school.connection} exports, or that consent was not withdrawn."
        )


def _covered(staged: Staged, calendar: Calendar) -> Window | None:
    """The days for which the pull was whole, where it was whole without a gap and every row could be read."""
    spells = sorted(staged.covers, key=lambda window: window.first)
    unread = any(table is Table.MARKS for table, _ in staged.rejects)
    if not spells or unread:
        return None
    last = spells[0].last
    for spell in spells[1:]:
        if calendar.open_days(last + timedelta(days=1), spell.first - timedelta(days=1)):
            return None
        last = max(last, spell.last)
    first = max(spells[0].first, staged.window.first, calendar.first)
    last = min(last, staged.window.last)
    return Window(first, last) if first <= last else None


def _check_fall(school: SchoolConfig, counts: dict[str, int]) -> None:
    """Marks are corrected and seldom deleted. Where many are gone, the export is likelier to be cut than the school's
    register, and what was reported must not be taken back for it.
    """
    gone = counts["removed"]
    known = gone + counts["changed"] + counts["same"]
    if gone > _FEW and gone * 3 >= known:
        raise MarksFell(
            f"{gone} of the {known} marks that were known of {school.name} ({school.urn}) are gone from what the "
            f"connection {school.connection} exports: this pull is held and nothing of it was kept. If that is right, "
            f"sync the school again and accept it with your name (--accept-smaller-roll {school.urn} --by NAME); if "
            f"not, correct the export."
        )


def _calendar_ended(school: SchoolConfig, staged: Staged, calendar: Calendar) -> tuple[str, ...]:
    last = calendar.last
    if staged.newest is None or staged.newest <= last:
        return ()
    return (
        f"The calendar of {school.name} ({school.urn}) ends on {last.isoformat()} and there are marks of later days: "
        f"they are set aside until the calendar goes on. Add the new terms, in the source or the configuration.",
    )


def _many_aside(school: SchoolConfig, asked: Normalised) -> tuple[str, ...]:
    """Said when a tenth or more was set aside: that is no stray mark, but a list, a map or a calendar that is wrong."""
    read = asked.counts["read"]
    kinds = asked.quarantine["kind"].value_counts(sort=True).rows()
    number = asked.quarantine.height
    if number <= _FEW or number * 10 < read:
        return ()
    shown = ", ".join(f"{times} {kind}" for kind, times in kinds)
    return (
        f"{number} of {read} marks of {school.name} ({school.urn}) were set aside ({shown}): see "
        f"`rollbook quarantine`, which says what to do about each.",
    )


def _retried(
    conn: sa.Connection,
    school: SchoolConfig,
    asked: Normalised,
    whole: Window | None,
    silent: Collection[date],
    against: Mapped,
) -> Retried:
    return retry(
        set_aside.open_rows(conn, school.urn),
        asked,
        first=whole.first if whole else None,
        last=whole.last if whole else None,
        school=school.urn,
        sessions=against.calendar.sessions,
        roll=against.roll,
        mapped=against.codes,
        silent=silent,
    )


def _keys(removed: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    session = pl.col("session").replace_strict({"AM": 0, "PM": 1}, default=None, return_dtype=SESSION)
    return conform(numbered(removed, numbers).with_columns(session), KEYS).drop_nulls().unique()


def not_recorded(marks: pl.DataFrame, roll: pl.DataFrame, calendar: Calendar, first: date, last: date) -> int:
    """How many sessions on the roll, from `first` to `last`, have no mark, or one that is no code."""
    opened = calendar.sessions.filter("open", pl.col("date").is_between(first, last)).select("date", "session")
    spells = roll.select("pupil", "from", pl.col("to").fill_null(last))
    inside = pl.col("date").is_between(pl.col("from"), pl.col("to"))
    expected = opened.group_by("date").len("sessions").join(spells, how="cross").filter(inside)["sessions"].sum()
    codes = marks.filter(pl.col("code").is_in([INVALID, LOSSY]).not_()).select("pupil", "date", "session")
    written = codes.join(opened, on=["date", "session"], how="semi").join(spells, on="pupil").filter(inside)
    return int(expected) - written.height
