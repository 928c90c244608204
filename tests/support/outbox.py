"""A case to be told, the child it is about, and an outbox that keeps the messages of one key. All invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from rollbook.cases.case import Case, Change, State, What
from rollbook.outbox.compose import Composed, compose
from rollbook.outbox.drafts import Action, Draft, Earlier, Subject
from rollbook.outbox.state import Event, next_state
from rollbook.outbox.state import State as Sent
from rollbook.tables.checks import upn_check_letter
from rollbook_feed.message import FEED_VERSION, problems
from support.registers import SCHOOL, day

REQUIRED = ("school.urn", "pupil.surname", "pupil.forename", "pupil.dob", "pupil.address", "absence.sessions")
UPN = upn_check_letter("801200001001") + "801200001001"


def case(first: str = "2026-09-14", *, state: State = State.OPEN, episode: int = 1, code: str = "O") -> Case:
    """An absence of two weeks of whole days from a Monday."""
    begins = day(first)
    days = [begins + timedelta(days=n) for n in (*range(5), *range(7, 12))]
    return Case(
        number=41,
        kind="attendance_return",
        school=SCHOOL,
        pupil=734_215,
        episode=episode,
        first=begins,
        last=days[-1],
        reached=days[-1],
        state=state,
        figures={"run_days": 10},
        evidence=[{"date": str(d), "session": s, "code": code} for d in days for s in ("AM", "PM")],
        settings=[{"name": "run_days", "value": 10, "set_by": "law", "note": "not for the feed"}],
        law=["SI 2024/208, reg 13"],
    )


def change(of: Case | None = None, reason: str = "The first day is now another.") -> Change:
    return Change(What.CHANGED, of or case(), reason, amends=True)


def withdrawn(of: Case | None = None) -> Change:
    return Change(What.WITHDRAWN, replace(of or case(), state=State.WITHDRAWN), "The register was corrected.", True)


def subject(**changes: Any) -> Subject:
    whole = Subject(
        school={"urn": SCHOOL, "laestab": "801/2000", "name": "Hill Top", "la": "801", "type": "academy"},
        pupil={
            "school": SCHOOL,
            "pupil": 734_215,
            "upn": UPN,
            "former_upn": None,
            "surname": "Okoro",
            "forename": "Ada",
            "preferred_forename": "",
            "dob": date(2014, 3, 10),
            "sex": "F",
            "year_group": 7,
            "address": "1 High Street, Northtown",
            "postcode": "N1 1AA",
            "ethnicity": "not asked",
        },
        contacts=[
            {"pupil": 734_215, "name": "Ngozi Okoro", "relationship": "mother", "priority": 2, "lives_with": True}
            | {"address": "1 High Street, Northtown", "telephone": "01632 960001"},
            {"pupil": 734_215, "name": "Sam Hughes", "priority": 1, "lives_with": False, "address": "9 Low Road"},
        ],
        due_by=date(2026, 10, 31),
        rule_version="2026-11",
    )
    return replace(whole, **changes)


def composed(of: Change, earlier: Sequence[Earlier] = (), about: Subject | None = None, **more: Any) -> Composed:
    given = {"destination": "north", "release": "automatic", "required": REQUIRED} | more
    return compose(of, about or subject(), earlier, **given)


def wrong(draft: Draft) -> list[dict[str, str]]:
    """What the open feed says is wrong with a draft."""
    key = {"kind": draft.kind, "school": draft.school, "pupil": str(draft.pupil), "episode": draft.episode}
    said = {"feed_version": FEED_VERSION, "key": key, "revision": draft.revision}
    return problems(said | {"action": draft.action.value, "content": draft.content})


def only(result: Composed) -> Draft:
    [draft] = result.drafts
    return draft


@dataclass
class Outbox:
    """The messages of one key and destination, as the host keeps them."""

    drafts: list[Draft] = field(default_factory=list)
    states: dict[int, Sent] = field(default_factory=dict)
    given_up: set[int] = field(default_factory=set)

    @property
    def earlier(self) -> list[Earlier]:
        return [
            Earlier(d.revision, d.action, self.states[d.revision], d.content, d.revision in self.given_up)
            for d in self.drafts
        ]

    def say(self, of: Change, **more: Any) -> Composed:
        """Compose, and keep what comes of it."""
        result = composed(of, self.earlier, **more)
        for revision in result.void:
            self.happens(revision, Event.OVERTAKEN)
        for draft in result.drafts:
            self.drafts.append(draft)
            self.states[draft.revision] = draft.state
        return result

    def happens(self, revision: int, *events: Event) -> None:
        for event in events:
            self.states[revision] = next_state(self.states[revision], event)
            if event is Event.GIVEN_UP:
                self.given_up.add(revision)

    def actions(self) -> list[tuple[int, Action, Sent]]:
        return [(d.revision, d.action, self.states[d.revision]) for d in self.drafts]
