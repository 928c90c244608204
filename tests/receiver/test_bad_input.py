"""What a hostile, broken or confused sender can do: each gets a clear problem, and nothing else is kept or lost."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from rollbook_feed import KINDS, example, problems
from rollbook_receiver import messages
from support.receiver_app import Door, door
from support.receiver_messages import OTHER_SCHOOL, PUPIL, SCHOOL, envelope

HOSTILE = (
    "'); DROP TABLE messages; --",
    "' OR '1'='1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% for a in b %} ${7*7}",
    '=HYPERLINK("http://evil.example")',
)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        yield made


def held(opened: Door) -> list[messages.Held]:
    with opened.store.reading() as connection:
        return messages.states(connection, most=100)


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def texts(said: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every text in a content."""
    for name, inner in said.items() if isinstance(said, dict) else enumerate(said):
        if isinstance(inner, dict | list):
            yield from texts(inner, (*at, name))
        elif isinstance(inner, str):
            yield (*at, name)


def put(said: dict[str, Any], at: tuple[Any, ...], words: str) -> None:
    place: Any = said
    for name in at[:-1]:
        place = place[name]
    place[at[-1]] = words


@cache
def hostile(kind: str) -> tuple[dict[str, Any], int, list[str]]:
    """A message of a kind with hostile words in every text that the feed takes them in, how many these are, and the
    pointers of the texts that it takes none in."""
    message, taken, refused = example(kind), 0, []
    for number, at in enumerate(texts(message["content"])):
        tried = copy.deepcopy(message)
        put(tried["content"], at, HOSTILE[number % len(HOSTILE)])
        if problems(tried):
            refused.append("/content/" + "/".join(map(str, at)))
        else:
            message, taken = tried, taken + 1
    return message, taken, refused


@pytest.mark.parametrize("kind", KINDS)
def test_sql_and_script_in_any_text_is_kept_and_shown_as_text(opened: Door, kind: str) -> None:
    with opened.store.reading() as connection:
        tables = sorted(inspect(connection).get_table_names())
    message, taken, _ = hostile(kind)
    answer = opened.send(message)
    assert answer.status_code in (201, 202)
    page = opened.http.get(f"/messages/{answer.json()['reference']}")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    shown = page.text + opened.http.get("/").text + opened.http.get("/matches").text
    assert "<script" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;" in shown
    assert "{{ 7 * 7 }}" in shown
    [state] = held(opened)
    assert state.content == message["content"]
    assert taken > 5  # names, addresses, relationships
    with opened.store.reading() as connection:
        assert sorted(inspect(connection).get_table_names()) == tables


@pytest.mark.parametrize("kind", KINDS)
def test_where_no_words_belong_they_are_refused_and_not_repeated(kind: str) -> None:
    said = example(kind)
    _, _, refused = hostile(kind)
    for pointer in refused:
        at = tuple(int(part) if part.isdecimal() else part for part in pointer.split("/")[2:])
        put(said["content"], at, HOSTILE[0])
    wrong = problems(said)
    assert {row["pointer"] for row in wrong} >= set(refused)
    assert "DROP TABLE" not in str(wrong)


@pytest.mark.parametrize("words", [*HOSTILE, "%00", "%2e%2e%2f", "%ff", "\u0663"])
def test_sql_and_script_in_an_address_finds_nothing(opened: Door, words: str) -> None:
    opened.send()
    for path in (f"/v1/messages/{words}/{SCHOOL}/{PUPIL}/1", f"/v1/messages/attendance_return/{words}/1/1"):
        assert opened.http.get(path, headers=opened.headers).status_code in (403, 404)
    assert opened.http.get(f"/v1/status/{words}", headers=opened.headers).status_code == 404
    assert opened.http.get(f"/messages/{words}").status_code == 404


