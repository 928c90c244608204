"""An explanation as lines of plain English, such as an attendance officer can read to a parent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from rollbook.rules.explain import words
from rollbook.rules.explain.explanation import Explanation, Figure, SessionTold, Value
from rollbook.rules.thresholds import DEFAULT, LAW, OURS

_MOST = 30  # lines for sessions that do not count; of more, each reason is told once
_NONE = "none: "  # of a value that stands beside the law's, and in no law
_EFFECT = {"breaks": "; this breaks the run", "passes": "; it neither counts nor breaks"}


def lines_of(told: Explanation) -> Iterator[str]:
    """The whole, without its heading: what it is about, is for who asked to say."""
    yield from told.summary
    yield from _part("What was found", _figures(told.figures))
    if told.first is not None and told.last is not None:
        yield ""
        yield f"Looked through: {words.span(told.first, told.last)}"
    stretches = _stretches([*told.counted, *told.not_counted])
    counting = (_counted(some) for some in stretches if some[0].effect == "counts")
    yield from _part(f"Sessions that count: {len(told.counted)}", counting)
    others = [some for some in stretches if some[0].effect != "counts"]
    yield from _part("Sessions that do not count, and why", _not_counted(others))
    yield from _part("What would change the answer", (one.text for one in told.changes))
    yield from _part("The values it goes by", map(_value, told.values))
    yield from _part("The law", told.law)


def _part(title: str, lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    """A heading with its lines; nothing where there is no line."""
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from (f"  {line}" for line in found)


def _figures(told: Sequence[Figure]) -> Iterator[str]:
    """What the rule answers; of the finding's own figures, those that there are. What could not be judged was said."""
    for one in told:
        if one.name != "not_judged" and (one.meaning or one.value is not None):
            yield f"{words.name(one.name)}: {words.value(one.value)}"


def _stretches(told: Sequence[SessionTold]) -> list[list[SessionTold]]:
    """Sessions that follow one another and say the same."""
    ordered = sorted(map(_both_halves, told), key=lambda one: (one.date, one.session))
    return [list(group) for _, group in groupby(ordered, lambda one: (one.code, one.why, one.effect))]


def _counted(stretch: Sequence[SessionTold]) -> str:
    return f"{_when(stretch)}: {stretch[0].code} ({stretch[0].why})"


def _when(stretch: Sequence[SessionTold]) -> str:
    first, last = stretch[0], stretch[-1]
    days = words.span(first.date, last.date)
    if len(stretch) == 1:
        return f"{days}, {first.session}"
    return f"{days}, {words.many(len(stretch), 'session')}"


def _not_counted(stretches: Sequence[Sequence[SessionTold]]) -> Iterator[str]:
    if len(stretches) <= _MOST:
        yield from (f"{_when(some)}: {_why(some[0])}" for some in stretches)
        return
    reasons: dict[str, list[SessionTold]] = {}
    for some in stretches:
        reasons.setdefault(_why(some[0]), []).extend(some)
    yield from (f"{_when(some)}: {reason}" for reason, some in reasons.items())


def _both_halves(one: SessionTold) -> SessionTold:
    """`/` and `\\`, present in the morning and in the afternoon, are one reason."""
    why = one.why.replace(" in the morning", "").replace(" in the afternoon", "")
    return replace(one, code="/" if one.code == "\\" else one.code, why=why)


def _why(one: SessionTold) -> str:
    code = f"{one.code}, " if one.code not in (None, "-") else ""
    return f"{code}{one.why}{_EFFECT.get(one.effect, '')}"


def _value(one: Value) -> str:
    written = f"{words.name(one.name)} = {'not set' if one.value is None else words.value(one.value)}"
    if one.set_by == OURS:
        return f"{written}: {one.reference.removeprefix(_NONE)}"
    if one.set_by != LAW:
        who = "the default" if one.set_by == DEFAULT else f"set by the {one.set_by}"
        return f"{written}, {who}"
    until = f" to {words.day(one.last)}" if one.last else ""
    since = f", since {words.day(one.first)}{until}" if one.first else ""
    return f"{written}, by law: {one.reference}{since} ({one.confidence})"
