"""An evening when 300 schools send at once: nothing is lost, nothing kept twice, the last revisions are the state."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from rollbook_receiver import messages
from rollbook_receiver.app import Access, make_app
from rollbook_receiver.messages import Key
from support.receiver import NOW, serving, store_in
from support.receiver_burst import burst, post_all


@pytest.mark.parametrize(
    ("count", "schools"), [(300, 20), pytest.param(10_000, 300, marks=pytest.mark.slow)], ids=["small", "whole"]
)
def test_a_burst_ends_in_the_right_state(tmp_path: Path, count: int, schools: int) -> None:
    store = store_in(tmp_path)
    sent = burst(store, count, schools, NOW)
    doubled = [*sent.requests, *sent.requests[: count // 5]]  # one in five is sent twice
    random.Random(2).shuffle(doubled)
    with serving(make_app(store, Access(loopback=True), lambda: NOW)) as url:
        refused = asyncio.run(post_all("127.0.0.1", urlsplit(url).port or 0, doubled, 32))
    assert {line.split()[1] for line in refused} <= {b"409"}  # its twin was being answered
    newest: dict[Key, int] = {}
    for message in sent.messages:
        key = Key.of(message["key"])
        newest[key] = max(newest.get(key, 0), message["revision"])
    with store.reading() as connection:
        states = messages.states(connection, most=count)
        assert {held.key: held.revision for held in states} == newest
        assert len(states) == len(newest)
        assert sum(len(messages.history(connection, key)) for key in newest) == count
    store.close()