@pytest.mark.parametrize("version", ["0.9", "2.0", "1", 1.0, None, ["1.0"], "1.0\n"])
def test_another_version_of_the_feed_is_refused(opened: Door, version: Any) -> None:
    answer = opened.send(envelope() | {"feed_version": version})
    assert problem(answer) == (422, "not-well-formed")
    assert [row["pointer"] for row in answer.json()["errors"]] == ["/feed_version"]


def test_a_school_that_nobody_named_is_refused(opened: Door) -> None:
    opened.headers = opened.another([OTHER_SCHOOL])
    assert problem(opened.send(envelope(school=100_099))) == (403, "not-your-school")
    assert held(opened) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_withdrawal_may_come_before_what_it_withdraws(opened: Door, kind: str) -> None:
    """Nothing is left for an officer to judge either."""
    sent = example(kind)
    amended = sent | {"revision": 2, "action": "amend", "content": sent["content"] | {"reason": "the marks changed"}}
    withdrawn = sent | {"revision": 3, "action": "withdraw", "content": {"reason": "the pupil was there"}}
    for number, message in enumerate((withdrawn, sent, amended)):
        assert opened.send(message, key=f"k{number}").status_code == 201
    [state] = held(opened)
    assert (state.revision, state.action, state.outcome) == (3, "withdraw", "accepted")
    with opened.store.reading() as connection:
        assert [row.revision for row in messages.history(connection, state.key)] == [3, 2, 1]


def test_what_is_replayed_in_any_order_gets_the_first_answers_and_changes_nothing(opened: Door) -> None:
    sent = [(envelope(action, number), f"k{number}") for number, action in ((1, "send"), (2, "amend"), (3, "withdraw"))]
    first = [opened.send(message, key=key).json() for message, key in sent]
    before = held(opened)
    opened.clock.forward(10)
    again = [opened.send(message, key=key).json() for message, key in reversed(sent)]
    assert list(reversed(again)) == first
    assert held(opened) == before


def test_one_identity_used_from_two_places_works_and_overwrites_nothing(opened: Door) -> None:
    here, there = opened.headers, opened.sign_in(opened.client_id, opened.client_secret)
    assert here != there
    assert opened.send(envelope(pupil=1), key="a", **here).status_code == 201
    assert opened.send(envelope(pupil=2), key="b", **there).status_code == 201
    assert opened.send(envelope(pupil=1), key="a", **there).status_code == 201  # the same: the first answer
    assert problem(opened.send(envelope(pupil=3), key="a", **there)) == (422, "idempotency-key-reused")
    assert sorted(row.key.pupil for row in held(opened)) == [1, 2]


def test_a_token_that_ended_is_refused_and_the_message_is_taken_with_the_next(opened: Door) -> None:
    assert opened.send().status_code == 201
    opened.clock.forward(31)
    answer = opened.send(envelope("amend", 2), key="k2")  # the token was remembered as good
    assert problem(answer) == (401, "unauthorised")
    opened.headers = opened.sign_in(opened.client_id, opened.client_secret)
    assert opened.send(envelope("amend", 2), key="k2").status_code == 201


def test_one_that_fails_takes_none_of_those_that_wait_with_it(opened: Door) -> None:
    def breaks(connection: Any) -> None:
        connection.exec_driver_sql("INSERT INTO clients VALUES (1)")

    with opened.store.writing():  # the writer waits, so that all come together
        works = [opened.store.write(work) for work in (lambda _: 1, breaks, lambda _: 2)]
    assert (works[0].result(20), works[2].result(20)) == (1, 2)
    assert works[1].exception(20) is not None


def test_nul_is_refused_whatever_the_database_would_take(opened: Door) -> None:
    form = {"grant_type": "client_credentials", "client_id": "\0", "client_secret": "x"}
    assert problem(opened.http.post("/oauth/token", data=form)) == (400, "malformed")
    assert problem(opened.http.get("/matches", params={"after": "\0 100001 1"})) == (400, "malformed")
