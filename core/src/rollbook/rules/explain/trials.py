"""What would change an answer, found by asking the rule again: which marks undo it, how soon it could be reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from rollbook.rules.explain import words
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.subject import HalfDay, Marks
from rollbook.rules.explain.view import View, is_due
from rollbook.rules.finding import SESSION_NAMES
from rollbook.tables import codes

PRESENT: Mapping[int, int] = {0: codes.ids("/")[0], 1: codes.ids("\\")[0]}
ABSENT: Mapping[int, int] = dict.fromkeys((0, 1), codes.ids("O")[0])
ILL: Mapping[int, int] = dict.fromkeys((0, 1), codes.ids("I")[0])
Row = Mapping[str, Any]


def all_as(half_days: Sequence[HalfDay], said: Mapping[int, int]) -> Marks:
    """These sessions, all with one code for the morning and one for the afternoon."""
    return {(day, session): said[session] for day, session in half_days}


def counted_by_trial(view: View, candidates: Marks, figure: Callable[[Row], float]) -> Marks:
    """Of these marks, those without which the figure would be less: each in turn is read as present."""
    places = list(candidates)
    found = view.subject.asked([all_as([place], PRESENT) for place in places])
    base = figure(view.row)
    return {place: candidates[place] for place, row in zip(places, found, strict=True) if figure(row) < base}


def undoing(
    view: View, counted: Sequence[HalfDay], *, together: Sequence[Sequence[HalfDay]] | None = None
) -> list[Change]:
    """Which marks, read as present, would make it no longer due: any one of some, or how many together.

    together: sets of sessions to be tried where no single one will do; None for a count, of which so many of the newest
    are tried, and as many of others: each may add the same, or not.
    """
    if not view.due or not counted:
        return []
    singles = view.subject.asked([all_as([place], PRESENT) for place in counted])
    undone = [place for place, row in zip(counted, singles, strict=True) if not is_due(view.subject, row)]
    if undone:
        return [_any_of(undone, whole=len(undone) == len(counted))]
    sets = [counted[::-1][:k] for k in range(2, len(counted) + 1)] if together is None else together
    rows = view.subject.asked([all_as(some, PRESENT) for some in sets])
    for some, row in zip(sets, rows, strict=True):
        if not is_due(view.subject, row):
            return [_together(some, any_will_do=together is None and _any_will_do(view, counted, len(some)))]
    return [Change("note", "No correction of these marks alone would change the answer.")]


def _any_will_do(view: View, counted: Sequence[HalfDay], number: int) -> bool:
    """Whether as many from the beginning, from the middle, from both ends and spread over all would do as well."""
    middle, step = (len(counted) - number) // 2, len(counted) // number
    others = [counted[:number], counted[middle : middle + number], counted[::step][:number]]
    others.append([*counted[: number // 2], *counted[len(counted) - (number - number // 2) :]])
    rows = view.subject.asked([all_as(some, PRESENT) for some in others])
    return not any(is_due(view.subject, row) for row in rows)


def _any_of(places: Sequence[HalfDay], *, whole: bool) -> Change:
    which = "any one of the sessions that count" if whole else f"any one of these sessions: {words.sessions(places)}"
    text = f"If the register turned out to show the pupil present in {which}, it would no longer be due."
    return Change("undo", text, _named(places), 1)


def _together(places: Sequence[HalfDay], *, any_will_do: bool) -> Change:
    number = len(places)
    if any_will_do:
        text = (
            f"No single mark decides it. If {number} of the sessions that count were corrected to show the pupil "
            "present, it would no longer be due; with fewer it stands."
        )
        return Change("undo", text, (), number)
    ordered = sorted(places)
    text = (
        "No single mark decides it. If the register turned out to show the pupil present in all of these sessions, it "
        f"would no longer be due: {words.sessions(ordered)}."
    )
    return Change("undo", text, _named(ordered), number)


def _named(places: Sequence[HalfDay]) -> tuple[tuple[date, str], ...]:
    return tuple((day, SESSION_NAMES[session]) for day, session in places)


def earliest(
    view: View, said: Mapping[int, int], reached: Callable[[Row], bool], *, last: date | None = None
) -> list[HalfDay] | None:
    """The fewest sessions to come, all with one code, after which `reached` holds of the rule's answer on that day.

    last: the day after which none is looked at. None where the calendar has no session at which it would hold.
    """
    to_come = [place for place in view.to_come if last is None or place[0] <= last]

    def holds(number: int) -> bool:
        some = to_come[:number]
        [row] = view.subject.asked([all_as(some, said)], some[-1][0])
        return reached(row)

    if not to_come or not holds(len(to_come)):
        return None
    least, most = 1, len(to_come)
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if holds(middle) else (middle + 1, most)
    return to_come[:most]
