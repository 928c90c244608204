"""F-1 and F-3: the wire."""

from __future__ import annotations

import socket
import ssl
import warnings
from urllib.parse import urlsplit

from rollbook_feed import canonical
from rollbook_receiver.body import LONGEST
from rollbook_receiver.conformance.of_receiver.check import Broken, NotSeen, check
from rollbook_receiver.conformance.of_receiver.stage import Stage, expect

SECONDS = 10.0


@check(
    "F-1",
    "a connection that checks the certificate and its name; one by TLS 1.1; and one by plain HTTP to the same port",
)
def encrypted(stage: Stage) -> str:
    """HTTPS alone, by TLS 1.2 or later."""
    url = urlsplit(str(stage.wire.http.base_url))
    if url.scheme != "https":
        raise NotSeen(
            "it was asked by plain HTTP on loopback, which the clause allows: ask it by its https address too"
        )
    place = (url.hostname or "", url.port or 443)
    old = _by_old_tls(place)
    if old:
        raise Broken(f"a connection by {old} was taken; TLS 1.2 is the least")
    if _by_plain_http(place):
        raise Broken("plain HTTP to the same port was answered by the interface")
    stage.wire.get("/v1/whoami")
    return "its certificate holds for its name; neither of the others got an answer of the interface"


@check(
    "F-3",
    "a message of 256 KiB, one of one byte more, one as text/plain, and one that is not in UTF-8",
    beyond="the 4 MiB of a day's marks, unless /v1/whoami asks for sessions",
)
def bounded(stage: Stage) -> str:
    """/v1, JSON in UTF-8, 256 KiB."""
    message = stage.message()
    body = canonical(message).encode()
    longest = body + b" " * (LONGEST - len(body))
    stage.taken(stage.post(longest), message)
    expect(stage.post(longest + b" "), 413, "too-large", "a message of 256 KiB and one byte")
    other = canonical(stage.message()).encode()
    expect(stage.post(other, media="text/plain"), 415, "not-json", "a message as text/plain")
    latin = canonical(stage.message()).replace("Zebulon", "Zébulon").encode("latin-1")
    expect(stage.post(latin), 400, "malformed", "a message in Latin-1")
    return "256 KiB was taken, a byte more answered 413, text/plain 415, another encoding 400"


def _by_old_tls(place: tuple[str, int]) -> str | None:
    """The version of a connection that was made below TLS 1.2; None where there was none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is sent: only whether it is taken
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # to ask for an old version is the purpose
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with socket.create_connection(place, SECONDS) as plain, context.wrap_socket(plain) as made:
            return made.version()
    except (OSError, ValueError):
        return None


def _by_plain_http(place: tuple[str, int]) -> bool:
    """Whether plain HTTP is answered as the interface does: a proxy's own word that it wants TLS is none."""
    asked = f"GET /v1/whoami HTTP/1.1\r\nHost: {place[0]}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(place, SECONDS) as line:
            line.settimeout(SECONDS)
            line.sendall(asked.encode())
            answer = line.recv(4096)
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.") and (answer[9:10] == b"2" or b"problem+json" in answer.lower())
