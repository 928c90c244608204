"""Whom a message is about, in the forms in which another's words may name them; and those words without them.

An authority's reasons are words of somebody there, who may write a pupil's name, and the host shows and keeps them.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

LEFT_OUT = "(their words are left out: they name a person)"
LONGEST = 300
_OF_NOBODY = frozenset({"settings", "rule", "law"})  # and schools: none of it is a person's
_WHOLE = ("upn", "address", "postcode", "phone", "email", "number")  # parts of names of fields
_OF_NAMES = frozenset({"parent", "by", "to", "who", "recorder", "worker"})  # beside those with `name` in them
_STORIES = frozenset({"cause", "circumstances", "support_given", "parents_missing", "reason"})
_JOINING = frozenset({"and", "the"})
_STAFF = frozenset({"contact", "declaration"})  # of whose names a word may be that of an office
_DAYS_AND_MONTHS = frozenset(word.casefold() for word in (*calendar.day_name, *calendar.month_name) if word)
_DAY_FORMS = ("{d:%d/%m/%Y}", "{d.day}/{d.month}/{d.year}", "{d:%d-%m-%Y}", "{d:%d.%m.%Y}", "{d:%Y%m%d}")
_DAY_FORMS_IN_WORDS = ("{d.day} {d:%B} {d.year}", "{d.day} {d:%b} {d.year}", "{d.day}/{d.month}/{d:%y}", "{d:%d/%m/%y}")


def people_in(content: Mapping[str, Any]) -> frozenset[str]:
    """What names, finds or describes a person anywhere in a message's content: whole values, each word of a name, and
    the names in its free text. In small letters without accents, as `without_people` compares.
    """
    return frozenset(plain for form in _of(content, "") if len(plain := _plain(form)) > 1)


def without_people(text: str, people: frozenset[str]) -> str:
    """`text` on one line, cut to 300 characters; other words in its place where it holds one of `people`."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    plain = _plain(words)
    squeezed = _squeezed(plain)
    return LEFT_OUT if any(_names(person, plain, squeezed) for person in people) else words[:LONGEST]


def _names(person: str, plain: str, squeezed: str) -> bool:
    if re.search(rf"(?<!\w){re.escape(person)}(?!\w)", plain):
        return True
    number = _squeezed(person)  # "B8012 00005 001", "zz993wz", "01632960123"
    return len(number) > 5 and any(letter.isdigit() for letter in number) and number in squeezed


def _of(value: Any, field: str) -> Iterator[str]:
    """The forms of all that is said of persons in a value."""
    if isinstance(value, Mapping) and field in _STAFF:
        yield from (str(inner) for name, inner in value.items() if name != "role")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _OF_NOBODY and "school" not in name:
                yield from _of(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _of(inner, field)
    elif isinstance(value, str):
        yield from _forms(field, value)


def _forms(field: str, value: str) -> Iterator[str]:
    if "name" in field or field in _OF_NAMES:
        yield value
        yield from (word for word in re.findall(r"\w{3,}", value) if word.casefold() not in _JOINING)
    elif field == "dob":
        yield from _day_forms(value)
    elif any(part in field for part in _WHOLE):
        yield value
    elif field in _STORIES:
        yield from _named_in(value)


def _day_forms(value: str) -> Iterator[str]:
    yield value
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return
    yield from (form.format(d=day) for form in (*_DAY_FORMS, *_DAY_FORMS_IN_WORDS))


def _named_in(story: str) -> Iterator[str]:
    """The words that look like names: with a capital where no sentence begins, or before another such word, or `'s`."""
    for found in re.finditer(r"[^\W\d_]{3,}", story):
        word, before, after = found[0], story[: found.start()], story[found.end() :]
        begins = not before.strip() or before.rstrip().endswith((".", "!", "?"))
        like_a_name = not begins or re.match(r"['’]s|\s[A-ZÀ-Þ]", after)
        if word[0].isupper() and like_a_name and word.casefold() not in _DAYS_AND_MONTHS:
            yield word


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def _squeezed(plain: str) -> str:
    return re.sub(r"[\W_]", "", plain)
