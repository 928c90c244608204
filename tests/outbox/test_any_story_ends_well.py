"""Whatever is corrected, refused, lost or given back: in the end the authority holds what we know, told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rollbook.cases.case import Case
from rollbook.cases.case import State as CaseState
from rollbook.outbox.drafts import Action, Draft, canonical
from rollbook.outbox.state import Event, State, may_go
from support.outbox import Outbox, case, change, withdrawn

FIRST_DAYS = ("2026-09-14", "2026-09-21", "2026-09-28")
ANSWERS = st.sampled_from([*[Event.ACCEPTED, Event.NO_REPLY] * 3, Event.REFUSED, Event.NOT_SENT, None])


class Authority:
    """The other end: keeps the newest revision of a record, and refuses what makes no sense to it."""

    def __init__(self) -> None:
        self.held: Mapping[str, Any] | None = None
        self.action: Action | None = None
        self.taken: dict[str, tuple[int, str]] = {}

    def take(self, draft: Draft) -> None:
        said = (draft.revision, canonical(draft.content))
        if draft.idempotency_key in self.taken:
            assert self.taken[draft.idempotency_key] == said, "the same key came with another content"
            return
        assert all(draft.revision > revision for revision, _ in self.taken.values()), "an older revision came late"
        assert (draft.action is Action.SEND) == (not self.taken), f"{draft.action} makes no sense here"
        self.taken[draft.idempotency_key] = said
        self.held, self.action = draft.content, draft.action


class Story(RuleBasedStateMachine):
    """One case of one pupil over many nights."""

    box: Outbox
    there: Authority
    case: Case

    looks: bool

    @initialize(looks=st.booleans())
    def begin(self, looks: bool) -> None:
        """`looks`: whether the authority can be asked; else it promises that a repeat is safe."""
        self.box, self.there, self.looks = Outbox(), Authority(), looks
        self.case = case(FIRST_DAYS[0])
        self.compose()

    def compose(self, **more: Any) -> None:
        told = withdrawn(self.case) if self.case.state is CaseState.WITHDRAWN else change(self.case)
        self.box.say(told, **more)

    def unsettled(self, state: State) -> list[Draft]:
        return [draft for draft in self.box.drafts if self.box.states[draft.revision] is state]

    @rule(first=st.sampled_from(FIRST_DAYS), release=st.sampled_from(["held", "automatic"]))
    def the_register_is_corrected(self, first: str, release: str) -> None:
        self.case = replace(case(first), state=CaseState.OPEN)
        self.compose(release=release)

    @rule(first=st.sampled_from(FIRST_DAYS), arrives=st.booleans(), answer=ANSWERS)
    def a_night(self, first: str, arrives: bool, answer: Event | None) -> None:
        """A correction, and a delivery after it."""
        self.the_register_is_corrected(first, "automatic")
        self.deliver(arrives, answer)

    @rule()
    def the_register_no_longer_bears_it(self) -> None:
        self.case = replace(self.case, state=CaseState.WITHDRAWN)
        self.compose()

    @rule()
    def nothing_new(self) -> None:
        before = len(self.box.drafts)
        self.compose()
        self.compose()
        assert len(self.box.drafts) <= before + 1

    @rule()
    def a_person_says_yes(self) -> None:
        for draft in self.unsettled(State.HELD):
            self.box.happens(draft.revision, Event.RELEASED)

    @rule(arrives=st.booleans(), answer=ANSWERS)
    def deliver(self, arrives: bool, answer: Event | None) -> None:
        """One delivery. Without an answer the program was ended while it was sending."""
        for draft in self.box.drafts:
            message = next(m for m in self.box.earlier if m.revision == draft.revision)
            if may_go(message, self.box.earlier):
                self.box.happens(draft.revision, Event.STARTED)
                if answer is Event.ACCEPTED or (arrives and answer in (Event.NO_REPLY, None)):
                    self.there.take(draft)
                if answer is not None:
                    self.box.happens(draft.revision, answer)
                break

    @precondition(lambda self: self.unsettled(State.SENDING))
    @rule()
    def the_program_starts_again(self) -> None:
        for draft in self.unsettled(State.SENDING):
            self.box.happens(draft.revision, Event.NO_REPLY)

    @precondition(lambda self: self.unsettled(State.UNKNOWN))
    @rule()
    def what_became_of_it(self) -> None:
        """Look it up, or send it again under the same idempotency key."""
        for draft in self.unsettled(State.UNKNOWN):
            arrived = draft.idempotency_key in self.there.taken
            if self.looks:
                self.box.happens(draft.revision, Event.ACCEPTED if arrived else Event.NOT_FOUND)
            elif not arrived and draft.action is not Action.SEND and not self.there.taken:
                self.box.happens(draft.revision, Event.REFUSED)
            else:
                self.there.take(draft)
                self.box.happens(draft.revision, Event.STARTED, Event.ACCEPTED)
        self.compose()

    @invariant()
    def one_message_at_most_is_not_yet_sent(self) -> None:
        unsent = self.unsettled(State.HELD) + self.unsettled(State.WAITING)
        assert len(unsent) <= 1

    @invariant()
    def no_revision_is_used_twice(self) -> None:
        revisions = [draft.revision for draft in self.box.drafts]
        assert revisions == sorted(set(revisions))

    def teardown(self) -> None:
        """The story comes to rest; then the case goes, and comes back."""
        if not hasattr(self, "case"):
            return
        as_it_was = self.case
        for state in (as_it_was.state, CaseState.WITHDRAWN, CaseState.OPEN):
            self.case = replace(as_it_was, state=state)
            self.come_to_rest()
            self.the_authority_holds_what_we_know()

    def come_to_rest(self) -> None:
        for _ in range(4):
            self.the_program_starts_again()
            self.what_became_of_it()
            self.compose(again=self.stuck())
            self.a_person_says_yes()
            self.deliver(arrives=True, answer=Event.ACCEPTED)

    def stuck(self) -> bool:
        """Whether the last thing that was said was refused, and a person must say that it should go again."""
        standing = [draft for draft in self.box.drafts if self.box.states[draft.revision] is not State.VOID]
        return bool(standing) and self.box.states[standing[-1].revision] is State.REFUSED

    def the_authority_holds_what_we_know(self) -> None:
        if self.case.state is CaseState.WITHDRAWN:
            assert self.there.action in (None, Action.WITHDRAW)
            return
        assert self.there.held is not None
        assert self.there.action is not Action.WITHDRAW
        first = self.case.first.isoformat()
        assert self.there.held["absence"]["first_day"] == first


Story.TestCase.settings = settings(max_examples=100, stateful_step_count=15, deadline=None)
TestAnyStory = Story.TestCase
