"""The reasons of changes, in plain English. They go into messages: no pupil, no name, no number of ours."""

from __future__ import annotations

from rollbook.cases.case import Case, another_worker, in_words
from rollbook.cases.kinds import words_of

_CHANGED_EVIDENCE = "What the register shows of these days was corrected."
_ANOTHER_WORKER = "Another worker of the child is to be told."


def opened_reason(case: Case) -> str:
    """Why a case was opened."""
    days = {"first": in_words(case.first), "reached": in_words(case.reached)}
    return words_of(case.kind).opened.format_map({"called": "A missing child", **case.figures, **days})


def closed_reason(case: Case) -> str:
    """Why a case was closed. It does not say what ended it: the register does."""
    words = words_of(case.kind)
    return f"{words.ended}." if words.one_day else f"{words.ended}: the last day that counts is {in_words(case.last)}."


def last_day_reason(case: Case) -> str:
    """Why a case that has ended is other than it was, though nothing that was said of it is."""
    return f"The register was corrected: the last day that counts is now {in_words(case.last)}."


def withdrawn_reason(case: Case) -> str:
    """Why a case that no finding bears is withdrawn."""
    words = words_of(case.kind)
    return f"{words.rests_on} was corrected: it no longer shows {words.thing}."


def reopened_reason(case: Case) -> str:
    """Why a case that was withdrawn is there again."""
    words = words_of(case.kind)
    return f"{words.rests_on} was corrected again: it shows {words.thing} after all."


def joined_reason(case: Case) -> str:
    """Why a case is withdrawn whose days are another's now."""
    thing = words_of(case.kind).thing
    return f"The register was corrected: {thing} and another are one, which is followed up as that other."


def goes_on_reason(case: Case) -> str:
    """That it goes on."""
    return words_of(case.kind).goes_on


def difference(before: Case, after: Case) -> str:
    """What is different in that on which a message rests; empty when nothing is."""
    if before.digest == after.digest:
        return _ANOTHER_WORKER if another_worker(before, after) else ""
    if words_of(after.kind).one_day:
        return f"The day is now {in_words(after.reached)}, not {in_words(before.reached)}."
    told = []
    if before.first != after.first:
        told.append(f"The first day is now {in_words(after.first)}, not {in_words(before.first)}")
    if before.reached != after.reached:
        verb = "the rule was met on" if told else "The rule was met on"
        told.append(f"{verb} {in_words(after.reached)}, not {in_words(before.reached)}")
    marks = _marks(before, after)
    if not told:
        return f"{_CHANGED_EVIDENCE[:-1]}: {marks}." if marks else _CHANGED_EVIDENCE
    return " and ".join(told) + (f": {marks}." if marks else ".")


def _marks(before: Case, after: Case) -> str:
    """How many marks up to the day on which the rule was met are another than they were."""
    old, new = _codes(before), _codes(after)
    # Sessions after the other's last day are no correction: they only come in, or drop out, as that day moves.
    last_old, last_new = before.reached.isoformat(), after.reached.isoformat()
    gone = sum(1 for session in old.keys() - new.keys() if session[0] <= last_new)
    come = sum(1 for session in new.keys() - old.keys() if session[0] <= last_old)
    other = sum(1 for session in old.keys() & new.keys() if old[session] != new[session])
    said = [
        (come, "{} now counts that did not", "{} now count that did not"),
        (gone, "{} no longer counts", "{} no longer count"),
        (other, "{} has another code", "{} have another code"),
    ]
    parts: list[str] = []
    for number, one, many in said:
        if number:
            counted = f"{number} {'session' if number == 1 else 'sessions'}" if not parts else str(number)
            parts.append((one if number == 1 else many).format(counted))
    return ", ".join(parts)


def _codes(case: Case) -> dict[tuple[str, str], str]:
    return {(str(row["date"]), str(row["session"])): str(row["code"]) for row in case.evidence}
