"""A case as an attendance officer reads it: what was found, on which sessions, by which law, and what followed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rollbook.cli import show

if TYPE_CHECKING:
    from rollbook.host.report import CaseDetail

WIDTH = 100


def print_case(detail: CaseDetail) -> None:
    """Every part of a case. The pupil is Rollbook's number; `rollbook pupils find` leads to it from a name."""
    row = detail.row
    show.say(f"Case {row.case}: {row.rule}, pupil {row.pupil} at {show.cell(row.school_name)} ({row.school})")
    show.say(f"{row.state}; from {row.first} to {row.last}; reached on {row.reached}; episode {row.episode}")
    if row.held_for:
        show.say(f"held for {show.cell(row.held_for)}")
    if detail.text:
        show.say()
        show.say(textwrap.fill(show.cell(detail.text), WIDTH))
    show.heading("Figures")
    for name, value in detail.figures.items():
        show.say(f"  {name}: {show.cell(value)}")
    show.heading("Evidence: the sessions that count")
    for line in evidence_lines(detail.evidence):
        show.say(f"  {line}")
    _print_law(detail.law, detail.settings)
    _print_history(detail)


def evidence_lines(evidence: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line a day, `2026-11-09  AM O  PM O`. A session is 0 or AM in the morning, 1 or PM in the afternoon."""
    named = {0: "AM", 1: "PM"}
    days = groupby(sorted(evidence, key=_when), key=lambda one: str(one["date"]))
    return [
        f"{day}  "
        + "  ".join(f"{named.get(one['session'], one['session'])} {show.cell(one['code'])}" for one in sessions)
        for day, sessions in days
    ]


def _when(one: Mapping[str, Any]) -> tuple[str, str]:
    return str(one["date"]), str(one["session"])


def _print_law(law: Sequence[str], settings: Sequence[Mapping[str, Any]]) -> None:
    show.heading("Law")
    for reference in law:
        show.say(textwrap.fill(show.cell(reference), WIDTH, initial_indent="  ", subsequent_indent="    "))
    show.heading("Settings it rests on")
    rows = [(one.get("name"), one.get("value"), one.get("set_by")) for one in settings]
    show.table(["setting", "value", "set by"], rows, otherwise="  none")


def _print_history(detail: CaseDetail) -> None:
    show.heading("History")
    events = [(one.at, one.event, one.as_at, one.by, one.reason) for one in detail.events]
    show.table(["at", "what", "as at", "by", "why"], events, otherwise="  none")
    if detail.messages:
        show.heading("Messages")
        sent = [
            (one.message, one.destination, one.kind, one.revision, one.action, one.state, (*one.lacks, *one.reasons))
            for one in detail.messages
        ]
        columns = ["message", "destination", "kind", "revision", "action", "state", "lacks or why"]
        show.table(columns, sent, otherwise="")
    for fill in detail.fills:
        show.say(f"{fill.field} was filled in by {show.cell(fill.by)} on {show.cell(fill.at)}.")
