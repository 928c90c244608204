"""Clause 13: privacy, and a process of its own."""

from __future__ import annotations

from itertools import islice

from rollbook.host.worker import Worker
from rollbook.testing.kit.check import advised, must, required, some
from rollbook.testing.kit.destination_stage import DestinationStage
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.messages import amended, people_in, with_content
from rollbook.testing.kit.overheard import named_in, printed, shown_in
from rollbook.testing.kit.stopping import must_leave_nothing

_STRANGE = (Fault.ERROR, Fault.FORBIDDEN, Fault.HTML, Fault.NONSENSE, Fault.HALF_BODY, Fault.CUT_OFF)


@required("D24", "13.1")
def no_pupil_is_named(stage: DestinationStage) -> None:
    """No pupil and no parent is in an error, a remark, a reason or a log, even where the other end names them."""
    stage.checked()
    _deliver_what_is_wrong(stage)
    if stage.line is not None:
        _let_it_be_answered_strangely(stage)
    named = named_in(stage.heard, (word for message in stage.made_up for word in people_in(message.content)))
    must(not named, f"what it said, or logged, names {some(named)}: say it in words of your own")


@required("D25", "13.2")
def no_secret_is_shown(stage: DestinationStage) -> None:
    """No secret is in an error, a remark, a reason or a log."""
    secrets = stage.secrets()
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
        secrets += stage.http.credentials
    must(not shown_in(stage.heard, secrets), "what it said, or logged, shows a secret")


@advised("D26", "13.3")
def prints_nothing(stage: DestinationStage) -> None:
    """It prints nothing: what it prints is dropped, and might name a pupil where it is not."""
    [message] = stage.fresh()

    def all_of_it() -> None:
        stage.checked()
        stage.taken(message, amended(message))
        stage.lookup(message.key)
        _deliver_what_is_wrong(stage)

    said = printed(all_of_it)
    must(not said.strip(), f"it printed {len(said)} characters: log by `logging` what must be said")


@required("D27", "13.4")
def can_be_stopped(stage: DestinationStage) -> None:
    """It can be stopped in the middle of a delivery, with all that it started."""
    messages = stage.fresh(3)

    def until_it_is_stopped(worker: Worker) -> None:
        if stage.line is not None:
            stage.http.next(Fault.SILENT, times=None, after=1)
        list(islice(worker.deliver(messages), None if stage.line else 1))

    must_leave_nothing(stage, until_it_is_stopped, ends=stage.line is not None)


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
