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
from rollbook_receiver.options import LONGEST_DAYS
from rollbook_receiver.tables import settings

REGULAR = ("day", "week")
SMALLEST = 5
JUDGED = ("missing_pupil_report", "penalty_notice_request", "support_referral")  # F-22: a return is made when given


class NotASetting(Exception):
    """A name or a value that is none. Its text says what would be one."""


@dataclass(frozen=True)
class Setting:
    """`read` makes the value of the words that a person typed; it raises NotASetting."""

    default: Any
    means: str
    read: Callable[[Sequence[str]], Any]


def _taken(words: Sequence[str]) -> list[str]:
    if other := [word for word in words if word not in KINDS]:
        raise NotASetting(f"{', '.join(other)}: not kinds of the feed. They are {', '.join(KINDS)}.")
    return [kind for kind in KINDS if kind in words]


def _kinds(words: Sequence[str]) -> list[str]:
    if other := [word for word in words if word not in JUDGED]:
        raise NotASetting(
            f"{', '.join(other)}: not kinds that a person may judge. They are {', '.join(JUDGED)}; returns and notices "
            "that the law asks for are made when they are given (clause F-22 of the feed)."
        )
    return sorted(set(words))


def _days(words: Sequence[str]) -> int:
    return _whole(words, 1, LONGEST_DAYS, f"One whole number of days, from 1 to {LONGEST_DAYS}.")


def _regular(words: Sequence[str]) -> list[str]:
    if set(words) - set(REGULAR):
        raise NotASetting(f"Choose from {', '.join(REGULAR)}, or none of them.")
    return sorted(set(words))


def _schools(words: Sequence[str]) -> list[int]:
    if not all(len(word) == 6 and word.isascii() and word.isdecimal() for word in words):
        raise NotASetting("A school is told by its URN of six digits.")
    return sorted({int(word) for word in words})


def _smallest(words: Sequence[str]) -> int:
    why = f"One whole number from {SMALLEST} to 100: fewer than {SMALLEST} pupils are never counted out."
    return _whole(words, SMALLEST, 100, why)


def _whole(words: Sequence[str], least: int, most: int, why: str) -> int:
    told = words[0] if len(words) == 1 and len(words[0]) <= 6 and words[0].isascii() and words[0].isdecimal() else "0"
    if not least <= int(told) <= most:
        raise NotASetting(why)
    return int(told)


SETTINGS = {
    "judged": Setting(
        list(JUDGED),
        "kinds of message that wait for an officer's yes or no; others are accepted as they come",
        _kinds,
    ),
    "keep_days": Setting(
        2192,
        "days that a record is kept after its last message, at least; the default is the six years for which a school "
        "keeps its registers (SI 2024/208 reg 7): what you keep, and why, is for your own schedule to say",
        _days,
    ),
    "kinds": Setting(
        list(KINDS),
        "kinds of message that schools' systems are asked for; of others only a withdrawal is taken",
        _taken,
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
    """Keep a choice and give its value: words, with commas as the list of settings prints them, or `none` alone. Raises
    NotASetting.
    """
    if name not in SETTINGS:
        raise NotASetting(f"There is no setting {name}. They are {', '.join(SETTINGS)}.")
    told = [part.strip() for word in words for part in word.split(",") if part.strip()]
    chosen = SETTINGS[name].read([] if told == ["none"] else told)
    connection.execute(delete(settings).where(settings.c.name == name))
    row = {"name": name, "value": json.dumps(chosen), "at": as_text(at), "who": who}
    connection.execute(insert(settings).values(**row))
    return chosen
