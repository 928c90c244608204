"""What the mode does to a sender: one provocation for each new message, the mildest first."""

from __future__ import annotations

from datetime import timedelta

from rollbook_receiver.conformance.of_sender.exchange import Asked, Given
from rollbook_receiver.conformance.of_sender.memory import Memory, Trial, trial_of
from rollbook_receiver.problem import Refused, unauthorised

WAIT = 3  # seconds that Retry-After says
LOST_KEPT, BUSY, LOST_NOT_KEPT, DOWN = "lost, kept", "429", "lost, not kept", "503"
ENDED, REDIRECTED, REFUSED = "token ended", "redirected", "token refused"
ORDER = (LOST_KEPT, BUSY, LOST_NOT_KEPT, DOWN, ENDED, REDIRECTED, REFUSED)  # by the second new message and those after
ELSEWHERE = "/conformance/elsewhere"


def next_trial(memory: Memory, asked: Asked) -> Trial | None:
    """The trial that a new, well-formed message is for; None for the first message, one that came before, and when all
    are done. It begins whether or not those of earlier messages are over: a message may never come again.
    """
    if asked.name in memory.names:
        return None
    first = not memory.names
    memory.names.add(asked.name)
    left = [part for part in ORDER if part not in memory.done]
    if first or not left:
        return None
    memory.done.add(left[0])
    made = trial_of(left[0], asked)
    memory.trials.append(made)
    return made


def instead(memory: Memory, trial: Trial, asked: Asked) -> Given | None:
    """What is answered in place of the receiver's own answer, and nothing kept; None where that goes its way."""
    if trial.part in (BUSY, DOWN):
        trial.until = asked.at + timedelta(seconds=WAIT)
        after = {"Retry-After": str(WAIT)}
        if trial.part == BUSY:
            return Given.refusal(Refused(429, "too-many", "Too many requests: wait.", headers=after))
        return Given.refusal(Refused(503, "cannot-keep", "Busy; nothing was taken.", headers=after))
    if trial.part in (ENDED, REFUSED):
        memory.ended.add(asked.token)
        return ended()
    if trial.part == REDIRECTED:
        return Given(307, [(b"location", ELSEWHERE.encode())], b"")
    return None


def ended() -> Given:
    """The answer to a token that has ended."""
    return Given.refusal(unauthorised("The token has ended: ask /oauth/token for another."))
