"""A case as an attendance officer reads it: what was found, on which sessions, by which law, and what followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollbook.cli import show

if TYPE_CHECKING:
    from rollbook.host.report import CaseDetail


def print_case(detail: CaseDetail) -> None:
    """Every part of a case. The pupil is Rollbook's number; `rollbook pupils find` leads to it from a name."""
    for line in detail.text.splitlines():
        show.wrapped("" if not line.strip() else show.cell(line))
    if detail.row.held_for:
        show.say()
        show.say(f"Held for {show.cell(detail.row.held_for)}.")
    for line in detail.told:
        show.say()
        show.wrapped(show.cell(line))
    _print_history(detail)
    _print_messages(detail)


def _print_history(detail: CaseDetail) -> None:
    show.heading("History")
    events = [(one.at, one.event, one.as_at, one.by, one.reason) for one in detail.events]
    show.table(["at", "what", "as at", "by", "why"], events, otherwise="  none")
    for fill in detail.fills:
        since = "; the MIS has said something else since, which counts" if fill.overtaken else ""
        show.say(f"{fill.field} was filled in by {show.cell(fill.by)} on {show.cell(fill.at)}{since}.")


def _print_messages(detail: CaseDetail) -> None:
    if not detail.messages:
        return
    from rollbook.host.kind_words import kind_words

    show.heading("Messages")
    sent = [
        (
            *(one.message, one.destination, kind_words(one.kind), one.revision, one.action, one.state),
            (*one.lacks, *one.reasons),
        )
        for one in detail.messages
    ]
    show.table(["message", "destination", "kind", "revision", "action", "state", "lacks or why"], sent, otherwise="")
