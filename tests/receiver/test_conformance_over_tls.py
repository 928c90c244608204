"""F-1, which needs a socket: our receiver over TLS, one that takes an older TLS, and one that answers plain HTTP."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from rollbook_receiver import tls
from rollbook_receiver.app import Access, make_app
from rollbook_receiver.conformance.of_receiver import run, wiring
from rollbook_receiver.conformance.of_receiver.stage import Stage
from rollbook_receiver.conformance.of_receiver.wire import Wire
from rollbook_receiver.conformance.result import BROKEN, MET, Finding
from rollbook_receiver.serving import Settings
from support.certificates import certificate
from support.receiver import add_client, serving, store_in

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("certificates"), "here", "IP:127.0.0.1")


def asked(url: str, pair: tuple[Path, Path], client: tuple[str, str] = ("c", "s")) -> Finding:
    with httpx.Client(base_url=url, verify=ssl.create_default_context(cafile=pair[0])) as http:
        [finding] = run.found(Stage(Wire(http, *client), 100001), [wiring.encrypted])
    return finding


def test_our_receiver_speaks_tls_1_2_and_later_alone(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    store = store_in(tmp_path)
    client = add_client(store, "A client", [100001])
    settings = Settings(loopback=True, tls=tls.context(*pair, None))
    with serving(make_app(store, Access(loopback=True)), settings) as url:
        finding = asked(url, pair, client)
    store.close()
    assert finding.verdict == MET, finding.came


def test_an_older_tls_is_seen(pair: tuple[Path, Path]) -> None:
    with taking_older_tls(pair) as url:
        finding = asked(url, pair)
    assert finding.verdict == BROKEN
    assert "TLSv1.1" in finding.came


def test_plain_http_is_seen(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    store = store_in(tmp_path)
    with serving(make_app(store, Access(loopback=True))) as url:
        finding = asked(url.replace("http:", "https:"), pair)
    store.close()
    assert (finding.verdict, finding.came) == (BROKEN, "plain HTTP to the same port was answered by the interface")


@contextmanager
def taking_older_tls(pair: tuple[Path, Path]) -> Iterator[str]:
    """A server that shakes hands by whatever TLS, and says nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=shake_hands, args=(listener, context), daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        try:
            context.wrap_socket(line, server_side=True).close()
        except OSError:
            line.close()
