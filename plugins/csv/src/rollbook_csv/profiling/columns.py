"""Which column holds what: by usual headings, by plausible ones, and by what stands below them. No value is shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rollbook_csv.headings import FIELDS, plain
from rollbook_csv.masks import is_code, may_show
from rollbook_csv.profiling.days import day_and_half, looks_like_day
from rollbook_csv.profiling.doubts import Doubt
from rollbook_csv.profiling.exports import PLAUSIBLE, Export
from rollbook_csv.profiling.layout import Layout
from rollbook_csv.profiling.string_cells import share

KEYS = ("adno", "upn")
NEEDED: Mapping[str, Sequence[str]] = {
    "mark": ("date", "session", "mark"),
    "day": ("date", "am_mark", "pm_mark"),
    "grid": (),
    "string": ("start", "marks"),
}
AM = frozenset({"AM", "A", "A.M.", "MORNING", "AM SESSION", "AM REG", "AM REGISTRATION", "AM1", "1"})
PM = frozenset({"PM", "P", "P.M.", "AFTERNOON", "PM SESSION", "PM REG", "PM REGISTRATION", "PM1", "2"})
MOSTLY, ROWS = 0.9, 5_000
SOME = 0.1
_SINGLE = ("mark", "am_mark", "pm_mark")  # the columns whose cells are one mark each


@dataclass
class Columns:
    """where: field -> place of its column. stated: field -> heading, for the setting `columns`. days: place of a column
    -> its day as written and its half, where the headings are days.
    """

    shape: str
    where: dict[str, int]
    stated: dict[str, str]
    days: dict[int, tuple[str, str]] = field(default_factory=dict)
    strings: float = 0.0  # which share of the cells of single marks holds strings of marks
    doubts: list[Doubt] = field(default_factory=list)

    def missing(self) -> list[str]:
        """Fields without which there is no register."""
        lost = [name for name in NEEDED[self.shape] if name not in self.where]
        return lost if any(key in self.where for key in KEYS) else ["adno", *lost]

    @property
    def key(self) -> str:
        """By what a pupil is known, as the source itself takes it."""
        return next((key for key in KEYS if key in self.where), "")


def columns_of(layout: Layout, export: Export | None) -> Columns:
    """The columns and the shape that they make."""
    headings = layout.headings.fields
    names = [plain(heading) for heading in headings]
    found = Columns("mark", {}, {})
    for name in FIELDS["marks"]:
        _place(found, name, names, headings, export)
    found.days = {n: day for n, heading in enumerate(headings) if (day := day_and_half(heading))}
    found.shape = _shape(found, len(found.days) < 2 and _strings(found, layout))
    for name in NEEDED[found.shape]:
        if name in _LOOKS:
            _by_content(found, name, _LOOKS[name], layout)
    single = [found.where[name] for name in _SINGLE if name in NEEDED[found.shape] and name in found.where]
    found.strings = max((share(values(layout, place)) for place in single), default=0.0)
    others = {name for fields in NEEDED.values() for name in fields} - set(NEEDED[found.shape])
    for name in others:
        found.where.pop(name, None)
        if found.stated.pop(name, None):
            found.doubts = [doubt for doubt in found.doubts if doubt.about != name]
    return found


def values(layout: Layout, place: int) -> list[str]:
    """What stands in a column."""
    return [record.fields[place] for record in layout.rows]


def session_values(layout: Layout, columns: Columns) -> Counter[str]:
    """What stands in the column of sessions, with how often. It may be anything: show what is in AM and PM alone."""
    return Counter(value.strip() for value in values(layout, columns.where["session"]) if value.strip())


def is_pairs(columns: Columns) -> bool:
    """Whether each day of a grid has one column, which says no half of it."""
    days = Counter(day for day, half in columns.days.values() if not half)
    return bool(days) and max(days.values()) == 1


def _place(found: Columns, name: str, names: Sequence[str], headings: Sequence[str], export: Export | None) -> None:
    own = plain(export.columns.get(name, "")) if export else ""
    usual = next((wanted for wanted in map(plain, FIELDS["marks"][name]) if wanted in names), "")
    chosen = own if own and own in names else usual
    if not chosen:
        chosen = next((wanted for wanted in map(plain, PLAUSIBLE.get(name, ())) if wanted in names), "")
        if chosen:
            heading = headings[names.index(chosen)].strip()
            found.doubts.append(
                Doubt(name, f"that {heading!r} is the {name}: it is no heading that we have seen", _LOOK)
            )
    if not chosen:
        return
    found.where[name] = names.index(chosen)
    if chosen != usual:
        found.stated[name] = " ".join(headings[names.index(chosen)].split())


def _strings(found: Columns, layout: Layout) -> bool:
    """Whether a column holds strings of marks, whatever its heading: it is that of the strings then, and the day beside
    it the start. One headed as strings are that holds single marks is that of the marks.
    """
    place = found.where.get("marks")
    if place is not None and "start" not in found.where and _mostly(values(layout, place)[:ROWS], _LOOKS["mark"]):
        _give(found, "mark", place, layout)
    if found.where.keys() & {"session", "am_mark", "pm_mark"}:
        return False
    named = [found.where[name] for name in ("marks", "mark") if name in found.where]
    others = [n for n, heading in enumerate(layout.headings.fields) if may_show(heading)]
    free = [] if named else [n for n in others if n not in found.where.values()]
    full = [place for place in named + free if share(values(layout, place)[:ROWS]) >= MOSTLY]
    if len(full) != 1 or found.where.get("mark", full[0]) != full[0]:
        return False
    heading = " ".join(layout.headings.fields[full[0]].split())
    if found.where.get("marks") != full[0]:
        found.doubts.append(Doubt("shape", f"that each cell under {heading!r} is a string of marks", _LOOK_SHAPE))
    _give(found, "marks", full[0], layout)
    if "start" not in found.where and "date" in found.where:
        _give(found, "start", found.where["date"], layout)
        what = f"that {layout.headings.fields[found.where['start']].strip()!r} is the day on which a string begins"
        found.doubts.append(Doubt("start", what, "look at the preview; a string may also end on it"))
    return True


def _give(found: Columns, name: str, place: int, layout: Layout) -> None:
    """That column is of that field, and of no other."""
    for other in [one for one, at in found.where.items() if at == place]:
        del found.where[other]
        found.stated.pop(other, None)
        found.doubts = [doubt for doubt in found.doubts if doubt.about != other]
    found.where[name] = place
    heading = layout.headings.fields[place]
    if plain(heading) not in map(plain, FIELDS["marks"][name]):
        found.stated[name] = " ".join(heading.split())


def _shape(found: Columns, strings: bool) -> str:
    if len(found.days) > 1 or (found.days and "date" not in found.where):
        return "grid"
    if "marks" in found.where and "mark" not in found.where and (strings or "start" in found.where):
        return "string"
    if found.where.keys() >= {"am_mark", "pm_mark"} and "mark" not in found.where:
        return "day"
    return "mark"


def _by_content(found: Columns, name: str, fits: Callable[[str], bool], layout: Layout) -> None:
    """Find a missing column by what stands in it, if one alone fits and its heading may be shown."""
    if name in found.where:
        return
    taken = set(found.where.values())
    free = [n for n in range(len(layout.headings.fields)) if n not in taken and _mostly(values(layout, n)[:ROWS], fits)]
    for place in free if len(free) == 1 else ():
        heading = " ".join(layout.headings.fields[place].split())
        what = f"which column is the {name}: no heading is known of it, and column {place + 1} looks like it"
        if may_show(heading):
            found.where[name], found.stated[name] = place, heading
            found.doubts.append(Doubt(name, what, _LOOK))
        else:
            found.doubts.append(Doubt(name, what, f'if it is, write columns = {{{name} = "its heading"}}'))


_LOOK_SHAPE = 'look at one in the MIS: if a cell is one mark, the shape is another, as shape = "mark"'
_LOOK = "look at the preview; if it is wrong, correct `columns`"


def _mostly(written: Sequence[str], fits: Callable[[str], bool]) -> bool:
    filled = [value.strip() for value in written if value.strip()]
    return bool(filled) and sum(map(fits, filled)) >= MOSTLY * len(filled)


def _is_session(value: str) -> bool:
    return value.upper() in AM | PM and re.search("[A-Za-z]", value) is not None


_LOOKS: Mapping[str, Callable[[str], bool]] = {
    "date": looks_like_day,
    "start": looks_like_day,
    "session": _is_session,
    "mark": lambda value: is_code(value) and value.upper() not in AM | PM,
}
