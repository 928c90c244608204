"""Clause 13: privacy, and a process of its own."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout

from rollbook.testing.kit.check import advised, must, required, some
from rollbook.testing.kit.destination_stage import DestinationStage
from rollbook.testing.kit.elsewhere import elsewhere, texts_in
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.messages import amended, people_in, with_content
from rollbook.testing.kit.persons import told_in
from rollbook.testing.kit.processes import working
from rollbook.testing.kit.shown import secrets_shown

_STRANGE = (Fault.ERROR, Fault.FORBIDDEN, Fault.HTML, Fault.NONSENSE, Fault.HALF_BODY, Fault.CUT_OFF)


@required("D24", "13.1")
def no_pupil_is_named(stage: DestinationStage) -> None:
    """No pupil and no parent is in an error, a remark, a reason, a reference, a log, or a file that no setting names,
    even where the other end names them."""
    stage.able("records")  # the simulator runs, with files of its own
    with elsewhere(stage.folder / "elsewhere") as left:
        stage.checked()
        stage.hear(*(receipt.reference for receipt in stage.taken(*stage.fresh(2)).receipts))
        _deliver_what_is_wrong(stage)
        if stage.line is not None:
            _let_it_be_answered_strangely(stage)
        said = [*stage.heard, *texts_in(left)]
    named = told_in(said, (word for message in stage.made_up for word in people_in(message.content)))
    must(not named, f"somebody is named: {some(named, 3)}. Say it in words of your own")


@required("D25", "13.2")
def no_secret_is_shown(stage: DestinationStage) -> None:
    """No secret is in an error, a remark, a reason or a log."""
    stage.checked()
    stage.taken(*stage.fresh())
    if stage.line is not None:
        for fault in (Fault.UNAUTHORISED, Fault.AWAY, *_STRANGE):
            stage.http.next(fault, times=None)
            stage.deliver(*stage.fresh())
            stage.problem_of(lambda: stage.checked())
            stage.http.forget()
        stage.http.close()
        stage.deliver(*stage.fresh())
    shown = secrets_shown(stage)
    must(not shown, f"a secret is shown: {some(shown, 2)}")


@advised("D26", "13.3")
def prints_nothing(stage: DestinationStage) -> None:
    """It prints nothing: what it prints is dropped, and might name a pupil where it is not."""
    [message] = stage.fresh()
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        stage.checked()
        stage.taken(message, amended(message))
        stage.lookup(message.key)
        _deliver_what_is_wrong(stage)
    must(not said.getvalue(), f"it prints {said.getvalue()[:200]!r}: use logging, or nothing")


@required("D27", "13.4")
def can_be_stopped(stage: DestinationStage) -> None:
    """It can be stopped in the middle of a delivery, with all that it started."""
    messages = stage.fresh(3)
    with working(stage) as (worker, watch):
        if stage.line is not None:
            stage.line.next(Fault.SILENT, times=None, after=1)
            problem = stage.problem_of(lambda: list(worker.deliver(messages)))
            must(problem, "nobody answers any more, and the delivery ends in no Problem")
        else:
            next(iter(worker.deliver(messages)))
    left = watch.left_over()
    must(not left, f"it was ended, and this that it started lives on: {some(left)}. Start nothing, or end it with you")


def _deliver_what_is_wrong(stage: DestinationStage) -> None:
    """A message that lacks what is needed, one whose values are of another form, and one that is refused there."""
    [lacking, odd, refused] = stage.fresh(3)
    pupil = dict(lacking.content.get("pupil", {}))
    pupil.pop("address", None)
    other = {name: f"{value} {value}" for name, value in odd.content.get("pupil", {}).items()}
    stage.deliver(with_content(lacking, pupil=pupil))
    stage.deliver(with_content(odd, pupil=other))
    if hasattr(stage.simulator, "refuse"):
        stage.simulator.refuse(str(refused.key))
        stage.deliver(refused)


def _let_it_be_answered_strangely(stage: DestinationStage) -> None:
    """Answers that name people, as servers repeat what they were sent: to messages taken, refused and looked up."""
    for fault in (*_STRANGE, Fault.MARKED):
        for after in stage.places(1):
            [taken, refused] = stage.fresh(2)
            stage.able("refuse")(str(refused.key))
            for message in (taken, refused):
                names = " ".join(sorted(people_in(message.content)))
                stage.http.forget()
                stage.http.next(fault, times=None, after=after, field=names)
                stage.deliver(message)
                stage.problem_of(lambda key=message.key: stage.lookup(key))  # type: ignore[misc]
    stage.http.forget()
