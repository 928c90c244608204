"""Notices to parents: what the next penalty notice would be, and how the period of a notice to improve stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from rollbook.rules.explain import words
from rollbook.rules.explain.days_told import NOT_COUNTED, Why, plain_reason
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import Lens
from rollbook.rules.explain.subject import Marks
from rollbook.rules.explain.view import Span, View
from rollbook.rules.notices import all_notices
from rollbook.tables import codes


class LadderLens(Lens):
    """A parent may be named in the source: here each is a number, told apart by the days of their notices."""

    def window(self, view: View) -> Span | None:
        """No session is read."""
        return None

    def figures(self, view: View) -> Mapping[str, Any]:
        """By number in place of the parent's name."""
        parents = [one | {"parent": _parent(n)} for n, one in enumerate(view.row["parents"], 1)]
        return {"parents": parents, "not_judged": view.row["not_judged"]}

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """What the next notice to each parent would be."""
        if not view.row["parents"]:
            first = "" if view.row["not_judged"] else ": the next would be the first"
            return [f"No notice to a parent of this child is known{first}."]
        told = []
        for number, one in enumerate(view.row["parents"], 1):
            issued = "; ".join(f"{words.day(day)} ({outcome})" for day, outcome in self._issued(view, one["parent"]))
            told.append(f"{_parent(number)}: a notice today would be {_STEP[one['notice']]}. Issued: {issued}.")
            if one["anniversary"]:
                told.append("One of them is three years old today and no longer counts: a person should look.")
        return told

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """The first day on which a notice is too old, so that the answer is another."""
        return [found for number, _ in enumerate(view.row["parents"]) for found in self._ages(view, number)]

    def _issued(self, view: View, parent: str) -> list[tuple[date, str]]:
        notices = all_notices(view.subject.registers).filter(~pl.col("improve") & (pl.col("parent") == parent))
        rows = notices.filter(pl.col("issued") <= view.as_at)
        rows = rows.select("issued", pl.col("outcome").fill_null("outcome not known")).unique().sort("issued")
        return list(rows.iter_rows())

    def _ages(self, view: View, number: int) -> Iterator[Change]:
        now = view.row["parents"][number]
        years = view.law("notice_years")
        for issued, _ in self._issued(view, now["parent"]):
            day = _years_later(issued, years)
            if day <= view.as_at:
                continue
            later = view.subject.judged(day).answers[view.subject.rule.id].filter(school=view.subject.school)
            step = later.row(0, named=True)["parents"][number]["notice"]
            if step != now["notice"]:
                text = f"{_parent(number + 1)}: from {words.day(day)}, with no other notice, it would be {_STEP[step]}."
                yield Change("lapse", text, by=day)
                return


class ImprovementLens(Lens):
    """The period of the newest notice to improve. No parent is named: to whom it went does not matter here."""

    def window(self, view: View) -> Span | None:
        """From the day after it was issued to the end of the period."""
        issued, ends = view.row["issued"], view.row["ends_on"]
        if ends is None or view.row["sessions"] is None:
            return None
        first, last = issued + timedelta(days=1), min(ends, view.as_at)
        return (first, last) if first <= last else None

    def why(self, view: View, counted: Marks) -> Why:
        """By code and age."""
        ids = codes.ids(*view.law("penalty_codes"))
        return lambda one: (plain_reason(one, ids, age=True), NOT_COUNTED)

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """Since when, until when, and what was missed."""
        row, told = view.row, []
        if row["issued"] is not None:
            told.append(f"The newest was issued on {words.day(row['issued'])}.")
        if row["ends_on"] is not None:
            told.append(f"Its period {_RUNS[row['status']]} {words.day(row['ends_on'])}.")
        if row["sessions"] is not None:
            missed = words.many(row["sessions"], "session")
            told.append(f"Missed without authority in it so far: {missed}, of which N: {row['unexplained']}.")
        return told or ["No notice to improve is known."]

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """The end of the period; nothing else ends it but a person."""
        ends = view.row["ends_on"]
        if ends is None or ends < view.as_at:
            return [Change("note", "Only another notice, or a last day entered with this one, would change it.")]
        after = ends + timedelta(days=1)
        return [Change("lapse", f"From {words.day(after)} the period is over.", by=after)]


_RUNS = {"running": "runs to the end of", "ended": "ended on"}
_STEP = {"first": "the first", "second": "the second", "barred": "barred, as there were two"}


def _parent(number: int) -> str:
    return f"Parent {number}"


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
