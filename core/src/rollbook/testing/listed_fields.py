"""What a vendor's tests say of the fields of a recording: each with a text in it is listed, or nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rollbook.testing.invented import KINDS

PLAIN, SECRET = "plain", "secret"
_SECRET = re.compile(
    r"(.*(token|password|passwd|passphrase|secret|ticket|apikey)|key|session|sessionid|authorization|jwt)"
)
_GUESSES = {  # the first that fits the name of a field of which nothing is said
    "upn|uniquepupil": "upn",
    "surname|lastname|family": "surname",
    "forename|firstname|given|middlename|preferredname|knownas": "forename",
    "birth|dob|born": "dob",
    "postcode|postalcode|zip": "postcode",
    "phone|mobile": "telephone",
    "email": "email",
    "address|street|town|^home$": "address",
    "name|contact|parent|guardian|carer|tutor|teacher": "name",
    "pupil|student|learner|person|admission": "key",
    "note|comment|remark|reason|text|description|medical|photo": "text",
}


class Fields:
    """Of one vendor. A field is named by its own name, or with the one that it stands in: `parent.name`.

    personal: name -> kind, of `KINDS`. secrets, plain: names. Raises ValueError for a kind that there is not, and for a
    name that is listed twice.
    """

    def __init__(self, personal: Mapping[str, str], secrets: Iterable[str] = (), plain: Iterable[str] = ()) -> None:
        strange = sorted(set(personal.values()) - set(KINDS))
        if strange:
            raise ValueError(f"{strange[0]!r} is no kind of personal value; there are: {', '.join(KINDS)}")
        pairs = [*personal.items(), *((name, SECRET) for name in secrets), *((name, PLAIN) for name in plain)]
        self._listed = dict(pairs)
        twice = sorted(name for name in self._listed if len([one for one, _ in pairs if one == name]) > 1)
        if twice:
            raise ValueError(f"{twice[0]!r} is listed twice, in `personal`, `secrets` and `plain`: leave one")

    def kind(self, name: str, value: object = "") -> str | None:
        """PLAIN, SECRET or the kind of what stands in a field; None where nothing is said of it.

        A text is secret where the field's name says so, unless it is listed. A number is plain unless it is listed.
        """
        said = self._said(name)
        if said or not isinstance(value, str):
            return said or PLAIN
        plainly = re.sub(r"[^a-z0-9]", "", own_name(name).lower())
        return SECRET if _SECRET.fullmatch(plainly) else None

    def within(self, key: str, outer: str) -> str:
        """Whose name a value in an object bears: what a personal or secret field holds is so too, however deep."""
        name = f"{own_name(outer)}.{key}" if outer else key
        return outer if self._said(outer) not in (None, PLAIN) and self._said(name) in (None, PLAIN) else name

    def personal(self) -> list[str]:
        """The names that are listed as personal."""
        return [name for name, kind in self._listed.items() if kind in KINDS]

    def _said(self, name: str) -> str | None:
        return self._listed.get(name) or self._listed.get(own_name(name))


def own_name(name: str) -> str:
    """The name of a field without the one that it stands in."""
    return name.rpartition(".")[2]


def to_be_listed(names: Iterable[str]) -> str:
    """Lines to paste for fields of which nothing is said; which of them are personal is guessed by their names."""
    guessed = {name: _guess(name) for name in sorted(names)}
    personal = ", ".join(f'"{name}": "{kind}"' for name, kind in guessed.items() if kind)
    plain = "".join(f'"{name}", ' for name, kind in guessed.items() if not kind)
    return f"    personal={{{personal}}},\n    plain=({plain.strip()}),"


def _guess(name: str) -> str | None:
    plainly = re.sub(r"[^a-z0-9]", "", name.lower())
    return next((kind for words, kind in _GUESSES.items() if re.search(words, plainly)), None)
