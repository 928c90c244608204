"""Messages sent twice, reordered, late and with lost replies end in the store as those sent once and in order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, repeat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.contract import DeliveryUnknown, Message
from rollbook_la_portal.destination import LaPortal
from rollbook_receiver.messages import Key
from support.receiver import Receiver, running_receiver
from support.receiver_destination import message, portal
from support.receiver_faults import Fate, LossyLine, fates_of, lossy_line
from support.receiver_messages import SCHOOL

REVISIONS = (("send", 1), ("amend", 2), ("withdraw", 3))
HISTORIES = (3, 2, 1)  # of three pupils: how many revisions there are
PUPILS = count(1_000_000)  # of each example others: they share a receiver


@dataclass
class Ends:
    receiver: Receiver
    line: LossyLine
    there: LaPortal


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ends]:
    folder: Path = tmp_path_factory.mktemp("receiver")
    with running_receiver(folder) as receiver, lossy_line(receiver.url) as line:
        yield Ends(receiver, line, portal(line.url, receiver.client_id, receiver.client_secret, attempts=2))


def made(pupils: list[int]) -> list[Message]:
    """The messages of three pupils, in their order."""
    pairs = zip(pupils, HISTORIES, strict=True)
    return [message(*one, pupil=pupil) for pupil, revisions in pairs for one in REVISIONS[:revisions]]


def held(ends: Ends, pupils: list[int]) -> list[list[Any]]:
    """What is in the store of each pupil."""
    keys = [Key("attendance_return", SCHOOL, pupil, 1) for pupil in pupils]
    histories = [ends.receiver.history(key) for key in keys]
    return [[(row.revision, row.action, row.digest, row.newest) for row in rows] for rows in histories]


def send(ends: Ends, messages: list[Message]) -> list[Message]:
    """Those of which it is not known whether they arrived."""
    unknown = []
    for one in messages:
        try:
            list(ends.there.deliver([one]))
        except DeliveryUnknown:
            unknown.append(one)
    return unknown


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_store_is_that_of_messages_sent_once_and_in_order(ends: Ends, seed: int) -> None:
    ends.line.fates = repeat(Fate.DONE)
    in_order, disordered = ([next(PUPILS) for _ in HISTORIES] for _ in range(2))
    assert send(ends, made(in_order)) == []

    twice = made(disordered) * 2
    random.Random(seed).shuffle(twice)
    ends.line.fates = fates_of(seed)
    unknown = send(ends, twice)
    ends.line.catch_up()
    ends.line.fates = repeat(Fate.DONE)
    assert send(ends, unknown) == []  # as the next sync does
    assert held(ends, disordered) == held(ends, in_order)


def test_the_line_does_what_it_says(ends: Ends) -> None:
    first, second = made([next(PUPILS) for _ in HISTORIES])[:2]
    ends.line.fates = iter([Fate.LATE, Fate.LATE, Fate.DONE, Fate.TWICE, Fate.LOST, Fate.LOST])
    before = ends.line.sent
    assert send(ends, [first]) == []
    assert ends.line.sent == before + 3  # that which arrived, and the two that were late
    assert send(ends, [second]) == []
    assert ends.line.sent == before + 5
    assert send(ends, [second]) == []  # both tries are lost, and the look-up finds it
    assert ends.line.sent == before + 5
