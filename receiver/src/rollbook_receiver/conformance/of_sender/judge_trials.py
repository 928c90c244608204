"""What a sender makes of a provocation: F-2, F-7, F-13, F-19, F-26."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from rollbook_feed import digest
from rollbook_receiver.conformance.of_sender.exchange import Asked
from rollbook_receiver.conformance.of_sender.journal import Note
from rollbook_receiver.conformance.of_sender.memory import Memory, Trial, key_of
from rollbook_receiver.conformance.of_sender.provoke import (
    BUSY,
    DOWN,
    ELSEWHERE,
    ENDED,
    LOST_KEPT,
    LOST_NOT_KEPT,
    REDIRECTED,
    REFUSED,
)

EARLY = timedelta(seconds=0.2)  # by which two clocks may differ over a few seconds
UNDER_WAY = timedelta(seconds=0.1)  # in which other requests come that were sent before the answer was there
ON = 3  # times that a sender goes on without a message, after a rest, until it is taken to have left it
STOPPED = timedelta(seconds=5)  # without a request, after which a sender is taken to have stopped
CLAUSE_OF = {
    REDIRECTED: "F-2",
    ENDED: "F-7",
    REFUSED: "F-7",
    LOST_KEPT: "F-19",
    LOST_NOT_KEPT: "F-19",
    BUSY: "F-26",
    DOWN: "F-26",
}


def any_request(memory: Memory, asked: Asked) -> Iterator[Note]:
    """What any request says of open trials."""
    if asked.path == ELSEWHERE and asked.token:
        yield Note("F-2", REDIRECTED, kept=False, words="it followed a redirection with a token", about=asked.called)
    for trial in memory.open():
        if trial.part == REFUSED and not trial.stopped:
            yield from _stopped(memory, trial, asked)
        elif asked.path == "/oauth/token":
            trial.tokens += 1
    _goes_on(memory, asked)
    yield from _too_early(memory, asked)


def still_open(memory: Memory) -> Iterator[Note]:
    """What is known of open trials as it stands: an answer is waited for, or the sender went on without the message."""
    for (clause, part), about in memory.waiting.items():
        yield Note(clause, part, None, about=about)
    for trial in memory.open():
        words = f"after {_WORDS[trial.part]} it went on without the message, which did not come again"
        gone = trial.passed >= ON
        yield Note(CLAUSE_OF[trial.part], trial.part, False if gone else None, words if gone else "", trial.about)


def a_message(memory: Memory, asked: Asked) -> Iterator[Note]:
    """What a well-formed message says of open trials."""
    for trial in memory.open():
        if (key_of(asked.said), asked.said["revision"]) != (trial.key, trial.revision):
            continue
        if trial.part == REFUSED:
            trial.settled = trial.stopped
            continue
        same = asked.name == trial.name and digest(asked.said) == trial.body
        words = f"after {_WORDS[trial.part]} the same revision came under another idempotency key, or with another body"
        yield Note("F-13", "same again", same, words, asked.called)
        trial.settled = True
        if trial.part == ENDED:
            words = f"after its token ended it asked for {trial.tokens} tokens, and one would do"
            yield Note("F-7", ENDED, same and trial.tokens == 1, words, asked.called)
        elif same or trial.part in (LOST_KEPT, LOST_NOT_KEPT):
            yield Note(CLAUSE_OF[trial.part], trial.part, same, words, asked.called)


def overtaken(memory: Memory, asked: Asked) -> None:
    """What was not taken may be overtaken by a later revision before it comes again: another message has to show it."""
    for trial in memory.open():
        later = key_of(asked.said) == trial.key and asked.said["revision"] > trial.revision
        if later and trial.part in (BUSY, DOWN, ENDED, REDIRECTED):
            memory.done.discard(trial.part)
        trial.settled = trial.settled or (later and trial.part not in (LOST_KEPT, LOST_NOT_KEPT))


def a_look_up(memory: Memory, asked: Asked) -> Iterator[Note]:
    """A look-up of what was kept and had no reply settles it."""
    for trial in memory.open():
        if trial.part == LOST_KEPT and asked.path == "/v1/messages/" + "/".join(map(str, trial.key)):
            trial.settled = True
            yield Note("F-19", LOST_KEPT, kept=True)


def as_time_goes(memory: Memory, now: datetime) -> Iterator[Note]:
    """What is known because nothing came."""
    for trial in memory.open():
        if trial.second_at is not None and not trial.stopped and now - trial.second_at >= STOPPED:
            trial.stopped = True
            yield Note("F-7", REFUSED, kept=True)


def _goes_on(memory: Memory, asked: Asked) -> None:
    """Count, after a rest, further runs (they begin after a rest) and what is sent or looked up of other keys."""
    rested = memory.last is not None and asked.at - memory.last >= STOPPED
    memory.last = asked.at
    of_a_key = asked.is_message or asked.path.startswith("/v1/messages/")
    for trial in memory.open():
        if (trial.part != REFUSED or trial.stopped) and (rested or (trial.passed and of_a_key)):
            trial.passed += 1


def _stopped(memory: Memory, trial: Trial, asked: Asked) -> Iterator[Note]:
    """The second token is refused too: whoever asks for a third at once has not stopped."""
    if trial.second_at is None and asked.token and asked.token not in memory.ended:
        memory.ended.add(asked.token)
        trial.second_at = asked.at
    elif trial.second_at is not None and asked.path == "/oauth/token":
        trial.settled = True
        words = "after a second token was refused it asked for a third at once"
        yield Note("F-7", REFUSED, kept=False, words=words, about=asked.called)


def _too_early(memory: Memory, asked: Asked) -> Iterator[Note]:
    if not asked.path.startswith("/v1/"):
        return
    for trial in memory.trials:
        if trial.until is None or not trial.at < asked.at < trial.until - EARLY:
            continue
        if asked.name == trial.name or asked.at - trial.at > UNDER_WAY:
            early = (trial.until - asked.at).total_seconds()
            words = f"after {trial.part} with Retry-After something was sent or asked {early:.1f} seconds too early"
            yield Note("F-26", trial.part, kept=False, words=words, about=asked.called)


_WORDS = {
    LOST_KEPT: "a lost reply",
    LOST_NOT_KEPT: "a lost reply",
    BUSY: "429",
    DOWN: "503",
    ENDED: "the end of its token",
    REDIRECTED: "a redirection",
    REFUSED: "the refusal of two tokens",
}
