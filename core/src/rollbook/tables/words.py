"""The words that the optional tables use: flags, attempts to reach a family, notices, where a leaver went."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Flag(StrEnum):
    """What may be said of a pupil for a spell of days. Any other word is a group that a school defines itself."""

    FREE_SCHOOL_MEALS = "fsm"
    SEN_SUPPORT = "sen_support"
    EDUCATION_HEALTH_CARE_PLAN = "ehcp"
    LOOKED_AFTER = "looked_after"
    PREVIOUSLY_LOOKED_AFTER = "previously_looked_after"
    SOCIAL_WORKER = "social_worker"
    FORMERLY_SOCIAL_WORKER = "formerly_social_worker"
    YOUTH_JUSTICE = "youth_justice"
    ENGLISH_ADDITIONAL = "eal"
    YOUNG_CARER = "young_carer"
    TRAVELLER = "traveller"
    SERVICE_CHILD = "service_child"
    CHILD_IN_NEED = "child_in_need"
    MEDICAL = "medical"  # a medical condition, or a health plan
    BULLIED = "bullied"
    PART_TIME_TIMETABLE = "part_time_timetable"  # agreed for the days of the spell: what code C2 rests on


class ContactType(StrEnum):
    """How a family was tried."""

    CALL = "call"
    TEXT = "text"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"
    OTHER = "other"


class ContactOutcome(StrEnum):
    """What came of it. With the first two it is known where the child is."""

    SEEN = "seen"  # the child was seen
    REACHED = "reached"  # a parent, a carer or the child answered
    MESSAGE_LEFT = "message_left"
    NO_ANSWER = "no_answer"
    NOT_KNOWN_THERE = "not_known_there"  # the number or the address is not theirs


class NoticeKind(StrEnum):
    """What was issued to a parent. An empty one is a penalty notice."""

    PENALTY = "penalty"
    IMPROVE = "improve"  # a notice to improve: a last warning, with some weeks to improve in


class NoticeOutcome(StrEnum):
    """What became of a notice. An empty one is not known."""

    PAID = "paid"
    UNPAID = "unpaid"
    PROSECUTED = "prosecuted"
    WITHDRAWN = "withdrawn"


class Destination(StrEnum):
    """Where a leaver went, when it is not a school with a URN. An empty one was not stated, and `unknown` was."""

    HOME = "home"  # educated otherwise than at school
    ABROAD = "abroad"
    OTHER = "other"  # known, and none of these: a college, a school without a URN, work
    UNKNOWN = "unknown"


GROUNDS: Mapping[str, str] = {
    "a": "registered at another school",
    "b": "finished nursery and does not move up",
    "c": "registered at two schools, and goes to the other alone",
    "d": "the school attendance order names another school now",
    "e": "the school attendance order was revoked",
    "f": "educated otherwise than at school",
    "g": "moved too far away, and will not attend again",
    "h": "did not return within ten school days of granted leave",
    "i": "continuously absent for twenty school days",
    "j": "detained under a sentence of detention",
    "k": "died",
    "l": "over compulsory school age",
    "m": "boarding fees unpaid",
    "n": "ceased to be a pupil of an independent or non-maintained special school",
    "o": "permanently excluded",
}
"""The grounds of deletion, SI 2024/208 reg 9(1), by letter, in our own words. Several letters are secondary: check."""
