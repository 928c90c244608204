"""HTTPS without a proxy in front, and mutual TLS."""

from __future__ import annotations

import ssl
from pathlib import Path


def context(certificate: Path, key: Path, clients_ca: Path | None = None) -> ssl.SSLContext:
    """TLS 1.2 or later with the receiver's own certificate; with `clients_ca`, whoever connects needs one that this
    vouches for. Raises OSError where a file cannot be read, or is none (ssl.SSLError is one).
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(
        certificate, key, password=lambda: ""
    )  # a service must not wait at a terminal for a passphrase
    if clients_ca is not None:
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_verify_locations(clients_ca)
    return made
