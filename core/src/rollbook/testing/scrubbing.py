"""What a recording must not keep, replaced by what nobody is called: the same value always by the same.

Which fields of the vendor's hold what is said by the vendor's tests: `{"surname": "surname", "birthday": "dob"}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus, urlencode

from rollbook.testing.invented import KINDS, SCRUBBED, key_like, number_of
from rollbook.testing.listed_fields import PLAIN, SECRET, Fields, own_name, to_be_listed

SHORTEST = 4  # a value of fewer letters may stand in any text by chance
SHORTEST_SECRET = 6  # one of fewer is replaced where it is the whole of a value
_UPN = re.compile(r"\b[A-Z][0-9]{11}[0-9A-Z]\b")
_PARAMETER = re.compile(r"(?<=[?&])([^=&#]+)=([^&#]*)")
_PIECE = re.compile(r"[^/?&=#,;()']+")
_WORD = re.compile(r"(?<![\w-])[\w-]+")
_LINK = re.compile(r"(https?://|/\w)\S*")


class NotScrubbed(Exception):
    """Something personal, or a secret, would be kept: nothing is written. The text names the field, not the value."""


class Scrubber:
    """Of one recording: first everything is told to `meet`, then `body` and `address` replace, then `check`.

    personal: a field's name in JSON -> what it holds, one of `KINDS`. secrets, plain: names of fields, of parameters
    and of form fields. known: values that are invented already, and stay.
    values: secrets, replaced wherever they stand.
    """

    def __init__(
        self,
        personal: Mapping[str, str],
        secrets: Iterable[str] = (),
        known: Iterable[str] = (),
        plain: Iterable[str] = (),
        values: Iterable[str] = (),
    ) -> None:
        self.fields = Fields(personal, secrets, plain)
        self.seen: set[str] = set()
        self._known = set(known)
        self._values = sorted({*values} - {"", SCRUBBED}, key=len, reverse=True)  # one may hold another
        self._unlisted: set[str] = set()
        self._keys: dict[str, str] = {}
        self._replaced: dict[str, str] = {}
        self._left: set[str] = set()

    @property
    def keys(self) -> list[str]:
        """The keys that were invented."""
        return sorted(self._keys.values())

    def meet(self, body: str, address: str = "") -> None:
        """Learn which fields there are and which keys must go. Raises NotScrubbed as `body`."""
        said, _ = _read(body)
        asked = _asked(address)
        self.seen |= set(names_in(self.fields, [said, asked]))
        _walk(self.fields, [said, asked], self._met)
        _walk(self.fields, said, self._listed)

    def agree(self, elsewhere: Iterable[str] = ()) -> None:
        """Raises NotScrubbed for fields of which nothing is said, and for personal ones that are in no recording.

        `elsewhere`: the fields of other recordings. One without anybody in it (a sign-in) need not have all.
        """
        personal = set(self.fields.personal())
        somebody = bool(personal & self.seen or self._unlisted)
        lacking = sorted(personal - self.seen - set(elsewhere)) if somebody else []
        texts = []
        if self._unlisted:
            texts.append(
                "These fields hold text, and nothing is said of them. Those that say something of a person go into "
                f"`personal` with what they hold ({', '.join(KINDS)}), the others into `plain` (guessed here by their "
                "names alone: look at each):\n" + to_be_listed(self._unlisted)
            )
        if lacking:
            texts.append(no_such(lacking, self.seen))
        if texts:
            raise NotScrubbed("\n".join(texts))
        self._invent_keys()

    def body(self, text: str) -> str:
        """A body without what is personal and secret. Raises NotScrubbed when it is neither JSON nor a form."""
        said, write = _read(text)
        return write(_walk(self.fields, said, self._other)) if text.strip() else text

    def address(self, text: str) -> str:
        """An address without secrets, and with invented keys: as parts of its path, and as values of parameters."""
        made = _PARAMETER.sub(lambda one: f"{one[1]}={self._parameter(unquote_plus(one[1]), one[2])}", text)
        return _PIECE.sub(lambda one: self._piece(one[0]), self._without_secrets(made))

    def check(self, body: str, address: str = "") -> None:
        """None of what was replaced stands anywhere else. Raises NotScrubbed, naming the fields."""
        gone = [value for value in {*self._replaced, *self._keys} if len(value) >= SHORTEST]
        if not gone:
            return
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, gone))})(?!\w)")
        said = _read(body)[0]
        found = {name for name in names_in(self.fields, said) if pattern.search(own_name(name))}

        def look(name: str, value: Any) -> Any:
            if pattern.search(str(value)) and (isinstance(value, str) or len(str(value)) > SHORTEST):
                found.add(own_name(name))

        _walk(self.fields, [said, _asked(address), {"the address": unquote_plus(address.partition("?")[0])}], look)
        if found:
            named = ", ".join(map(repr, sorted(found)))
            raise NotScrubbed(f"A value that was replaced stands in {named} too: name that field in `personal`.")

    def strangers(self, text: str, address: str = "") -> list[str]:
        """The fields, in a body or an address that was recorded, whose value may be somebody's, and those that are not
        listed; and UPNs that nobody invented. Parameters of an address need not be listed."""
        found: set[str] = set()

        def look(name: str, value: Any) -> Any:
            kind, own = self.fields.kind(name, value), own_name(name)
            if kind is None:
                found.add(f"{own} is listed neither in `personal` nor in `plain`")
            elif kind == SECRET and value != SCRUBBED:
                found.add(f"{own} holds a secret")
            elif kind in KINDS and not self._invented(kind, str(value)):
                found.add(f"{own} holds a value that was not invented")

        try:
            said, _ = _read(text)
        except NotScrubbed:
            return ["a body is neither JSON nor a form"]
        asked = {name: value for name, value in _asked(address).items() if self.fields.kind(name) is not None}
        self.seen |= set(names_in(self.fields, [said, asked]))
        _walk(self.fields, [said, asked], look)
        upns = [upn for upn in _UPN.findall(f"{unquote_plus(address)} {text}") if not self._invented("upn", upn)]
        return sorted(found) + (["a UPN that was not invented"] if upns else [])

    def _invent_keys(self) -> None:
        taken = self._known | {one for one in self._keys if len(one) >= SHORTEST}
        for number, value in enumerate([*self._keys]):
            self._keys[value] = key_like(value, number, taken)
            taken.add(self._keys[value])
        self._known |= set(self._keys.values())

    def _met(self, name: str, value: Any) -> Any:
        if self.fields.kind(name, value) == "key" and not self._invented("key", str(value)):
            self._keys.setdefault(str(value), str(value))

    def _listed(self, name: str, value: Any) -> Any:
        if self.fields.kind(name, value) is None:
            self._unlisted.add(own_name(name))

    def _other(self, name: str, value: Any) -> Any:
        kind = self.fields.kind(name, value)
        if kind == SECRET:
            return SCRUBBED
        if kind is None or kind not in KINDS:
            return self._plain(value) if isinstance(value, str) else value
        made = self._instead(kind, str(value))
        return int(made) if isinstance(value, int) and kind == "key" else made

    def _plain(self, text: str) -> str:
        """Without secrets; with invented keys where it is a link, or says more than a key (a query, a sentence)."""
        made = self._without_secrets(text)
        if _LINK.fullmatch(made):
            return self.address(made)
        return _WORD.sub(lambda one: self._key(one[0]), made) if made not in self._keys else made

    def _instead(self, kind: str, value: str) -> str:
        if kind == "key":
            return self._keys.get(value, value)
        if not self._invented(kind, value):
            self._replaced[value] = KINDS[kind][0](number_of(value) % 2**48, value)
        return self._replaced.get(value, value)

    def _parameter(self, name: str, raw: str) -> str:
        said = self.fields.kind(name) not in (None, PLAIN)
        return quote_plus(str(self._other(name, unquote_plus(raw)))) if said and raw else raw

    def _piece(self, raw: str) -> str:
        text = unquote_plus(raw)
        made = SCRUBBED if text in self._values else self._key(text)
        return raw if made == text else quote(made, safe="")

    def _key(self, text: str) -> str:
        return self._keys.get(text, text) if len(text) >= SHORTEST else text

    def _without_secrets(self, text: str) -> str:
        for value in self._values:
            for written in {value, quote(value), quote(value, safe=""), quote_plus(value)}:
                text = text.replace(written, SCRUBBED) if len(value) >= SHORTEST_SECRET else text
            text = SCRUBBED if text == value else text
        return text

    def _invented(self, kind: str, value: str) -> bool:
        return value in self._known or KINDS[kind][1](value)


def no_such(names: Iterable[str], there: Iterable[str]) -> str:
    """That names are listed as personal, and that there are no fields of that name."""
    listed, known = ", ".join(map(repr, names)), ", ".join(sorted({own_name(name) for name in there} - {""}))
    return f"Listed in `personal`, but in no recording: {listed}. The fields there are: {known}."


def names_in(fields: Fields, said: Any, name: str = "") -> list[str]:
    """Every name of a field in it, with and without the one that it stands in."""
    if isinstance(said, dict):
        found = [one for key in said for one in (key, fields.within(key, name))]
        return found + [one for key, value in said.items() for one in names_in(fields, value, fields.within(key, name))]
    return [one for value in said for one in names_in(fields, value, name)] if isinstance(said, list) else []


def _walk(fields: Fields, said: Any, leaf: Callable[[str, Any], Any], name: str = "") -> Any:
    """The same with each plain value that is not empty replaced by what `leaf` makes of its field's name and it."""
    if isinstance(said, dict):
        return {key: _walk(fields, value, leaf, fields.within(key, name)) for key, value in said.items()}
    if isinstance(said, list):
        return [_walk(fields, value, leaf, name) for value in said]
    return said if said is None or said == "" or isinstance(said, bool) else leaf(name, said)


def _read(text: str) -> tuple[Any, Callable[[Any], str]]:
    """A body, and how it is written again. Raises NotScrubbed when it is neither JSON nor a form."""
    if not text.strip():
        return None, lambda _: text
    try:
        return json.loads(text), lambda said: json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        pairs = parse_qsl(text, keep_blank_values=True)
    if not pairs or "<" in text or "\n" in text.strip():
        raise NotScrubbed("A body is neither JSON nor a form: it cannot be scrubbed, and is not recorded.")
    return [{name: value} for name, value in pairs], lambda said: urlencode(
        [pair for one in said for pair in one.items()]
    )


def _asked(address: str) -> dict[str, str]:
    return {unquote_plus(name): unquote_plus(value) for name, value in _PARAMETER.findall(address)}
