"""HTTPS without a proxy in front; and with `--clients-ca`, nobody is answered without a certificate of their own."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from rollbook_receiver import tls
from rollbook_receiver.app import Access, make_app
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
