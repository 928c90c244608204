"""A secret may be guessed a few times. Whoever has it is let in from elsewhere all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from rollbook_receiver import clients
from rollbook_receiver.app import Access
from rollbook_receiver.guesses import Guesses
from rollbook_receiver.serving import Settings
from rollbook_receiver.visitors import address_of
from support.receiver import serving
from support.receiver_app import Door, door

PASSWORD = "a long enough password"
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
ASKED = {"grant_type": "client_credentials"}


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def opened(tmp_path: Path, clock: Seconds) -> Iterator[Door]:
    with door(tmp_path, Access(loopback=False, password=PASSWORD)) as made:
        made.app.state.guesses = Guesses(clock)
        yield made


def asks(opened: Door, address: str, secret: str, name: str = "") -> httpx.Response:
    """For a token, from an address."""
    opened.line.address = address
    return opened.http.post("/oauth/token", data=ASKED, auth=(name or opened.client_id, secret))


def looks(opened: Door, address: str, password: str) -> httpx.Response:
    """At the list."""
    opened.line.address = address
    return opened.http.get("/", auth=("officer", password))


def test_a_clients_secret_is_guessed_ten_times_from_an_address(opened: Door, clock: Seconds) -> None:
    assert [asks(opened, HERE, "wrong").status_code for _ in range(11)] == [401] * 10 + [429]
    refused = asks(opened, HERE, opened.client_secret)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert refused.json()["type"] == "urn:rollbook:feed:too-many"
    assert asks(opened, ELSEWHERE, opened.client_secret).status_code == 200
    clock.now = 60.0
    assert asks(opened, HERE, opened.client_secret).status_code == 200


def test_the_officers_password_is_guessed_ten_times_from_an_address(opened: Door, clock: Seconds) -> None:
    assert [looks(opened, HERE, f"wrong {number}").status_code for number in range(11)] == [401] * 10 + [429]
    refused = looks(opened, HERE, PASSWORD)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "Try again in 60 seconds" in refused.text
    assert opened.http.get("/").status_code == 401  # without a password: how to sign in
    assert looks(opened, ELSEWHERE, PASSWORD).status_code == 200
    clock.now = 60.0
    assert looks(opened, HERE, PASSWORD).status_code == 200


def test_right_ones_are_not_counted(opened: Door) -> None:
    assert {asks(opened, HERE, opened.client_secret).status_code for _ in range(12)} == {200}
    assert {looks(opened, HERE, PASSWORD).status_code for _ in range(12)} == {200}


def test_a_wrong_client_keeps_no_other_of_its_address_out(opened: Door) -> None:
    assert asks(opened, HERE, "wrong").status_code == 401
    assert {asks(opened, HERE, "x", f"unknown-{number}").status_code for number in range(12)} == {401, 429}
    assert asks(opened, HERE, opened.client_secret).status_code == 200


def test_of_many_guesses_at_once_no_more_are_tried(opened: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(clients, "same_secret", lambda secret, _held: bool(tried.append(secret)))
    opened.app.state.senders.hashing = ThreadPoolExecutor(1)

    async def all_at_once() -> list[int]:
        line = httpx.ASGITransport(opened.app, client=(HERE, 1))
        async with httpx.AsyncClient(transport=line, base_url="http://127.0.0.1") as http:
            asked = [http.post("/oauth/token", data=ASKED, auth=(opened.client_id, str(one))) for one in range(30)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert sorted(asyncio.run(all_at_once())) == [401] * 10 + [429] * 20
    assert len(tried) == 10


def test_guessing_from_everywhere_keeps_out_no_address_that_was_right(clock: Seconds) -> None:
    guesses = Guesses(clock)
    guesses.right("at work", "officer")
    for number in range(300):
        guesses.wrong(f"192.0.2.{number}", "officer")
    assert guesses.wait("somewhere new", "officer") == 2
    assert guesses.wait("somewhere new", "another name") == 0
    assert guesses.wait("at work", "officer") == 0


def test_an_address_that_guesses_at_every_name_is_kept_out_of_all(clock: Seconds) -> None:
    guesses = Guesses(clock)
    for number in range(100):
        guesses.wrong(HERE, f"name {number}")
    assert guesses.wait(HERE, "another") == 10
    assert guesses.wait(ELSEWHERE, "another") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::5", "2001:db8:1:3::5", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("not an address", "not an address", True),
    ],
)
def test_half_of_an_ipv6_address_is_one(one: str, other: str, same: bool) -> None:
    assert (address_of(one) == address_of(other)) is same


@pytest.mark.parametrize("named", [True, False], ids=["a named proxy", "a proxy that nobody named"])
def test_a_named_proxy_says_who_asks(opened: Door, named: bool) -> None:
    proxies = ("127.0.0.1",) if named else ()
    with serving(opened.app, Settings(loopback=True, proxies=proxies)) as url, httpx.Client(base_url=url) as http:
        assert urlsplit(url).scheme == "http"

        def guess(times: int, through: str) -> set[int]:
            there = {"X-Forwarded-For": f"203.0.113.9, {through}"}  # the first is what anybody wrote into it
            pair = (opened.client_id, "wrong")
            return {http.post("/oauth/token", data=ASKED, auth=pair, headers=there).status_code for _ in range(times)}

        assert guess(11, HERE) == {401, 429}
        assert guess(1, ELSEWHERE) == ({401} if named else {429})
