"""What a recording must not keep, replaced by what nobody is called: the same value always by the same.

Which fields of the vendor's hold what is said by the vendor's tests: `{"surname": "surname", "birthday": "dob"}`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from rollbook.tables.checks import upn_check_letter
from rollbook.testing.people import FORENAMES, STREETS, SURNAMES

SCRUBBED = "scrubbed"
SHORTEST = 4  # a value of fewer letters may stand in any text by chance
_UPN = re.compile(r"\b[A-Z][0-9]{11}[0-9A-Z]\b")


class NotScrubbed(Exception):
    """Something personal, or a secret, would be kept: nothing is written. The text names the field, not the value."""


class Scrubber:
    """Of one recording.

    personal: a field's name in JSON -> what it holds, one of `KINDS`. secrets: names of fields, of parameters and of
    form fields that hold a secret. known: values that are invented already, and stay.
    """

    def __init__(self, personal: Mapping[str, str], secrets: Iterable[str] = (), known: Iterable[str] = ()) -> None:
        strange = sorted(set(personal.values()) - set(KINDS))
        if strange:
            raise ValueError(f"{strange[0]!r} is no kind of personal value; there are: {', '.join(KINDS)}")
        self._personal = dict(personal)
        self._secrets = frozenset(secrets)
        self._known = frozenset(known)
        self._replaced: dict[str, str] = {}

    def body(self, text: str) -> str:
        """A body without what is personal and secret. Raises NotScrubbed when it is neither JSON nor a form."""
        if not text.strip():
            return text
        try:
            said = json.loads(text)
        except ValueError:
            return self._form(text)
        walked = self._walked(said)
        self._check(walked)
        return json.dumps(walked, ensure_ascii=False, separators=(",", ":"))

    def query(self, text: str) -> str:
        """The query of an address without its secrets."""
        pairs = parse_qsl(text, keep_blank_values=True)
        return urlencode([(name, SCRUBBED if name in self._secrets else value) for name, value in pairs])

    def strangers(self, text: str) -> list[str]:
        """The fields, in a body that was recorded, whose value may be somebody's; and UPNs that nobody invented."""
        try:
            said = json.loads(text)
        except ValueError:
            said = None
        found = [
            f"{name} holds a value that was not invented"
            for name, value in self._named(said)
            if name in self._personal and not self._invented(self._personal[name], value)
        ]
        found += [
            f"{name} holds a secret" for name, value in self._named(said) if name in self._secrets and value != SCRUBBED
        ]
        upns = [upn for upn in _UPN.findall(text) if not self._invented("upn", upn)]
        return sorted(set(found)) + (["a UPN that was not invented"] if upns else [])

    def _walked(self, said: Any, name: str = "") -> Any:
        if isinstance(said, dict):
            return {key: self._walked(value, self._named_by(key, name)) for key, value in said.items()}
        if isinstance(said, list):
            return [self._walked(value, name) for value in said]
        if said in (None, "", True, False):
            return said
        if name in self._secrets:
            return SCRUBBED
        kind = self._personal.get(name)
        return said if kind is None or self._invented(kind, str(said)) else self._other(kind, str(said))

    def _named_by(self, key: str, outer: str) -> str:
        """Whose name a value in an object bears: what a personal field holds is personal, however deep."""
        own = key in self._personal or key in self._secrets
        return outer if not own and (outer in self._personal or outer in self._secrets) else key

    def _named(self, said: Any, name: str = "") -> list[tuple[str, str]]:
        """Every plain value in it that is not empty, with the name of its field."""
        if isinstance(said, dict):
            return [pair for key, value in said.items() for pair in self._named(value, self._named_by(key, name))]
        if isinstance(said, list):
            return [pair for value in said for pair in self._named(value, name)]
        return [] if said in (None, "", True, False) else [(name, str(said))]

    def _other(self, kind: str, value: str) -> str:
        number = int.from_bytes(hashlib.sha256(value.encode()).digest()[:6])
        self._replaced[value] = KINDS[kind][0](number, value)
        return self._replaced[value]

    def _invented(self, kind: str, value: str) -> bool:
        return value in self._known or KINDS[kind][1](value)

    def _check(self, said: Any) -> None:
        """None of what was replaced stands anywhere else. Raises NotScrubbed, naming the field."""
        gone = [value for value in self._replaced if len(value) >= SHORTEST]
        if not gone:
            return
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, gone))})(?!\w)")
        for name, value in self._named(said):
            if pattern.search(value):
                raise NotScrubbed(f"A value that was replaced stands in {name!r} too: name that field in `personal`.")

    def _form(self, text: str) -> str:
        pairs = parse_qsl(text, keep_blank_values=True)
        if not pairs or "<" in text or "\n" in text.strip():
            raise NotScrubbed("A body is neither JSON nor a form: it cannot be scrubbed, and is not recorded.")
        return urlencode([(name, SCRUBBED if name in self._secrets else value) for name, value in pairs])


def _upn(number: int, _: str) -> str:
    rest = f"000{number % 10**9:09d}"  # no authority has the number 000
    return upn_check_letter(rest) + rest


def _dob(_: int, value: str) -> str:
    """Every day in it becomes the first of September of its year."""
    return _UK_DAY.sub(r"01/09/\1", _DAY.sub(r"\1-09-01", value))


_DAY = re.compile(r"(\d{4})-\d{2}-\d{2}")
_UK_DAY = re.compile(r"\d{1,2}/\d{1,2}/(\d{4})")
_WORDS = frozenset((*FORENAMES, *SURNAMES))
KINDS: Mapping[str, tuple[Callable[[int, str], str], Callable[[str], bool]]] = {
    "forename": (lambda n, _: FORENAMES[n % len(FORENAMES)], lambda value: value in _WORDS),
    "surname": (lambda n, _: SURNAMES[n % len(SURNAMES)], lambda value: value in _WORDS),
    "name": (
        lambda n, _: f"{FORENAMES[n % len(FORENAMES)]} {SURNAMES[n // 64 % len(SURNAMES)]}",
        lambda value: _is_full_name(value),
    ),
    "upn": (_upn, lambda value: value[1:4] == "000"),
    "dob": (_dob, lambda value: _dob(0, value) == value),
    "address": (
        lambda n, _: f"{n % 90 + 1} {STREETS[n % len(STREETS)]}",
        lambda value: any(s in value for s in STREETS),
    ),
    "postcode": (lambda n, _: f"ZX{n % 9 + 1} {n % 8 + 1}QT", lambda value: value.startswith("ZX")),
    "telephone": (lambda n, _: f"07700 900{n % 1000:03d}", lambda value: value.replace(" ", "").startswith("07700900")),
    "email": (lambda n, _: f"person{n % 10**6}@example.org", lambda value: value.endswith("@example.org")),
    "text": (lambda _n, _v: SCRUBBED, lambda value: value == SCRUBBED),
}
"""What a field may hold: how another value is invented, and how an invented one is known."""


def _is_full_name(value: str) -> bool:
    return any(value == f"{first} {last}" for first in FORENAMES if value.startswith(first) for last in SURNAMES)


def days_of(value: date) -> tuple[str, ...]:
    """How a day of a made-up school may be written."""
    return (value.isoformat(), f"{value.isoformat()} 00:00:00", f"{value:%d/%m/%Y}")
