"""The ladder of penalty notices: what the next would be, and from when it would be another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from rollbook.rules.explain import words
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import Lens
from rollbook.rules.explain.subject import Marks
from rollbook.rules.explain.view import Span, View
from rollbook.rules.notices import all_notices


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
        unknown = view.row["not_judged"]
        told = [f"Whether there were other notices is {unknown}."] if unknown else []
        if not view.row["parents"]:
            return told or ["No notice to a parent of this child is known: the next would be the first."]
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


_STEP = {"first": "the first", "second": "the second", "barred": "barred, as there were two"}


def _parent(number: int) -> str:
    return f"Parent {number}"


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
