from __future__ import annotations

import gzip
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from rollbook.contract import Client, Connection, FixSettings, Limits, RetryLater, Unanswered, VendorMustAct
from rollbook.contract.client import check_address, retry_after

NOW = datetime(2026, 11, 9, 12, tzinfo=UTC)


class Time:
    """A clock that only sleeping moves, and each look by `step`."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step, self.slept = 0.0, step, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def clock(self) -> float:
        self.now += self.step
        return self.now


Open = Callable[..., Connection]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def at(httpserver: HTTPServer, time: Time) -> Iterator[Open]:
    opened: list[Connection] = []

    def open_one(url: str = "", **limits: float) -> Connection:
        client = Client(Limits(**limits), sleep=time.sleep, clock=time.clock)  # type: ignore[arg-type]
        opened.append(client.at(url or httpserver.url_for("/api/")))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.__exit__()


def answers(httpserver: HTTPServer, *statuses: int, method: str = "GET", **headers: str) -> list[Request]:
    """The server's answers, one a request; the list fills with the requests that came."""
    came: list[Request] = []

    def answer(request: Request) -> Response:
        came.append(request)
        return Response("{}", statuses[min(len(came), len(statuses)) - 1], headers)

    httpserver.expect_request("/api/marks", method=method).respond_with_handler(answer)
    return came


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(httpserver: HTTPServer, at: Open, status: int) -> None:
    came = answers(httpserver, status, status, 200)
    assert at().get("marks", label="marks").status_code == 200
    assert len(came) == 3


@pytest.mark.parametrize("status", [200, 301, 400, 401, 404, 500])
def test_any_other_status_is_answered_as_it_came(httpserver: HTTPServer, at: Open, status: int) -> None:
    came = answers(httpserver, status, Location="https://elsewhere.example/")
    assert at().get("marks", label="marks").status_code == status
    assert len(came) == 1


def test_attempts_are_bounded(httpserver: HTTPServer, at: Open) -> None:
    came = answers(httpserver, 503)
    with pytest.raises(RetryLater, match="busy"):
        at(attempts=3).get("marks", label="marks")
    assert len(came) == 3


def test_the_server_decides_how_long_to_wait(httpserver: HTTPServer, at: Open, time: Time) -> None:
    answers(httpserver, 429, 200, **{"Retry-After": "25"})
    at(total_seconds=60).get("marks", label="marks")
    assert time.slept == [25.0]


def test_a_wait_past_the_limit_is_handed_to_the_host(httpserver: HTTPServer, at: Open, time: Time) -> None:
    came = answers(httpserver, 429, **{"Retry-After": "900"})
    with pytest.raises(RetryLater) as caught:
        at(total_seconds=60).get("marks", label="marks")
    assert (caught.value.after, len(came), time.slept) == (900.0, 1, [])


@pytest.mark.parametrize("status", [429, 503])
def test_what_changes_something_is_repeated_when_the_server_says_it_is_busy(
    httpserver: HTTPServer, at: Open, status: int
) -> None:
    came = answers(httpserver, status, 201, method="POST")
    assert at().post("marks", label="send").status_code == 201
    assert len(came) == 2


@pytest.mark.parametrize("status", [502, 504])
def test_what_changes_something_is_not_repeated_after_a_gateways_error(
    httpserver: HTTPServer, at: Open, status: int
) -> None:
    came = answers(httpserver, status, 201, method="POST")
    with pytest.raises(Unanswered):
        at().post("marks", label="send")
    assert len(came) == 1


def test_under_an_idempotency_key_it_is_repeated(httpserver: HTTPServer, at: Open) -> None:
    came = answers(httpserver, 504, 201, method="POST")
    assert at().post("marks", label="send", repeatable=True).status_code == 201
    assert len(came) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
def test_a_repeat_that_is_refused_says_nothing_of_the_first(httpserver: HTTPServer, at: Open, status: int) -> None:
    answers(httpserver, 504, status, method="POST")
    with pytest.raises(Unanswered, match="when it was sent again it was refused"):
        at().post("marks", label="send", repeatable=True)


def test_a_refusal_of_what_was_surely_not_taken_before_is_the_answer(httpserver: HTTPServer, at: Open) -> None:
    answers(httpserver, 503, 401, method="POST")
    assert at().post("marks", label="send", repeatable=True).status_code == 401


