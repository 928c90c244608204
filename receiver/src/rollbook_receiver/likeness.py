"""Whether a school's pupil is a person of the authority, and why: arithmetic on what is told, no database.

A UPN whose check letter is right finds a person; what else is told must agree, or it is a conflict. A name with a date
of birth proposes a person and never decides: two children can have both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MATCHED, PROPOSED, CONFLICT, UNMATCHED = "matched", "proposed", "conflict", "unmatched"
QUEUE = (CONFLICT, PROPOSED, UNMATCHED)
_LIVES = re.compile(r"; lives in the area of authority ([0-9]{3})")
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # in the order of their value


@dataclass(frozen=True)
class Told:
    """What identifies a pupil; `None` where it is not told. Dates are ISO texts."""

    surname: str
    forename: str
    dob: str
    upn: str | None = None
    former_upn: str | None = None
    preferred_surname: str | None = None
    preferred_forename: str | None = None
    home_la: str | None = None

    @classmethod
    def of(cls, pupil: Mapping[str, Any]) -> Told:
        """From the part `pupil` of a message that has no problems."""
        return cls(**{name: pupil[name] for name in cls.__dataclass_fields__ if name in pupil})


@dataclass(frozen=True)
class Person:
    """A person of the authority."""

    id: int
    told: Told
    reference: str | None = None


@dataclass(frozen=True)
class Finding:
    """What was found. `person` is set where one was; `likely` are the others that an officer may mean."""

    state: str
    words: str
    person: int | None = None
    likely: tuple[int, ...] = field(default=())


def upn_stands(upn: str | None) -> bool:
    """Whether a UPN is there and its check letter is that of the rest: each value times its place (2 to 13), modulo
    23 (DfE, Unique Pupil Numbers guide)."""
    if upn is None or len(upn) != 13 or not all(c.isdecimal() or c in _LETTERS for c in upn) or upn[0] not in _LETTERS:
        return False
    values = [int(c) if c.isdecimal() else _LETTERS.index(c) for c in upn[1:]]
    return _LETTERS[sum(value * place for place, value in enumerate(values, start=2)) % 23] == upn[0]


def find(told: Told, people: Sequence[Person]) -> Finding:
    """Who of `people` it is: all who have one of the UPNs told, or the same date of birth."""
    for found, words in ((_by_upn, "same UPN"), (_by_former, "same former UPN")):
        held = [person for person in people if found(told, person.told)]
        if held:
            return _known(told, held, words)
    alike = [person for person in people if _same_child(told, person.told)]
    if not alike:
        near = _ids(person for person in people if len(differences(told, person.told)) == 1)
        words = f"nobody has this UPN, or this name with this date of birth{_beside(told)}"
        return Finding(UNMATCHED, words, None, near)
    why = "the UPN is another" if upn_stands(told.upn) else "no UPN that stands was told"
    if upn_stands(told.upn) and not any(upn_stands(person.told.upn) for person in alike):
        why = "the authority's list has no UPN for them"
    many = f"; {len(alike)} people have them" if len(alike) > 1 else ""
    one = alike[0].id if len(alike) == 1 else None
    return Finding(PROPOSED, f"same name and date of birth; {why}{many}{_beside(told)}", one, _ids(alike))


def differences(told: Told, person: Told) -> list[str]:
    """What the two say differently: forename, surname, date of birth. A name that the other prefers is the same."""
    found = []
    if not _names(told.forename, told.preferred_forename) & _names(person.forename, person.preferred_forename):
        found.append("forename")
    if not _names(told.surname, told.preferred_surname) & _names(person.surname, person.preferred_surname):
        found.append("surname")
    if told.dob != person.dob:
        found.append("date of birth")
    return found


def listed(names: list[str]) -> str:
    """As they are said: with commas, and an "and" before the last."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def another_upn(told: Told, before: Told) -> bool:
    """Whether both have a UPN that stands, and neither is the other's or the one that went before it."""
    stand = upn_stands(told.upn) and upn_stands(before.upn)
    return stand and not {told.upn, told.former_upn} & {before.upn, before.former_upn} - {None}


def living(words: str, home_la: str | None) -> str:
    """The words with where the pupil lives now: in another authority's area, or (None) not so."""
    return _LIVES.sub("", words) + _lives(home_la)


def lives(words: str) -> str | None:
    """The other authority in whose area these words say that the pupil lives."""
    found = _LIVES.search(words)
    return found[1] if found else None


def _known(told: Told, held: list[Person], words: str) -> Finding:
    if len(held) > 1:
        return Finding(CONFLICT, f"{len(held)} people have this UPN{_beside(told)}", None, _ids(held))
    unlike = differences(told, held[0].told)
    if unlike:
        verb = "differs" if len(unlike) == 1 else "differ"
        return Finding(CONFLICT, f"{words}; {listed(unlike)} {verb}{_beside(told)}", held[0].id, _ids(held))
    return Finding(MATCHED, f"{words}, name and date of birth{_beside(told)}", held[0].id)


def _by_upn(told: Told, person: Told) -> bool:
    return upn_stands(told.upn) and told.upn == person.upn


def _by_former(told: Told, person: Told) -> bool:
    mine = {upn for upn in (told.upn, told.former_upn) if upn_stands(upn)}
    theirs = {upn for upn in (person.upn, person.former_upn) if upn_stands(upn)}
    return bool(mine & theirs)


def _same_child(told: Told, person: Told) -> bool:
    return not differences(told, person)


def _beside(told: Told) -> str:
    """What an officer is to know of the pupil whatever was found."""
    said = ""
    if told.upn is not None and not upn_stands(told.upn):
        said += "; the UPN's check letter is wrong, so it was not used"
    return said + _lives(told.home_la)


def _lives(home_la: str | None) -> str:
    return f"; lives in the area of authority {home_la}" if home_la else ""


def _names(*names: str | None) -> set[str]:
    """As they are compared: without accents, case, spaces and punctuation."""
    return {_plain(name) for name in names if name}


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in letters if c.isalnum()) or name


def _ids(people: Iterable[Person]) -> tuple[int, ...]:
    return tuple(person.id for person in people)
