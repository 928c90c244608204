"""The kinds of case of which somebody is told: which message each makes, what it says, and when it is said.

The values of `kind` are those of `rollbook.contract.Kind`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rollbook.outbox import filling, leaver, notices, referrals, reports, returns
from rollbook.outbox.drafts import CaseLike, Subject
from rollbook.outbox.filling import Form
from rollbook.outbox.routing import Audience


def _nothing(_: dict[str, Any]) -> tuple[str, ...]:
    return ()


def _as_it_is(content: dict[str, Any]) -> dict[str, Any]:
    return content


@dataclass(frozen=True)
class MessageKind:
    """kind: of the message. content: what it says. found: the dotted paths of what was found: when these differ, what
    was sent must be amended. fields: what a person may supply. to: who is told. tidy: puts right what a person added.
    lacks: what keeps it back beside the fields that the form requires. only_while_open: it says nothing of a case that
    is over, as of a child who was found.
    """

    kind: str
    content: Callable[[CaseLike, Subject], dict[str, Any]]
    found: tuple[str, ...]
    fields: Mapping[str, Form]
    to: Audience = Audience.SCHOOL
    tidy: Callable[[dict[str, Any]], dict[str, Any]] = _as_it_is
    lacks: Callable[[dict[str, Any]], tuple[str, ...]] = _nothing
    only_while_open: bool = False


_ABSENCE: Final = ("absence.first_day", "absence.reached_on", "absence.sessions")
_ALL: Final = (
    MessageKind("attendance_return", returns.attendance_return, _ABSENCE, filling.ABSENCE),
    MessageKind(
        "attendance_followup",
        returns.attendance_followup,
        ("absence.first_day", "absence.sessions"),
        filling.ABSENCE,
    ),
    MessageKind("irregular_attendance_return", returns.irregular_attendance_return, _ABSENCE, filling.ABSENCE),
    MessageKind(
        "sickness_return", returns.sickness_return, ("sickness.first_day", "sickness.reached_on"), filling.SICKNESS
    ),
    MessageKind("new_pupil_return", returns.new_pupil_return, ("entry",), filling.ENTRY),
    MessageKind(
        "deletion_return",
        returns.deletion_return,
        ("deletion",),
        filling.DELETION,
        tidy=returns.tidy_deletion,
        lacks=returns.half_said,
    ),
    MessageKind(
        "missing_pupil_report",
        reports.missing_pupil_report,
        tuple(f"missing.{name}" for name in ("type", "first_day", "reached_on", "sessions", "ground")),
        filling.MISSING,
        to=Audience.HOME_TOO,
        only_while_open=True,
    ),
    MessageKind(
        "support_referral",
        referrals.support_referral,
        ("referral.type", "referral.reached_on", "attendance"),
        filling.REFERRAL,
        only_while_open=True,
    ),
    MessageKind(
        "penalty_notice_request",
        referrals.penalty_notice_request,
        _ABSENCE,
        filling.PENALTY,
        lacks=referrals.unresolved,
        only_while_open=True,
    ),
    MessageKind(
        "worker_notice",
        notices.worker_notice,
        ("notice.workers", "notice.first_day", "notice.sessions"),
        filling.BY_NAME,
        to=Audience.WORKER,
    ),
    MessageKind(
        "worker_notice_deletion",
        notices.worker_notice_deletion,
        ("notice.workers", "notice.last_day"),
        filling.BY_NAME,
        to=Audience.WORKER,
        only_while_open=True,
    ),
    MessageKind("transfer_file", leaver.transfer_file, ("left", "attendance"), filling.OF_LEAVER, only_while_open=True),
)
_CASES: Final = {
    "irregular_attendance_return": "irregular",
    "missing_pupil_report": "missing",
    "penalty_notice_request": "penalty_notice",
}

OF_CASES: Final[Mapping[str, MessageKind]] = {_CASES.get(one.kind, one.kind): one for one in _ALL}
"""For each kind of case (the rule's id) its message. A case of another kind makes none."""

ONLY_WHILE_OPEN: Final = frozenset(case for case, one in OF_CASES.items() if one.only_while_open)
"""Kinds of case of which nothing is said when they are over."""
