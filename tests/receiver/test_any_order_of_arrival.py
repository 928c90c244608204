"""Whatever is delayed, doubled or overtaken: the state is the last revision, and nothing is kept twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook_receiver import clients, messages
from rollbook_receiver.problem import Refused
from rollbook_receiver.store import Store
from support.receiver import NOW, add_client, store_in
from support.receiver_messages import SCHOOL, envelope

MESSAGE = st.tuples(st.integers(1, 3), st.integers(1, 4))  # (pupil, revision)
EPISODE = itertools.count(1)  # each example is about an episode of its own


def of(pupil: int, revision: int, episode: int = 1) -> dict[str, object]:
    """Revision 4 withdraws, 1 sends, those between amend."""
    action = {1: "send", 4: "withdraw"}.get(revision, "amend")
    return envelope(action, revision, pupil=pupil, episode=episode)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = store_in(tmp_path_factory.mktemp("receiver"))
    add_client(store, "Trust")
    yield store
    store.close()


@settings(max_examples=30, deadline=None)
@given(arrivals=st.lists(MESSAGE, min_size=1, max_size=12))
def test_the_store_is_what_the_set_of_messages_says(shared: Store, arrivals: list[tuple[int, int]]) -> None:
    episode = next(EPISODE)
    with shared.writing() as connection:
        [client] = clients.everyone(connection)
        for pupil, revision in arrivals:
            messages.take(connection, client, of(pupil, revision, episode), f"{episode}-{pupil}-{revision}", NOW)
    with shared.reading() as connection:
        for pupil in {pupil for pupil, _ in arrivals}:
            key = messages.Key("attendance_return", SCHOOL, pupil, episode)
            sent = sorted({revision for other, revision in arrivals if other == pupil}, reverse=True)
            newest = messages.newest(connection, key)
            assert newest is not None
            assert newest.revision == sent[0]
            assert [held.revision for held in messages.history(connection, key)] == sent


def test_two_clients_under_one_idempotency_key_do_not_meet(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    add_client(store, "A")
    add_client(store, "B")
    with store.writing() as connection:
        first, second = clients.everyone(connection)
        messages.take(connection, first, of(1, 1), "k", NOW)
        messages.take(connection, second, of(2, 1), "k", NOW)
        assert messages.count(connection) == 2
    store.close()


def test_a_refusal_leaves_the_held_revision_as_it_was(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    add_client(store, "A")
    with store.writing() as connection:
        [client] = clients.everyone(connection)
        kept = messages.take(connection, client, of(1, 1), "k", NOW)
        for name, status in (("k", 422), ("other", 409)):
            with pytest.raises(Refused) as refused:
                messages.take(connection, client, envelope("withdraw", 1, pupil=1), name, NOW)
            assert refused.value.status == status
        assert messages.states(connection) == [kept]
    store.close()
