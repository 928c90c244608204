"""Clause 10: checking, and credentials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from rollbook.contract import NeedsCredentials, SecretField
from rollbook.testing.kit.check import DoesNotApply, must, required
from rollbook.testing.kit.destination_stage import DestinationStage, Fate
from rollbook.testing.kit.line import Fault

_WRONG = "no-such-credential"


@required("D01", "10.1")
def check_sends_nothing(stage: DestinationStage) -> None:
    """`check` says that all is well where it is, and sends no message."""
    remarks = stage.checked()
    must(remarks, "check() says nothing: yield a Remark for each thing that it looked at")
    unwell = [remark.text for remark in remarks if not remark.ok]
    must(not unwell, f"where all is well it says: {'; '.join(unwell)}")
    must(not stage.able("records")(), "check() sent something: the other end now holds a record")


@required("D02", "10.2")
def wrong_credentials(stage: DestinationStage) -> None:
    """A credential that is refused is NeedsCredentials, whatever was asked, and no message is taken."""
    wrong = list(_wrong_secrets(stage))
    if stage.line is None and not wrong:
        raise DoesNotApply("credential")
    for name, settings in wrong:
        _must_be_refused(stage, f"with a wrong {name}", settings)
    if stage.line is not None:
        stage.http.next(Fault.UNAUTHORISED, times=None)
        _must_be_refused(stage, "where every request is met by 401", {})


@required("D03", "10.3")
def credential_ends_in_mid_batch(stage: DestinationStage) -> None:
    """A credential that ends in the middle of a batch is renewed, or told: no message is lost, and none doubled."""
    for times, said in ((1, stage.ended), (None, None)):
        for what, delivered in stage.misbehaving(Fault.UNAUTHORISED, times=times, count=3, instead=said):
            ended = times is None and set(delivered.fates) != {Fate.TAKEN}
            told = isinstance(delivered.problem, NeedsCredentials)
            must(told or not ended, f"{what}: {delivered}. A credential that is never taken is NeedsCredentials")
            stage.must_be_true(what, delivered)
            stage.must_come_right(what, delivered)


def _must_be_refused(stage: DestinationStage, when: str, settings: Mapping[str, Any]) -> None:
    made = partial(stage.made, **settings)
    [message] = stage.fresh()
    delivered = stage.deliver(message, making=made)
    problems = {
        "check": stage.problem_of(lambda: list(made().check())),
        "deliver": delivered.problem,
        "lookup": stage.problem_of(lambda: made().lookup(message.key)),
    }
    for name, problem in problems.items():
        seen = f"{type(problem).__name__}: {problem.sentence}" if problem else "no Problem"
        must(isinstance(problem, NeedsCredentials), f"{when}, {name} ends in {seen}; raise NeedsCredentials")
    must(stage.held(message) is None, f"{when}, a message was taken")


def _wrong_secrets(stage: DestinationStage) -> Iterator[tuple[str, dict[str, Any]]]:
    """Settings with one credential each that nobody gave out. A secret that is an address is left as it is."""
    other = stage.folder / "wrong-secret"
    other.touch(mode=0o600)
    other.write_text(_WRONG, encoding="utf-8")
    for name, field in stage.cls.Settings().fields.items():
        given = stage.settings.get(name)
        if isinstance(field, SecretField) and given and not any("://" in text for text in stage.secrets_of(given)):
            yield name, {name: {"file": str(other)}}
