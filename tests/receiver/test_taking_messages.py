"""What the receiver answers to a message, good or bad, and what it then holds."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from rollbook_feed import digest
from rollbook_feed.refusals import PROBLEMS
from rollbook_receiver import messages
from support.receiver import serving
from support.receiver_app import Door, door
from support.receiver_messages import OTHER_SCHOOL, PUPIL, SCHOOL, SURNAME, content, envelope

AT = f"/v1/messages/attendance_return/{SCHOOL}/{PUPIL}/1"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        yield made


def held(opened: Door) -> list[messages.Held]:
    with opened.store.reading() as connection:
        return messages.states(connection)


def test_a_good_message_is_taken_and_answered_with_its_receipt(opened: Door) -> None:
    answer = opened.send()
    [kept] = held(opened)
    assert answer.status_code == 201
    assert answer.json() == {
        "reference": kept.reference,
        "outcome": "accepted",
        "received_at": "2026-11-02T07:30:00.000000Z",
        "revision": 1,
        "digest": digest(content()),
    }


def test_it_is_on_disk_before_it_is_answered(opened: Door, tmp_path: Path) -> None:
    """Another process, which opens the file anew, sees it."""
    import sqlite3

    opened.send()
    with sqlite3.connect(tmp_path / "received.db") as other:
        assert other.execute("select count(*) from messages").fetchone() == (1,)
    other.close()
    with opened.store.reading() as connection:
        assert connection.execute(text("pragma synchronous")).scalar() == 2
        assert connection.execute(text("pragma journal_mode")).scalar() == "wal"


def test_the_same_key_and_body_gets_the_first_answer_again(opened: Door) -> None:
    first = opened.send()
    opened.clock.forward(5)
    again = opened.send(json.dumps(dict(reversed(envelope().items())), indent=3).encode())
    assert (again.status_code, again.json()) == (201, first.json())
    assert len(held(opened)) == 1


def test_the_same_key_with_a_changed_body_is_refused_and_overwrites_nothing(opened: Door) -> None:
    opened.send()
    answer = opened.send(envelope(said=content(due_by="2026-12-01")))
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:rollbook:feed:idempotency-key-reused")
    assert [row.content["due_by"] for row in held(opened)] == ["2026-10-31"]


def test_a_revision_held_already_is_not_taken_under_another_key(opened: Door) -> None:
    opened.send()
    answer = opened.send(key="k2")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:rollbook:feed:revision-held")


def test_a_request_under_a_key_that_is_being_answered_is_told_to_come_back(opened: Door) -> None:
    with opened.app.state.in_flight.only(opened.client_id, "k1"):
        answer = opened.send()
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:rollbook:feed:in-flight")
    assert answer.headers["Retry-After"] == "1"
    assert opened.send().status_code == 201


def test_a_message_in_the_wrong_form_is_refused_with_every_pointer_and_no_value(opened: Door) -> None:
    wrong = envelope()
    wrong["content"]["pupil"] |= {"dob": "9 March 2017", "surname": SURNAME * 50}
    del wrong["content"]["pupil"]["address"]
    answer = opened.send(wrong)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [row["pointer"].rpartition("/")[2] for row in answer.json()["errors"]] == ["address", "dob", "surname"]
    assert SURNAME not in answer.text
    assert "March" not in answer.text
    assert held(opened) == []


def test_a_refusal_is_not_remembered_so_that_what_is_mended_can_be_sent(opened: Door) -> None:
    assert opened.send(envelope("send", 0)).status_code == 422
    assert opened.send().status_code == 201


MALFORMED = [
    b"",
    b"{",
    b'{"a": 1, "a": 2}',
    b'{"a": NaN}',
    b'{"a": ' + b"9" * 5000 + b"}",
    b"\xff\xfe",
    b"[" * 50_000,
]


@pytest.mark.parametrize("body", MALFORMED)
def test_what_is_not_json_is_a_bad_request(opened: Door, body: bytes) -> None:
    answer = opened.send(body)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:rollbook:feed:malformed")


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b"{}"])
def test_json_that_is_no_message_is_not_well_formed(opened: Door, body: bytes) -> None:
    assert opened.send(body).status_code == 422


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a b", 'a"b', '"a', '""'])
def test_a_message_needs_an_idempotency_key(opened: Door, key: str) -> None:
    answer = opened.send(key=key)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:rollbook:feed:no-idempotency-key")


def test_a_quoted_idempotency_key_is_the_same_key(opened: Door) -> None:
    first = opened.send(key="k1")
    assert opened.send(key='"k1"').json() == first.json()


def test_a_message_of_another_media_type_is_not_taken(opened: Door) -> None:
    assert opened.send(Content_Type="text/plain").status_code == 415


def test_a_message_that_is_too_large_is_not_taken(opened: Door) -> None:
    assert opened.send(b" " * (256 * 1024 + 1)).status_code == 413


def test_a_message_that_does_not_say_its_length_is_read_no_further_than_the_limit(opened: Door) -> None:
    def in_pieces() -> Iterator[bytes]:
        yield from [b" " * 65_536] * 5

    headers = opened.headers | {"Idempotency-Key": "k1", "Content-Type": "application/json"}
    with serving(opened.app) as url, httpx.Client(trust_env=False) as http:
        answer = http.post(f"{url}/v1/messages", content=in_pieces(), headers=headers)
    assert answer.status_code == 413


def test_requests_under_one_key_at_once_make_one_record(opened: Door) -> None:
    headers = opened.headers | {"Idempotency-Key": "k1"}
    with serving(opened.app) as url, httpx.Client(trust_env=False) as http, ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(http.post, f"{url}/v1/messages", json=envelope(), headers=headers) for _ in range(16)]
        statuses = {future.result().status_code for future in sent}
    assert 201 in statuses
    assert statuses <= {201, 409}  # 409: one of them is being answered
    assert len(held(opened)) == 1


def test_a_client_does_not_speak_for_a_school_that_is_not_its_own(opened: Door) -> None:
    opened.headers = opened.another([OTHER_SCHOOL])
    assert opened.send().status_code == 403
    assert opened.http.get(AT, headers=opened.headers).status_code == 403
    assert opened.send(envelope(school=OTHER_SCHOOL)).status_code == 201


def test_a_look_up_gives_the_newest_revision_and_its_digest(opened: Door) -> None:
    opened.send(envelope("amend", 2), key="k2")
    opened.send(envelope(), key="k1")
    answer = opened.http.get(AT, headers=opened.headers).json()
    assert (answer["revision"], answer["action"]) == (2, "amend")
    assert answer["digest"] == held(opened)[0].digest


@pytest.mark.parametrize(
    "path",
    [
        AT,
        f"/v1/messages/gossip/{SCHOOL}/1/1",
        f"/v1/messages/x/{SCHOOL}/{'9' * 40}/1",
        f"/v1/messages/x/{SCHOOL}/{'9' * 5000}/1",
    ],
)
def test_a_look_up_of_what_is_not_held_says_so(opened: Door, path: str) -> None:
    answer = opened.http.get(path, headers=opened.headers)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:rollbook:feed:nothing-held")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/nowhere", 404), ("DELETE", "/v1/messages", 405)])
def test_an_address_or_method_that_is_not_there_is_a_problem_too(
    opened: Door, method: str, path: str, status: int
) -> None:
    answer = opened.http.request(method, path, headers=opened.headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_a_database_that_cannot_be_written_is_for_later(opened: Door) -> None:
    with opened.store.writing() as connection:
        connection.execute(text("drop table answers"))
    answer = opened.send()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert held(opened) == []  # the message went with its answer


def test_a_fault_is_answered_and_its_text_is_not_logged(
    opened: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError(f"about {SURNAME}")

    monkeypatch.setattr(messages, "take", fails)
    caplog.set_level(logging.DEBUG)
    answer = opened.send()
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:rollbook:feed:fault")
    assert "failed: RuntimeError at fails" in caplog.text
    assert SURNAME not in caplog.text + answer.text


def test_the_log_names_no_pupil(opened: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "rollbook_receiver")
    opened.send()
    opened.http.get(AT, headers=opened.headers)
    opened.http.get(f"/v1/nowhere/{SURNAME}", headers=opened.headers)
    ours = [record.getMessage() for record in caplog.records if record.name == "rollbook_receiver"]
    assert [line.rpartition(" ")[0].rpartition(" ")[0] for line in ours] == [
        "POST /v1/messages 201",
        "GET /v1/messages/{kind}/{school}/{pupil}/{episode} 200",
        "GET (no such page) 404",
    ]


def test_every_answer_has_the_safe_headers(opened: Door) -> None:
    for path in ("/", "/style.css", "/v1/whoami", "/nowhere"):
        headers = opened.http.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/nothing"), ("DELETE", "/v1/whoami")])
def test_an_address_that_is_none_is_refused_by_the_table_of_problems_too(opened: Door, method: str, path: str) -> None:
    answer = opened.http.request(method, path, headers=opened.headers)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) in {
        (one.status, one.type) for one in PROBLEMS
    }
