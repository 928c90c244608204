"""What the authority chooses, with its defaults. Kept in the database: every program on it sees a change at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from rollbook_feed import KINDS
from rollbook_receiver.moments import as_text
from rollbook_receiver.tables import settings

REGULAR = ("day", "week")
SMALLEST = 5


class NotASetting(Exception):
    """A name or a value that is none. Its text says what would be one."""


@dataclass(frozen=True)
class Setting:
    """`read` makes the value of the words that a person typed; it raises NotASetting."""

    default: Any
    means: str
    read: Callable[[Sequence[str]], Any]


def _kinds(words: Sequence[str]) -> list[str]:
    if unknown := [word for word in words if word not in KINDS]:
        raise NotASetting(f"{', '.join(unknown)}: not kinds of message. They are {', '.join(KINDS)}.")
    return sorted(set(words))


def _days(words: Sequence[str]) -> int:
    if len(words) != 1 or not words[0].isascii() or not words[0].isdecimal() or not 1 <= int(words[0][:6]) <= 36_525:
        raise NotASetting("One whole number of days, from 1 to 36525.")
    return int(words[0])


def _regular(words: Sequence[str]) -> list[str]:
    if set(words) - set(REGULAR):
        raise NotASetting(f"Choose from {', '.join(REGULAR)}, or none of them.")
    return sorted(set(words))


def _schools(words: Sequence[str]) -> list[int]:
    if not all(len(word) == 6 and word.isascii() and word.isdecimal() for word in words):
        raise NotASetting("A school is told by its URN of six digits.")
    return sorted({int(word) for word in words})


def _smallest(words: Sequence[str]) -> int:
    if len(words) != 1 or not words[0].isascii() or not words[0].isdecimal() or not SMALLEST <= int(words[0]) <= 100:
        raise NotASetting(
            f"One whole number from {SMALLEST} to 100: fewer than {SMALLEST} pupils are never counted out."
        )
    return int(words[0])


SETTINGS = {
    "judged": Setting(
        ["missing_pupil_report", "penalty_notice_request", "support_referral"],
        "kinds of message that wait for an officer's yes or no; others are accepted as they come",
        _kinds,
    ),
    "keep_days": Setting(
        2192,
        "days that a record is kept after its last message, at least; the default is the six years for which a school "
        "keeps its registers (SI 2024/208 reg 7): what you keep, and why, is for your own schedule to say",
        _days,
    ),
    "regular": Setting(list(REGULAR), "what every school is asked for regularly", _regular),
    "sessions": Setting(
        [], "URNs of the schools with which it is agreed that they send each pupil's sessions", _schools
    ),
    "smallest_group": Setting(SMALLEST, "how many pupils a row of a weekly summary must have to be shown", _smallest),
}


def value(connection: Connection, name: str) -> Any:
    """What the authority chose, or the default."""
    return meant(name, connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar())


def meant(name: str, held: str | None) -> Any:
    """The value of what is kept under a name, where anything is."""
    return SETTINGS[name].default if held is None else json.loads(held)


def choose(connection: Connection, name: str, words: Sequence[str], who: str, at: datetime) -> Any:
    """Keep a choice and give its value. Raises NotASetting."""
    if name not in SETTINGS:
        raise NotASetting(f"There is no setting {name}. They are {', '.join(SETTINGS)}.")
    chosen = SETTINGS[name].read(words)
    connection.execute(delete(settings).where(settings.c.name == name))
    row = {"name": name, "value": json.dumps(chosen), "at": as_text(at), "who": who}
    connection.execute(insert(settings).values(**row))
    return chosen
