"""Clause 8: nobody is named, no secret is shown, nothing is printed, and it can be stopped."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable, Iterator

from rollbook.contract import Page, Problem
from rollbook.tables.schemas import Table
from rollbook.testing.kit import damage
from rollbook.testing.kit.check import DoesNotApply, advised, must, required, some
from rollbook.testing.kit.elsewhere import elsewhere, texts_in
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.persons import named_in, of_a_pupil, with_rare_names
from rollbook.testing.kit.processes import SECONDS, working
from rollbook.testing.kit.shown import secrets_shown
from rollbook.testing.kit.source_stage import SourceStage
from rollbook.testing.kit.trial import ASKED, DAYS, fault, requests_of

_REFUSALS = (Fault.UNAUTHORISED, Fault.FORBIDDEN, Fault.NOT_FOUND, Fault.ERROR, Fault.BUSY)
_ODD = (Fault.HTML, Fault.NONSENSE, Fault.MARKED, Fault.HALF_BODY)
_ROOM = 15.0  # seconds beside its own that a call which is stopped may take, on a slow machine


@required("S44", "8.1")
def no_pupil_is_named(stage: SourceStage) -> None:
    """Whatever goes wrong, no name, UPN, birth date or address is in an error, a remark, a reject, an origin or a
    log, nor in a file that no setting names."""
    with stage.another("named", with_rare_names(stage.school)) as named, elsewhere(stage.folder / "elsewhere") as left:
        for trouble in _troubles(named):
            with trouble:
                for call in _calls(named):
                    named.problem_of(call)
        found = named_in(named.school, [*named.heard, *texts_in(left)])
    must(not found, f"somebody is named: {some(found, 3)}. Say the record's number, or the line, and the column")


@required("S45", "8.2")
def no_secret_is_shown(stage: SourceStage) -> None:
    """No secret of its settings, and none that a sign-in gave, is in what it says, whatever the other end answers."""
    kept = [value for value in stage.secrets() if len(value) > 3]
    if not kept:
        raise DoesNotApply("secret among its settings")
    stage.ref(stage.made())
    for what in (*_REFUSALS, Fault.HTML, Fault.NONSENSE):
        with fault(stage, what, field=" ".join(kept)) if stage.line else contextlib.nullcontext():
            for call in _calls(stage):
                stage.problem_of(call)
    if stage.line:
        stage.line.close()  # from here on, nobody is at that address
        for call in _calls(stage):
            stage.problem_of(call)
    shown = secrets_shown(stage)
    must(not shown, f"a secret is shown: {some(shown, 2)}")


@advised("S46", "8.3")
def prints_nothing(stage: SourceStage) -> None:
    """It writes nothing to standard output or error: what is printed may name a pupil, and is dropped."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        stage.checked()
        for table in stage.tables:
            stage.pull(table, DAYS)
        for trouble in list(_troubles(stage))[:2]:
            with trouble:
                stage.try_pull(Table.MARKS, DAYS)
    must(not said.getvalue(), f"it prints {said.getvalue()[:200]!r}: use logging, or nothing")


@required("S47", "8.4")
def can_be_stopped(stage: SourceStage) -> None:
    """Stopped in the middle of a pull, it ends in time, and nothing that it started lives on."""
    ref = stage.ref(stage.made())
    number = requests_of(stage, Table.MARKS) if stage.line else 0
    with working(stage, **stage.small_pages) as (worker, watch):
        pull = worker.pull(Table.MARKS, ref, DAYS, None)
        began = time.monotonic()
        if stage.line:
            stage.line.next(Fault.SILENT, times=None, after=number // 2)
            problem = stage.problem_of(lambda: list(pull))
            must(isinstance(problem, Problem), "nobody answers any more, and the pull ends well")
        else:
            must(isinstance(next(pull), Page), "a pull of marks begins with no page")
            pull.close()  # type: ignore[attr-defined]
        took = time.monotonic() - began
        must(took < SECONDS + _ROOM, f"stopped after {SECONDS:g} seconds, it took {took:.0f} to end")
    left = watch.left_over()
    must(not left, f"it was ended, and this that it started lives on: {some(left)}. Start nothing, or end it with you")


def _calls(stage: SourceStage) -> Iterator[Callable[[], object]]:
    """All that a host calls, each with pages as small as they may be."""
    yield stage.checked
    yield lambda: stage.made().schools()
    for table in ASKED if stage.line else stage.tables:
        yield lambda table=table: stage.pull(table, DAYS, source=stage.made(**stage.small_pages))  # type: ignore[misc]


def _troubles(stage: SourceStage) -> Iterator[contextlib.AbstractContextManager[None]]:
    """No trouble; then an other end that names a pupil in whatever it says, or files whose rows are spoilt."""
    yield contextlib.nullcontext()
    if stage.line is None:
        files = damage.files_of(stage)
        tables = damage.known_tables(files)
        yield damage.damaged(files, damage.half)
        yield damage.damaged(tables, damage.with_shifted_rows)
        yield damage.damaged(tables, damage.without_column(1))
        return
    stage.ref(stage.made())
    told = of_a_pupil(stage.school)
    for what in (*_ODD, *_REFUSALS):
        yield fault(stage, what, field=told)
    for field in ("id", "pupil", "date"):
        yield fault(stage, Fault.MISSING_FIELD, field=field)
