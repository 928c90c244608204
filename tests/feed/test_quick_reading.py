"""What is read quickly is what marshmallow finds nothing wrong with."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from rollbook_feed import example
from rollbook_feed.fields import Part
from rollbook_feed.from_authority import NEWS_CONTENTS
from rollbook_feed.from_school import CONTENTS
from rollbook_feed.message import Envelope
from rollbook_feed.news import News
from rollbook_feed.quick import form, well_formed
from rollbook_feed.regular import REGULAR

WHOLE = [("message", Envelope, example("deletion_return")), ("news", News, example("notice_outcome"))]
INSIDE = [(kind, part, example(kind)["content"]) for kind, part in {**CONTENTS, **NEWS_CONTENTS}.items()]
ALL: list[tuple[str, type[Part], Any]] = [*WHOLE, *INSIDE, *[(kind, REGULAR[kind], example(kind)) for kind in REGULAR]]
ODD = (
    None,
    "",
    " ",
    "x",
    "a\0b",
    "2026-02-30",
    "2026-10-05",
    0,
    -1,
    7,
    1.0,
    1.5,
    2**70,
    True,
    [],
    {},
    [None],
    ["x"] * 101,
)


def places(said: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in it."""
    for name, inner in said.items() if isinstance(said, dict) else enumerate(said):
        yield (*at, name)
        if isinstance(inner, dict | list):
            yield from places(inner, (*at, name))


def changed(said: Any, chance: random.Random) -> Any:
    """With one thing taken out, replaced, added or doubled."""
    made = copy.deepcopy(said)
    *way, name = chance.choice(list(places(said)))
    place = made
    for step in way:
        place = place[step]
    match chance.choice(["out", "other", "other", "other", "more"]):
        case "out":
            del place[name]
        case "other":
            place[name] = chance.choice(ODD)
        case _ if isinstance(place, dict):
            place["favourite_colour"] = "green"
        case _:
            place.append(copy.deepcopy(place[name]))
    return made


@pytest.mark.parametrize(("kind", "part", "said"), ALL, ids=[row[0] for row in ALL])
def test_the_example_is_read_quickly(kind: str, part: type[Part], said: Any) -> None:
    assert well_formed(part, said)


@pytest.mark.parametrize(("kind", "part", "said"), ALL, ids=[row[0] for row in ALL])
def test_nothing_is_read_quickly_that_marshmallow_refuses(kind: str, part: type[Part], said: Any) -> None:
    chance, found = random.Random(kind), set()
    for _ in range(60):
        odd = changed(said, chance)
        right = not form(part).validate(odd)
        assert well_formed(part, odd) is right
        found.add(right)
    assert found == {True, False}


@pytest.mark.parametrize("odd", [None, [], "text", 7, [{}]])
def test_what_is_no_object_is_not_well_formed(odd: Any) -> None:
    assert not well_formed(Envelope, odd)
