"""The messages that the kit delivers: one of every kind, as the open feed has it, and its next revisions."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.contract import Kind, Message
from rollbook.testing.kit.contents import CONTENTS, DAYS
from rollbook.testing.kit.messages import amended, message, people_in, with_day, withdrawn
from rollbook_feed.message import FEED_VERSION, problems

IN_THE_FEED = sorted(set(Kind) - {Kind.TRANSFER_FILE})


def wrong(of: Message) -> list[dict[str, str]]:
    key = {"kind": of.key.kind.value, "school": of.key.school, "pupil": str(of.key.pupil), "episode": of.key.episode}
    said: dict[str, Any] = {"feed_version": FEED_VERSION, "key": key, "revision": of.revision}
    return problems(said | {"action": of.action.value, "content": of.content})


def test_there_is_one_of_every_kind() -> None:
    assert set(CONTENTS) == set(DAYS) == set(Kind)


@pytest.mark.parametrize("kind", IN_THE_FEED)
def test_the_open_feed_takes_it_and_its_next_revisions(kind: Kind) -> None:
    first = message(0, kind)
    assert [wrong(one) for one in (first, amended(first), withdrawn(first))] == [[], [], []]


@pytest.mark.parametrize("kind", sorted(Kind))
def test_another_day_is_another_content_and_of_the_same_form(kind: Kind) -> None:
    first = message(1, kind)
    other = with_day(first, "2026-11-06")
    assert other.content != first.content
    assert other.content.keys() == first.content.keys()
    assert kind is Kind.TRANSFER_FILE or wrong(other) == []


def test_it_is_known_whom_each_names() -> None:
    assert {"Siân", "Hesper Llŷr-O’Sullivan"} & people_in(message(0, Kind.PENALTY_NOTICE_REQUEST).content)
    assert "7 Łęg Lane, Southwick" in people_in(message(0, Kind.DELETION_RETURN).content)
    assert "Northwick Primary School" not in people_in(message(0, Kind.DELETION_RETURN).content)
