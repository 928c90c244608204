"""TLS is real: a certificate that nobody vouches for stops the delivery; a school's own CA may be named."""

from __future__ import annotations

import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rollbook.contract import FixSettings, Outcome, RetryLater
from support.certificates import certificate
from support.receiver import Receiver, running_receiver
from support.receiver_destination import message, portal
from support.receiver_faults import LossyLine

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates")
    certificate(made, "here", "IP:127.0.0.1")
    certificate(made, "elsewhere", "DNS:elsewhere.example")
    certificate(made, "client", "DNS:client.example")
    return made


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with running_receiver(tmp_path) as running:
        yield running


@contextmanager
def over_tls(receiver: Receiver, folder: Path, name: str, client_ca: Path | None = None) -> Iterator[str]:
    """The receiver behind TLS with this certificate: its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    with LossyLine(receiver.url) as line:
        line.handle_error = lambda *_: None  # type: ignore[method-assign, assignment]
        line.socket = context.wrap_socket(line.socket, server_side=True, do_handshake_on_connect=True)
        thread = threading.Thread(target=line.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield line.url.replace("http:", "https:")
        line.shutdown()
        thread.join(5)


def test_a_certificate_that_nobody_vouches_for_stops_it_and_says_what_to_do(receiver: Receiver, folder: Path) -> None:
    with over_tls(receiver, folder, "here") as url, pytest.raises(FixSettings, match="ca_file"):
        list(portal(url, receiver.client_id, receiver.client_secret).deliver([message()]))
    assert receiver.stored() == []


def test_a_ca_that_the_settings_name_is_trusted(receiver: Receiver, folder: Path) -> None:
    with over_tls(receiver, folder, "here") as url:
        there = portal(url, receiver.client_id, receiver.client_secret, ca_file=folder / "here.pem")
        [receipt] = there.deliver([message()])
    assert receipt.outcome is Outcome.ACCEPTED


def test_a_certificate_for_another_host_stops_it_all_the_same(receiver: Receiver, folder: Path) -> None:
    with over_tls(receiver, folder, "elsewhere") as url:
        there = portal(url, receiver.client_id, receiver.client_secret, ca_file=folder / "elsewhere.pem")
        with pytest.raises(FixSettings):
            list(there.deliver([message()]))
    assert receiver.stored() == []


def test_a_client_certificate_is_shown_where_the_authority_asks(receiver: Receiver, folder: Path) -> None:
    pair = {"client_certificate": folder / "client.pem", "client_key": folder / "client.key"}
    with over_tls(receiver, folder, "here", client_ca=folder / "client.pem") as url:
        known = {"ca_file": folder / "here.pem"}
        with pytest.raises((RetryLater, FixSettings)):
            list(portal(url, receiver.client_id, receiver.client_secret, **known).deliver([message()]))
        [receipt] = portal(url, receiver.client_id, receiver.client_secret, **known, **pair).deliver([message()])
    assert receipt.outcome is Outcome.ACCEPTED
