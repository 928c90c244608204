"""What the findings of today make of the cases of yesterday.

The findings hold every run that reached its number by the day looked at, whether it goes on or has ended, so that a
case without a finding is one that the register no longer bears.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from rollbook.cases.case import Case, Change, State, What
from rollbook.cases.kinds import words_of
from rollbook.cases.pairing import pair
from rollbook.cases.wording import (
    closed_reason,
    difference,
    goes_on_reason,
    joined_reason,
    last_day_reason,
    opened_reason,
    reopened_reason,
    withdrawn_reason,
)
from rollbook.tables.schemas import FINDINGS, conform

_GONE = (What.WITHDRAWN, What.JOINED)


@dataclass(frozen=True)
class _Finding:
    pupil: int
    first: date
    last: date
    reached: date
    ended: bool
    figures: dict[str, Any]
    evidence: list[dict[str, Any]]
    settings: list[dict[str, Any]]
    law: list[str]


@dataclass(frozen=True)
class _Today:
    as_at: date
    first_judged: date
    horizon: date
    school_days: Sequence[date]


def match(
    cases: Sequence[Case],
    findings: pl.DataFrame,
    *,
    school: int,
    as_at: date,
    first_judged: date,
    school_days: Sequence[date],
    horizon: date,
    judged: Collection[str] | None = None,
    unjudged_pupils: Collection[int] = (),
    unjudged: Collection[tuple[str, int]] = (),
) -> list[Change]:
    """What becomes of a school's cases, in the order in which it should be kept.

    cases: all of the school, withdrawn ones too. findings: `FINDINGS`; rows of other schools are passed over.
    as_at: the day looked at. first_judged: the school's first judged day; what had ended before it and is no longer due
    opens no case, and what ended since does, however late it came to light. school_days: the calendar's open days.
    horizon: the first day of the data judged. A case that began before it is never changed nor withdrawn, for its
    beginning cannot be seen. judged: the kinds that were judged today; cases of others are left alone (None: all were).
    unjudged_pupils: pupils who could not be judged; their cases are left alone. unjudged: kinds and pupils of whom that
    kind alone could not be judged; what no finding bears is left alone there too.

    A case whose finding is the same makes no change at all, so that the same day matched twice says nothing new.
    """
    today = _Today(as_at, first_judged, horizon, sorted(set(school_days)))
    held: dict[tuple[str, int], list[Case]] = defaultdict(list)
    found: dict[tuple[str, int], list[_Finding]] = defaultdict(list)
    for case in cases:
        held[case.kind, case.pupil].append(case)
    for row in conform(findings, FINDINGS).filter(pl.col("school") == school).iter_rows(named=True):
        found[row["rule"], row["pupil"]].append(_read(row))
    changes: list[Change] = []
    for kind, pupil in sorted(held.keys() | found.keys()):
        if (judged is None or kind in judged) and pupil not in unjudged_pupils:
            group = sorted(held[kind, pupil], key=lambda case: case.episode)
            runs = sorted(found[kind, pupil], key=lambda finding: finding.first)
            made = _match_pupil(group, runs, kind, school, today)
            changes += [one for one in made if (kind, pupil) not in unjudged or one.what not in _GONE]
    return changes


def _match_pupil(
    cases: Sequence[Case], findings: Sequence[_Finding], kind: str, school: int, today: _Today
) -> list[Change]:
    episode = max((case.episode for case in cases), default=0)
    # What was withdrawn and began before the data is past judging: a finding there is a case of its own.
    cases = [case for case in cases if case.state is not State.WITHDRAWN or case.first >= today.horizon]
    paired = pair([(f.first, f.last) for f in findings], cases, today.school_days)
    changes: list[Change] = []
    followed = {c for c in paired.findings if c is not None}
    for c, case in enumerate(cases):
        if c not in followed:
            changes += _unborne(case, joined=paired.shares[c], today=today)
    for finding, followed_case in zip(findings, paired.findings, strict=True):
        if followed_case is not None:
            changes += _follow(cases[followed_case], finding, today)
        elif _concerns(finding, kind, today):
            episode += 1
            changes += _open(finding, kind, school, episode, today)
    return changes


def _concerns(finding: _Finding, kind: str, today: _Today) -> bool:
    """Whether a finding that no case follows opens one: what stands, what ended since the school began with Rollbook,
    and what ended before but is still due. Who joined or left before then was told of, or not, without Rollbook.
    """
    if finding.last >= today.first_judged or (not finding.ended and not words_of(kind).one_day):
        return True
    due_by = finding.figures.get("due_by")
    return due_by is not None and date.fromisoformat(due_by) >= today.first_judged


def _unborne(case: Case, *, joined: bool, today: _Today) -> Iterator[Change]:
    """A case that no finding follows: withdrawn, unless its days lie before the data, or after the day looked at."""
    if case.state is State.WITHDRAWN or case.first < today.horizon or case.reached > today.as_at:
        return
    gone = replace(case, state=State.WITHDRAWN)
    if joined:
        yield Change(What.JOINED, gone, joined_reason(gone), amends=True)
    else:
        yield Change(What.WITHDRAWN, gone, withdrawn_reason(gone), amends=True)


def _open(finding: _Finding, kind: str, school: int, episode: int, today: _Today) -> Iterator[Change]:
    blank = Case(
        number=None,
        kind=kind,
        school=school,
        pupil=finding.pupil,
        episode=episode,
        first=finding.first,
        last=finding.last,
        reached=finding.reached,
        state=State.OPEN,
        opened_on=today.as_at,
    )
    case = _renewed(blank, finding)
    yield Change(What.OPENED, case, opened_reason(case), amends=True)
    yield from _close_if_ended(case, finding)


def _follow(case: Case, finding: _Finding, today: _Today) -> Iterator[Change]:
    """A case and the finding that it follows now."""
    if case.first < today.horizon:
        now = replace(case, last=max(case.last, finding.last), figures=finding.figures)
    else:
        now = _renewed(case, finding)
    if case.state is State.WITHDRAWN:
        now = replace(now, state=State.OPEN)
        why = difference(case, now)
        yield Change(What.REOPENED, now, f"{reopened_reason(now)} {why}".strip(), amends=True)
    elif different := difference(case, now):
        yield Change(What.CHANGED, now, different, amends=True)
    yield from _go_on(case, now, finding)


def _go_on(case: Case, now: Case, finding: _Finding) -> Iterator[Change]:
    """What is new of a case but is said in no message: that it goes on, or has ended, its last day and its figures."""
    if now.state is State.CLOSED and not finding.ended:
        now = replace(now, state=State.OPEN)
        yield Change(What.CONTINUED, now, f"The register was corrected. {goes_on_reason(now)}", amends=False)
    elif now.state is case.state and not difference(case, now) and _moved_on(case, now):
        if now.state is State.CLOSED:
            yield Change(What.CONTINUED, now, last_day_reason(now), amends=False)
        elif not finding.ended:
            yield Change(What.CONTINUED, now, goes_on_reason(now), amends=False)
    yield from _close_if_ended(now, finding)


def _moved_on(case: Case, now: Case) -> bool:
    """Whether its last day is another; or its figures are, which say of an open case how it stands and whom to tell."""
    return now.last != case.last or (now.state is State.OPEN and now.figures != case.figures)


def _close_if_ended(case: Case, finding: _Finding) -> Iterator[Change]:
    if finding.ended and case.state is State.OPEN:
        yield Change(What.CLOSED, replace(case, state=State.CLOSED), closed_reason(case), amends=False)


def _renewed(case: Case, finding: _Finding) -> Case:
    return replace(
        case,
        first=finding.first,
        last=finding.last,
        reached=finding.reached,
        figures=finding.figures,
        evidence=finding.evidence,
        settings=finding.settings,
        law=finding.law,
    )


def _read(row: dict[str, Any]) -> _Finding:
    return _Finding(
        pupil=row["pupil"],
        first=row["first"],
        last=row["last"],
        reached=row["reached"],
        ended=bool(row["ended"]),
        figures=json.loads(row["figures"] or "{}"),
        evidence=json.loads(row["evidence"] or "[]"),
        settings=json.loads(row["settings"] or "[]"),
        law=json.loads(row["law"] or "[]"),
    )
