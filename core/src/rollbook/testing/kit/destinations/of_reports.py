"""Clause 14: the regular feed and news, of a destination that carries the one or gives the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rollbook.contract import NewsPage, Outcome, Receipt, Regular, Report
from rollbook.host.worker.answers import checked_news, checked_receipt
from rollbook.testing.kit.check import DoesNotApply, must, required, some
from rollbook.testing.kit.contents import SCHOOL
from rollbook.testing.kit.destination_stage import DestinationStage
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.messages import unlike
from rollbook.testing.kit.reports import FIGURES, MONDAY, NEXT_MONDAY, SMALL_WEEK, report

_TOLD = 5  # pieces of news
_NO_ANSWERS = (Fault.ERROR, Fault.AWAY, Fault.NONSENSE, Fault.HTML, Fault.CUT_OFF)


@required("D29", "14.1")
def wanted_is_what_is_asked_for(stage: DestinationStage) -> None:
    """`wanted` names the reports that the other end asks of the school now, and no other."""
    carried = _carried(stage)
    for kinds in (carried, frozenset({min(carried)}), frozenset[Regular]()):
        stage.able("asks_for")(kinds)
        found = stage.made().wanted(SCHOOL)
        must(found == kinds, f"it is asked for {_named(kinds)}, and wanted() says {_named(found)}")


@required("D30", "14.2")
def reports_arrive(stage: DestinationStage) -> None:
    """Each report has its receipt, in order, and arrives as it is; a later revision takes the place of an earlier."""
    for kind in sorted(_asked_for(stage)):
        first, second = report(kind, MONDAY), report(kind, NEXT_MONDAY)
        later = report(kind, MONDAY, 2)
        for batch in ((first, second), (later,)):
            receipts = _receipts(stage, batch)
            told = [receipt.outcome for receipt in receipts]
            must(told == [Outcome.ACCEPTED] * len(batch), f"where all is well, {len(batch)} reports are {some(told)}")
        for one in (later, second):
            _must_hold(stage, one)


@required("D31", "14.3")
def small_numbers_stay_here(stage: DestinationStage) -> None:
    """Of a week, no figures of fewer than five pupils leave, nor any from which they can be reckoned."""
    if Regular.WEEK not in _asked_for(stage):
        raise DoesNotApply("weeks in figures")
    content = {"as_of": "2026-10-16T19:00:00Z", "rows": [dict(row) for row in SMALL_WEEK]}
    _receipts(stage, [Report(Regular.WEEK, SCHOOL, MONDAY, 1, content)])
    held = _held(stage).get((Regular.WEEK, MONDAY))
    must(held is not None, "a week with a small group is not held: hide its figures, and send the rest")
    for row in held.content["rows"] if held else ():
        group = {name: row[name] for name in ("cohort", "year_group") if name in row}
        shown = [name for name in FIGURES if name in row]
        must(group == {"cohort": "all"} or not shown, f"{group} shows {some(shown)}: it tells of fewer than five")


@required("D32", "14.4")
def news_comes_once_and_whole(stage: DestinationStage) -> None:
    """News after a number is given by number, each piece once and as it is, with the number to ask after."""
    if not stage.cls.tells:
        raise DoesNotApply("news")
    told = stage.able("tell")(_TOLD)
    found: list[Any] = []
    for _ in range(_TOLD + 1):
        page = _news(stage, found[-1].number if found else 0)
        found += page.items
        if not page.items:
            break
    numbers, wanted = [one.number for one in found], [one.number for one in told]
    must(numbers == wanted, f"told are the numbers {some(wanted)}, and news() gives {some(numbers)}")
    for given, one in zip(found, told, strict=True):
        other = unlike(given.content, one.content)
        must(not other, f"news {one.number} did not come as it is: {some(other)}")
        must(replace(given, content=one.content) == one, f"news {one.number} is another in its kind, id, action or day")


@required("D33", "14.5")
def no_answer_is_no_news(stage: DestinationStage) -> None:
    """A fault at the other end is a Problem: it is no page without news, and no receipt of what was not taken."""
    if stage.cls.tells:
        stage.able("tell")(1)
        for fault in _NO_ANSWERS:
            problem = _met(stage, fault, lambda: _news(stage, 0))
            must(problem, f"the question for news met by {fault} ends in no Problem: it is no answer, and not no news")
    for kind in sorted(_asked_for(stage) if stage.cls.regular else ()):
        for revision, fault in enumerate(_NO_ANSWERS, start=2):
            _must_not_be_believed(stage, report(kind), replace(report(kind, NEXT_MONDAY), revision=revision), fault)
    if not (stage.cls.tells or stage.cls.regular):
        raise DoesNotApply("regular feed, and no news")


def _carried(stage: DestinationStage) -> frozenset[Regular]:
    carried: frozenset[Regular] = stage.cls.regular
    if not carried:
        raise DoesNotApply("regular feed")
    return carried


def _asked_for(stage: DestinationStage) -> frozenset[Regular]:
    """All that it carries, which the other end asks for from now on."""
    carried = _carried(stage)
    stage.able("asks_for")(carried)
    return carried


def _receipts(stage: DestinationStage, reports: Sequence[Report]) -> list[Receipt]:
    receipts = [checked_receipt(receipt) for receipt in stage.made().report(reports)]
    stage.hear(*(reason for receipt in receipts for reason in receipt.reasons))
    return receipts


def _news(stage: DestinationStage, after: int) -> NewsPage:
    return checked_news(stage.made().news(SCHOOL, after), SCHOOL, after)


def _met(stage: DestinationStage, fault: Fault, call: Any) -> Any:
    """The Problem that a call ends in whose last request is met by the fault, or None."""
    stage.http.forget()
    call()
    made = len(stage.http.requests)
    stage.http.forget()
    stage.http.next(fault, times=None, after=made - 1)
    problem = stage.problem_of(call)
    stage.http.forget()
    return problem


def _must_not_be_believed(stage: DestinationStage, well: Report, met: Report, fault: Fault) -> None:
    """Raises Failed where a report whose last request meets the fault is called accepted, and is not held."""
    stage.http.forget()
    _receipts(stage, [well])
    made = len(stage.http.requests)
    stage.http.forget()
    stage.http.next(fault, times=None, after=made - 1)
    receipts: list[Receipt] = []
    stage.problem_of(lambda: receipts.extend(_receipts(stage, [met])))
    stage.http.forget()
    held = _held(stage).get((met.kind, met.day))
    taken = any(receipt.outcome is Outcome.ACCEPTED for receipt in receipts)
    there = held is not None and held.revision >= met.revision
    must(there or not taken, f"a report met by {fault} is called accepted, and is not held there")


def _held(stage: DestinationStage) -> dict[Any, Report]:
    return {(one.kind, one.day): one for one in stage.able("reported")()}


def _must_hold(stage: DestinationStage, one: Report) -> None:
    """Raises Failed unless it is the newest that is held; of a week only what is of all pupils is compared."""
    held = _held(stage).get((one.kind, one.day))
    must(held is not None, f"a {one.kind} was accepted, and nothing is held")
    assert held is not None
    must(held.revision == one.revision, f"revision {one.revision} was sent last, and {held.revision} is held")
    wanted, given = dict(one.content), {name: held.content.get(name) for name in one.content}
    if one.kind is Regular.WEEK:
        wanted["rows"], given["rows"] = (_of_all(rows) for rows in (wanted["rows"], given["rows"] or []))
    other = unlike(given, wanted)
    must(not other, f"a {one.kind} did not arrive as it is: {some(other)}")


def _of_all(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{name: row.get(name) for name in FIGURES} for row in rows if row.get("cohort") == "all"]


def _named(kinds: Any) -> str:
    return some(sorted(kinds)) or "nothing"
