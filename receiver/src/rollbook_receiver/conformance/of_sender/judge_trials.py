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
STOPPED = timedelta(seconds=5)  # without a request, after which a sender is taken to have stopped
CLAUSE_OF = {REDIRECTED: "F-2", ENDED: "F-7", LOST_KEPT: "F-19", LOST_NOT_KEPT: "F-19", BUSY: "F-26", DOWN: "F-26"}


def any_request(memory: Memory, asked: Asked) -> Iterator[Note]:
    """What any request says of open trials."""
    if asked.path == ELSEWHERE and asked.token:
        yield Note("F-2", REDIRECTED, kept=False, words="it followed a redirection with a token", about=_which(asked))
    for trial in memory.open():
        if trial.part == REFUSED:
            yield from _stopped(memory, trial, asked)
        elif asked.path == "/oauth/token":
            trial.tokens += 1
    yield from _too_early(memory, asked)


def a_message(memory: Memory, asked: Asked) -> Iterator[Note]:
    """What a well-formed message says of open trials."""
    for trial in memory.open():
        if (key_of(asked.said), asked.said["revision"]) != (trial.key, trial.revision) or trial.part == REFUSED:
            continue
        same = asked.name == trial.name and digest(asked.said) == trial.body
        words = f"after {_WORDS[trial.part]} the same revision came under another idempotency key, or with another body"
        yield Note("F-13", "same again", same, words, _which(asked))
        trial.settled = True
        if trial.part == ENDED:
            words = f"after its token ended it asked for {trial.tokens} tokens, and one would do"
            yield Note("F-7", ENDED, same and trial.tokens == 1, words, _which(asked))
        elif same or trial.part in (LOST_KEPT, LOST_NOT_KEPT):
            yield Note(CLAUSE_OF[trial.part], trial.part, same, words, _which(asked))


def a_look_up(memory: Memory, asked: Asked) -> Iterator[Note]:
    """A look-up of what was kept and had no reply settles it."""
    for trial in memory.open():
        if trial.part == LOST_KEPT and asked.path == "/v1/messages/" + "/".join(map(str, trial.key)):
            trial.settled = True
            yield Note("F-19", LOST_KEPT, kept=True)


def as_time_goes(memory: Memory, now: datetime) -> Iterator[Note]:
    """What is known because nothing came."""
    for trial in memory.open():
        if trial.second_at is not None and now - trial.second_at >= STOPPED:
            trial.settled = True
            yield Note("F-7", REFUSED, kept=True)


def _stopped(memory: Memory, trial: Trial, asked: Asked) -> Iterator[Note]:
    """The second token is refused too: whoever asks for a third at once has not stopped."""
    if trial.second_at is None and asked.token and asked.token not in memory.ended:
        memory.ended.add(asked.token)
        trial.second_at = asked.at
    elif trial.second_at is not None and asked.path == "/oauth/token":
        trial.settled = True
        words = "after a second token was refused it asked for a third at once"
        yield Note("F-7", REFUSED, kept=False, words=words, about=_which(asked))


def _too_early(memory: Memory, asked: Asked) -> Iterator[Note]:
    if asked.method not in ("POST", "PUT") or not asked.path.startswith("/v1/"):
        return
    for trial in memory.trials:
        if trial.until is None or not trial.at < asked.at < trial.until - EARLY:
            continue
        if asked.name == trial.name or asked.at - trial.at > UNDER_WAY:
            early = (trial.until - asked.at).total_seconds()
            words = f"after {trial.part} with Retry-After something was sent {early:.1f} seconds too early"
            yield Note("F-26", trial.part, kept=False, words=words, about=_which(asked))


def _which(asked: Asked) -> str:
    return f"request {asked.number}"


_WORDS = {
    LOST_KEPT: "a lost reply",
    LOST_NOT_KEPT: "a lost reply",
    BUSY: "429",
    DOWN: "503",
    ENDED: "the end of its token",
    REDIRECTED: "a redirection",
}