def test_a_refused_repeat_of_what_only_reads_is_the_answer(httpserver: HTTPServer, at: Open) -> None:
    answers(httpserver, 504, 401)
    assert at().get("marks", label="marks").status_code == 401


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_replaces_or_deletes_and_gets_no_reply_is_in_doubt(httpserver: HTTPServer, at: Open, method: str) -> None:
    answers(httpserver, 504, 504, method=method)
    with pytest.raises(Unanswered):
        at(attempts=2).request(method, "marks", label="send")


def test_a_server_that_is_not_there_is_tried_again_and_nothing_is_in_doubt(at: Open, time: Time) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(RetryLater) as caught:
            at(url, attempts=3).post("marks", label="send")
    assert type(caught.value) is RetryLater
    assert len(time.slept) == 2


def test_an_answer_larger_than_the_limit_is_refused_packed_or_not(httpserver: HTTPServer, at: Open) -> None:
    bomb = gzip.compress(b"0" * 2_000_000)
    httpserver.expect_request("/api/marks").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(VendorMustAct, match="larger than 1000000 bytes"):
        at(answer_bytes=1_000_000).get("marks", label="marks")


def test_a_packed_answer_is_unpacked(httpserver: HTTPServer, at: Open) -> None:
    packed = gzip.compress(b'{"rows": 2}')
    httpserver.expect_request("/api/marks").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    answer = at().get("marks", label="marks")
    assert answer.json() == {"rows": 2}
    assert answer.headers["content-length"] == "11"


def test_an_answer_that_drips_is_given_up(httpserver: HTTPServer, at: Open, time: Time) -> None:
    time.step = 40.0
    answers(httpserver, 200)
    with pytest.raises(RetryLater, match="ReadTimeout"):
        at(total_seconds=30, attempts=1).get("marks", label="marks")


@pytest.mark.parametrize("link", ["https://elsewhere.example/api/marks", "http://127.0.0.1:1/api/marks"])
def test_a_link_to_another_server_is_not_followed(at: Open, link: str) -> None:
    with pytest.raises(VendorMustAct, match="A link led away from localhost"):
        at().get(link, label="next page")


def test_a_link_to_a_next_page_of_the_same_server_is_followed(httpserver: HTTPServer, at: Open) -> None:
    httpserver.expect_request("/api/marks", query_string="page=2").respond_with_data("two")
    assert at().get(httpserver.url_for("/api/marks?page=2"), label="next page").text == "two"


def test_the_log_has_the_label_and_never_the_address(
    httpserver: HTTPServer, at: Open, caplog: pytest.LogCaptureFixture
) -> None:
    answers(httpserver, 503, 200)
    with caplog.at_level(logging.DEBUG, logger="rollbook"):
        at().get("marks", label="marks", params={"token": "hunter2"})
    records = [record for record in caplog.records if record.name.startswith("rollbook")]
    assert [vars(record)["label"] for record in records] == ["marks", "marks"]
    assert "hunter2" not in str([vars(record) for record in records])


@pytest.mark.parametrize(
    "url",
    [
        "http://portal.example/",
        "http://127.0.0.1.example/",
        "ftp://portal.example/",
        "portal.example",
        "https://",
        "https://name:hunter2@portal.example/",
    ],
)
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(FixSettings) as caught:
        check_address(url)
    assert "hunter2" not in caught.value.sentence


@pytest.mark.parametrize(
    "url", ["https://portal.example/x", "http://localhost:80/", "http://[::1]/", "http://127.9.9.9/"]
)
def test_https_and_loopback_are_allowed(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("Mon, 09 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 09 Nov 2026 12:00:30 -0000", 30.0),
        ("Mon, 09 Nov 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9" * 400, None),
    ],
)
def test_a_wait_is_read_as_a_number_or_a_date(said: str, seconds: float | None) -> None:
    assert retry_after(httpx.Response(503, headers={"Retry-After": said}), NOW) == seconds


def test_a_certificate_file_that_cannot_be_read_is_a_setting_to_fix(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match="certificate file"):
        Client().at("https://portal.example/", ca_file=tmp_path / "none.pem")


def test_a_certificate_that_is_not_trusted_is_told_at_once_with_what_to_do(time: Time) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        time.slept.append(0.0)
        raise httpx.ConnectError("tls") from ssl.SSLCertVerificationError("self-signed")

    http = httpx.Client(base_url="https://portal.example", transport=httpx.MockTransport(refuse))
    with Connection(http, Limits(), time.sleep, time.clock) as api, pytest.raises(FixSettings, match="ca_file"):
        api.get("whoami", label="whoami")
    assert len(time.slept) == 1
