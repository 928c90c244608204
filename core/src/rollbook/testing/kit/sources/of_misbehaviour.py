"""Clause 7, the first half: the other end is busy, away, faulty, silent, or hangs up."""

from __future__ import annotations

import time
from collections.abc import Callable

from rollbook.contract import Problem, RetryLater
from rollbook.tables.schemas import Table
from rollbook.testing.kit.check import must, required
from rollbook.testing.kit.damage import cut_in_the_last_row, cut_in_the_last_value
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.source_stage import SourceStage
from rollbook.testing.kit.trial import (
    ASKED,
    DAYS,
    always,
    at_each,
    damaged_must_end_well,
    must_end_well,
    positions,
    requests_of,
    under,
)

LONGEST = 20.0  # seconds that a call may take while nobody answers: a bound, with room for a slow machine
_BUSY = 2  # answers of 429 in a row, each of which asks for a second


@required("S32", "7.1")
def busy_is_waited_for(stage: SourceStage) -> None:
    """Told that the other end is busy, it waits for as long as that asks, and then reads all."""
    number = requests_of(stage, Table.MARKS)
    for after in positions(number):
        stage.client.waited.clear()
        began = time.monotonic()
        pulled, problem = under(stage, Table.MARKS, Fault.BUSY, times=_BUSY, after=after)
        waited = sum(stage.client.waited) or time.monotonic() - began
        busy = f"request {after + 1} of {number} was answered 429 with Retry-After: 1, {_BUSY} times"
        must(pulled, f"{busy}, and the pull gave up: {problem}")
        must_end_well(stage, Table.MARKS, (pulled, problem), busy)
        must(waited >= _BUSY, f"{busy}, and it waited {waited:.1f} seconds. The client of `self.client.at` waits")


@required("S33", "7.2")
def away_for_a_moment(stage: SourceStage) -> None:
    """An other end that is away at one request is asked again, and then read whole."""
    for table in stage.tables:
        number = requests_of(stage, table)
        for after in positions(number, 2 if table in ASKED else 1):
            pulled, problem = under(stage, table, Fault.AWAY, after=after)
            away = f"request {after + 1} of {number} for {table.value} was once answered 503"
            must(pulled, f"{away}, and the pull gave up: {problem}")
            must_end_well(stage, table, (pulled, problem), away)


@required("S34", "7.3")
def away_for_long(stage: SourceStage) -> None:
    """An other end that stays away, or busy, is left for the next sync: RetryLater from every call."""
    for fault in (Fault.AWAY, Fault.BUSY):
        always(stage, fault)


@required("S35", "7.4")
def server_error(stage: SourceStage) -> None:
    """A fault of the server's own is a Problem, once or always, and never the end of a pull."""
    always(stage, Fault.ERROR, Problem, all_tables=True)
    at_each(stage, Fault.ERROR)


@required("S52", "7.13")
def not_found_is_no_end(stage: SourceStage) -> None:
    """What cannot be found (404), whatever was asked for, is never the end of a pull with fewer rows."""
    at_each(stage, Fault.NOT_FOUND, times=None)


@required("S36", "7.5")
def silence_is_bounded(stage: SourceStage) -> None:
    """Where nobody answers, check and pull end in RetryLater, in time."""
    stage.ref(stage.made())
    calls: dict[str, tuple[int, Callable[[], object]]] = {
        "check": (0, stage.checked),
        "a pull of marks": (1, lambda: stage.pull(Table.MARKS, DAYS)),
    }
    with stage.impatient():
        for name, (after, call) in calls.items():
            stage.http.forget()
            stage.http.next(Fault.SILENT, times=None, after=after)
            began = time.monotonic()
            problem = stage.problem_of(call)
            took = time.monotonic() - began
            met = len(stage.http.requests) > after
            must(took < LONGEST, f"nobody answers, and {name} took {took:.0f} seconds: use `self.client.at`")
            must(isinstance(problem, RetryLater) or not met, f"nobody answers, and {name} ends in {problem!r}")


@required("S37", "7.6")
def cut_off_answers(stage: SourceStage) -> None:
    """An answer, or a file, that ends in the middle is not taken for a whole one."""
    if stage.line is None:
        cuts = {"row": cut_in_the_last_row, "value": cut_in_the_last_value}
        damaged_must_end_well(stage, {f"ends in the middle of its last {what}": cut for what, cut in cuts.items()})
        return
    at_each(stage, Fault.CUT_OFF, Fault.CLOSED)
    for fault in (Fault.CUT_OFF, Fault.CLOSED):
        always(stage, fault)
