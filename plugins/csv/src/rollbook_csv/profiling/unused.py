"""The columns of a file that a profile does not use, and what a heading that is near to a known one may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from rollbook_csv.headings import FIELDS, fields_of, plain
from rollbook_csv.masks import may_show, told_heading
from rollbook_csv.profiling.columns import Columns, values
from rollbook_csv.profiling.doubts import Doubt
from rollbook_csv.profiling.layout import Layout

_IN_FULL: Mapping[str, str] = {
    "yr": "year",
    "grp": "group",
    "gp": "group",
    "num": "number",
    "nr": "number",
    "adm": "admission",
    "cls": "class",
    "sname": "surname",
    "fname": "forename",
}
_WHOLE: Mapping[str, str] = {"tutor": "tutorgroup", "birthday": "dateofbirth", "boarders": "boarder"}
_GUESSED = 200  # columns: a file with more is no report of pupils
_SHORTEST, _NEAR = 4, 0.85  # letters of a heading that may be a misspelt one, and how like it must be


@dataclass(frozen=True)
class Unused:
    """column: counted from 1. told: the heading, unless it may be a name. perhaps: the field that it may be."""

    column: int
    heading: str
    told: str
    perhaps: str


def unused(layout: Layout, columns: Columns) -> list[Unused]:
    """Every column that is not used and has anything in it."""
    near = {_compact(usual): field for field in _free(columns) for usual in FIELDS["marks"][field]}
    headings = layout.headings.fields
    used = {*columns.where.values(), *columns.days}
    used |= {day + 1 for day in columns.days if day + 1 < len(headings) and not headings[day + 1].strip()}  # its PM
    found: list[Unused] = []
    for place, heading in enumerate(headings):
        if place in used or not (heading.strip() or any(value.strip() for value in values(layout, place))):
            continue
        shown = " ".join(heading.split()) if may_show(heading) else ""
        perhaps = _perhaps(heading, near) if len(found) < _GUESSED else ""
        found.append(Unused(place + 1, shown, told_heading(heading, place), perhaps))
    return found


def doubts(found: list[Unused]) -> Iterator[Doubt]:
    """Of each column that may be one that is known."""
    for one in found:
        if one.perhaps:
            heading = one.heading or "its heading"
            what = f"whether {one.told} is the {one.perhaps}, which was not found: the column is not used"
            yield Doubt(one.perhaps, what, f'if it is, say columns = {{marks = {{{one.perhaps} = "{heading}"}}}}')


def _free(columns: Columns) -> list[str]:
    return [field for field in fields_of("marks", columns.shape) if field not in columns.where]


def _perhaps(heading: str, near: Mapping[str, str]) -> str:
    compact = _WHOLE.get(_compact(heading), _compact(heading))
    if compact in near:
        return near[compact]
    like = get_close_matches(compact, near, 1, _NEAR) if len(compact) >= _SHORTEST else []
    return near[like[0]] if like else ""


def _compact(heading: str) -> str:
    return "".join(_IN_FULL.get(word, word) for word in plain(heading).split())
