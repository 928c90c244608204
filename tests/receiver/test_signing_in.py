"""Clients and tokens: who gets in, for how long, and what is kept of their secrets."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook_receiver import clients
from support.receiver_app import Door, door
from support.receiver_messages import SCHOOL


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        yield made


def test_a_token_is_given_for_basic_credentials_and_for_a_form(opened: Door) -> None:
    asked = {"grant_type": "client_credentials"}
    basic = opened.http.post("/oauth/token", data=asked, auth=(opened.client_id, opened.client_secret))
    form = opened.http.post(
        "/oauth/token", data=asked | {"client_id": opened.client_id, "client_secret": opened.client_secret}
    )
    for answer in (basic, form):
        assert answer.status_code == 200
        assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 1800)
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("pair", [("nobody", "secret"), ("", ""), ("", "secret")])
def test_wrong_credentials_get_no_token(opened: Door, pair: tuple[str, str]) -> None:
    answer = opened.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=pair)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_wrong_secret_gets_no_token(opened: Door) -> None:
    asked = {"grant_type": "client_credentials"}
    assert opened.http.post("/oauth/token", data=asked, auth=(opened.client_id, "x")).status_code == 401
    garbled = {"Authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()}
    assert opened.http.post("/oauth/token", data=asked, headers=garbled).status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [({}, "invalid_request"), ({"grant_type": "password"}, "unsupported_grant_type")],
)
def test_another_kind_of_grant_is_refused(opened: Door, form: dict[str, str], error: str) -> None:
    answer = opened.http.post("/oauth/token", data=form, auth=(opened.client_id, opened.client_secret))
    assert (answer.status_code, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer not-a-token", "Basic eDp5", "Bearer \udcff"])
def test_without_a_token_that_holds_nothing_is_done(opened: Door, header: str | None) -> None:
    sent = {"Authorization": header.encode("utf-8", "surrogateescape")} if header else {}
    for answer in (
        opened.http.get("/v1/whoami", headers=sent),
        opened.http.get(f"/v1/messages/attendance_return/{SCHOOL}/1/1", headers=sent),
        opened.http.post("/v1/messages", json={}, headers=sent),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_ends_after_half_an_hour(opened: Door) -> None:
    opened.clock.forward(29)
    assert opened.http.get("/v1/whoami", headers=opened.headers).status_code == 200
    opened.clock.forward(1)
    assert opened.http.get("/v1/whoami", headers=opened.headers).status_code == 401


def test_a_revoked_client_is_out_at_once(opened: Door) -> None:
    with opened.store.writing() as connection:
        assert clients.revoke(connection, opened.client_id, opened.clock())
    assert opened.http.get("/v1/whoami", headers=opened.headers).status_code == 401
    asked = {"grant_type": "client_credentials"}
    again = opened.http.post("/oauth/token", data=asked, auth=(opened.client_id, opened.client_secret))
    assert again.status_code == 401


def test_whoami_says_for_which_schools(opened: Door) -> None:
    known = opened.http.get("/v1/whoami", headers=opened.another([SCHOOL])).json()
    assert (known["name"], known["schools"], known["feed_versions"]) == ("Another", [SCHOOL], ["1.0"])
    assert opened.http.get("/v1/whoami", headers=opened.headers).json()["schools"] is None


def test_neither_secrets_nor_tokens_are_kept(opened: Door, tmp_path: Path) -> None:
    token = opened.headers["Authorization"].removeprefix("Bearer ")
    opened.store.close()  # what was in the log of writes goes into the file
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert opened.client_id.encode() in kept
    assert opened.client_secret.encode() not in kept
    assert token.encode() not in kept
