"""Every kind of message, news and regular body: its example is well formed, and nothing required may be missing."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from rollbook_feed import KINDS, NEWS_KINDS, REGULAR_KINDS, example, news_problems, problems, regular_problems
from rollbook_feed.examples import NAMES
from rollbook_feed.from_authority import NEWS_CONTENTS
from rollbook_feed.from_school import CONTENTS
from rollbook_feed.judging import required
from rollbook_feed.quick import form
from rollbook_feed.regular import REGULAR
from support.feed_forms import fields_of, strangers, without

ALL = {
    **{kind: (CONTENTS[kind], "content", problems) for kind in KINDS},
    **{kind: (NEWS_CONTENTS[kind], "content", news_problems) for kind in NEWS_KINDS},
    **{kind: (REGULAR[kind], "", lambda body, kind=kind: regular_problems(kind, body)) for kind in REGULAR_KINDS},
}


def required_paths() -> Iterator[Any]:
    for kind, (part, inside, _) in ALL.items():
        for path in required(form(part)):
            yield pytest.param(kind, [inside, *path.split(".")] if inside else path.split("."), id=f"{kind}:{path}")


def test_every_kind_has_an_example_and_every_example_a_kind() -> None:
    assert set(NAMES) == {*ALL, "amendment", "withdrawal"}


@pytest.mark.parametrize("kind", ALL)
def test_the_example_is_well_formed(kind: str) -> None:
    assert ALL[kind][2](example(kind)) == []


@pytest.mark.parametrize("name", ["amendment", "withdrawal"])
def test_the_example_of_a_later_revision_is_well_formed(name: str) -> None:
    assert problems(example(name)) == []


@pytest.mark.parametrize(("kind", "path"), list(required_paths()))
def test_each_required_field_is_missed(kind: str, path: list[str]) -> None:
    found = ALL[kind][2](without(example(kind), path))
    assert "/" + "/".join(path) in [row["pointer"] for row in found]


@pytest.mark.parametrize("kind", ALL)
def test_a_field_that_the_kind_does_not_list_is_refused(kind: str) -> None:
    said = example(kind)
    said.get("content", said)["ethnicity"] = "not asked for"
    assert [row["problem"] for row in ALL[kind][2](said)] == ["the feed has no such field"]


@pytest.mark.parametrize("kind", ALL)
def test_every_field_says_whether_it_is_needed_and_why(kind: str) -> None:
    for path, field in fields_of(ALL[kind][0]):
        need = field.metadata["need"]
        assert need in ("required", "optional") or need.startswith("conditional: "), path
        assert (need == "required") == field.required, path
        assert field.metadata["why"].strip(), path


@pytest.mark.parametrize("kind", KINDS)
def test_an_amendment_of_each_kind_says_why(kind: str) -> None:
    said = example(kind) | {"action": "amend", "revision": 2}
    assert [row["pointer"] for row in problems(said)] == ["/content/reason"]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_names_nobody_who_exists(name: str) -> None:
    assert strangers(example(name)) == []


def test_an_example_is_new_each_time() -> None:
    first = example("day")
    before = copy.deepcopy(first)
    first["registers"].clear()
    assert example("day") == before
