"""What each kind of case is called in a sentence. The words go into messages: no pupil, no name, no number of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True)
class Words:
    """name: what the case, and the message of it, is called. thing: what the case is of, after "the register shows".
    opened: why it was opened, with {first}, {reached} and figures of the finding. goes_on, ended: whether it still
    does, as sentences. one_day: it is of a single day, and has no first and last. rests_on: what shows it.
    """

    name: str
    thing: str
    opened: str
    goes_on: str
    ended: str
    one_day: bool = False
    rests_on: str = "The register"


_MET: Final = "began on {first} met the rule on {reached}."
_ABSENCE: Final = ("this absence", f"An absence that {_MET}", "The absence goes on.", "The absence has ended")
_YEAR_OVER: Final = "The school year that it fell in is over"
_OF_KIND: Final[Mapping[str, Words]] = {
    "attendance_return": Words("attendance return", *_ABSENCE),
    "attendance_followup": Words(
        "attendance follow-up",
        "this further month of an absence",
        "An absence that a return was due of went on into another month, on {reached}.",
        "The absence goes on in that month.",
        "That month of the absence has ended",
    ),
    "irregular": Words(
        "irregular attendance return",
        "this number of unauthorised absences",
        "Unauthorised absences since {first} reached the authority's number on {reached}.",
        "The authority's number stands reached.",
        "The number no longer stands: the school year is over, or the pupil is no longer on the roll",
    ),
    "sickness_return": Words(
        "sickness return",
        "this spell of illness",
        "A spell of illness began on {first}; on {reached} the year's total was at the rule's number, or above it.",
        "The spell of illness goes on.",
        "The spell of illness has ended",
    ),
    "new_pupil_return": Words(
        "new pupil return",
        "this entry in the admission register",
        "A name was entered in the admission register on {reached}.",
        "The entry stands.",
        _YEAR_OVER,
        one_day=True,
    ),
    "deletion_return": Words(
        "deletion return",
        "this deletion from the admission register",
        "The last day on the roll was {reached}.",
        "The deletion stands.",
        _YEAR_OVER,
        one_day=True,
    ),
    "support_referral": Words(
        "support referral",
        "this share of absence",
        "Absence since {first} was, on {reached}, at the share from which support is asked for.",
        "The share stands.",
        "The share no longer stands: it fell, the school year is over, or the pupil is no longer on the roll",
    ),
    "penalty_notice": Words(
        "penalty notice request",
        "these unauthorised absences",
        "Unauthorised absences since {first} reached the threshold on {reached}.",
        "The threshold stands reached.",
        "The threshold is no longer reached",
    ),
    "ground_review": Words("review of a ground for deletion", *_ABSENCE),
    "missing": Words(
        "missing pupil report",
        "this child as missing",
        f"{{called}}: what {_MET}",
        "It is still not known where the child is.",
        "It is over: the child was seen, or somebody was reached, or a place is known",
        rests_on="The register, or the log of contacts,",
    ),
    "transfer_file": Words(
        "transfer file",
        "this leaver without a known destination",
        "A pupil left the roll, and by the first school day after, {reached}, it is not known where to.",
        "It is still not known where the child went.",
        "It is over: a place is known, or the child is past compulsory school age",
    ),
    "worker_notice": Words(
        "worker notice",
        "this unexplained absence",
        "An unexplained absence of a child with a worker, who is to be told of it, began on {first}.",
        "The absence goes on.",
        "The absence has ended, or has been explained",
    ),
    "worker_notice_deletion": Words(
        "worker deletion notice",
        "this coming deletion",
        "The name of a child with a worker, who is to be told of it, leaves the roll; they are told from {reached}.",
        "The worker is still to be told.",
        "The time to tell the worker is over",
    ),
}
_ANY: Final = Words("", "what it counts", f"What {_MET}", "It goes on.", "It has ended")


def words_of(kind: str) -> Words:
    """The words of a kind of case; plain ones for the rule of a plugin, which is called by its id."""
    return _OF_KIND.get(kind) or replace(_ANY, name=kind)
