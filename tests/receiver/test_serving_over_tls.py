"""HTTPS without a proxy in front; and with `--clients-ca`, nobody is answered without a certificate of their own."""

from __future__ import annotations

import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from click.testing import CliRunner

from rollbook_receiver import tls
from rollbook_receiver.app import Access, make_app
from rollbook_receiver.limits import Limits
from rollbook_receiver.serving import Settings
from rollbook_receiver.start import main
from support.certificates import certificate
from support.receiver import serving, store_in

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates")
    for name, stands_for in (("here", "IP:127.0.0.1"), ("client", "DNS:client"), ("stranger", "DNS:stranger")):
        certificate(made, name, stands_for)
    return made


@pytest.fixture(scope="module", params=[False, True], ids=["TLS", "mutual TLS"])
def mutual(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def url(folder: Path, mutual: bool) -> Iterator[str]:
    store = store_in(folder, f"{mutual}.db")
    context = tls.context(folder / "here.pem", folder / "here.key", folder / "client.pem" if mutual else None)
    with serving(make_app(store, Access(loopback=True)), Settings(loopback=True, tls=context)) as running:
        yield running
    store.close()


def asked(url: str, folder: Path, own: str | None) -> int | None:
    """The status of an answer over TLS, with a certificate of one's own or none; None where there is no answer."""
    context = ssl.create_default_context(cafile=folder / "here.pem")
    if own:
        context.load_cert_chain(folder / f"{own}.pem", folder / f"{own}.key")
    try:
        with httpx.Client(verify=context) as http:
            return http.get(f"{url}/v1/whoami").status_code
    except httpx.TransportError:
        return None


@pytest.mark.parametrize("own", [None, "stranger", "client"])
def test_who_is_answered(url: str, folder: Path, own: str | None, mutual: bool) -> None:
    """401: there is no token, but there is an answer."""
    assert asked(url, folder, own) == (401 if own == "client" or not mutual else None)


def test_plain_http_and_older_tls_get_nothing(url: str, folder: Path) -> None:
    with pytest.raises(httpx.TransportError), httpx.Client() as http:
        http.get(url.replace("https:", "http:") + "/style.css")
    old = ssl.create_default_context(cafile=folder / "here.pem")
    old.set_ciphers("ALL:@SECLEVEL=0")  # else it is this end that refuses
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(httpx.TransportError), httpx.Client(verify=old) as http:
        http.get(f"{url}/style.css")


@contextmanager
def bounded(folder: Path, limits: Limits) -> Iterator[str]:
    store, context = store_in(folder), tls.context(folder / "here.pem", folder / "here.key")
    with serving(make_app(store, Access(loopback=True)), Settings(True, limits=limits, tls=context)) as running:
        yield running
    store.close()


def line_to(url: str) -> socket.socket:
    """A connection that says nothing."""
    return socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=5)


@pytest.mark.parametrize("limits", [Limits(heads_of_one=2), Limits(heads=2)], ids=["of one address", "in all"])
def test_of_those_who_say_nothing_before_tls_the_oldest_makes_place(folder: Path, limits: Limits) -> None:
    with bounded(folder, limits) as url:
        silent = [line_to(url) for _ in range(4)]
        assert [silent[number].recv(100) for number in (0, 1)] == [b"", b""]
        assert asked(url, folder, None) == 401
        for line in silent:
            line.close()


def test_who_says_nothing_is_not_waited_for_before_tls_nor_after_it(folder: Path) -> None:
    with bounded(folder, Limits(head_seconds=0.1)) as url:
        with line_to(url) as line:
            assert line.recv(100) == b""
        trusting = ssl.create_default_context(cafile=folder / "here.pem")
        with trusting.wrap_socket(line_to(url), server_hostname="127.0.0.1") as line:
            assert line.recv(100) == b""
            with socket.socket(fileno=line.detach()) as below:  # nor for a word that it is closed
                below.settimeout(5)
                assert below.recv(100) == b""


WRONG = [
    ("a certificate without its key", ["--certificate", "here.pem"], 2, "go together"),
    ("nobody's certificate asked for over plain HTTP", ["--clients-ca", "client.pem"], 2, "go together"),
    ("another's key", ["--certificate", "here.pem", "--key", "client.key"], 4, "belongs to the key"),
    ("no certificate", ["--certificate", "here.key", "--key", "here.key"], 4, "belongs to the key"),
    ("everybody over plain HTTP", ["--host", "0.0.0.0"], 2, "for loopback alone"),
    ("a proxy without an address", ["--proxy", "proxy.example"], 2, "not an IP address"),
]


@pytest.mark.parametrize(("words", "status", "said"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_cannot_be_served_is_said(
    folder: Path, tmp_path: Path, words: list[str], status: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    ended = CliRunner().invoke(main, ["serve", "--port", "0", "--database", str(tmp_path / "received.db"), *words])
    assert ended.exit_code == status
    assert said in ended.output
