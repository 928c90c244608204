"""Where a request comes from: its address, and whether that is this machine."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Iterable
from functools import lru_cache

from starlette.requests import Request

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?")
log = logging.getLogger("rollbook_receiver")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@lru_cache(1024)
def address_of(host: str) -> str:
    """What counts as one address: of IPv6 the first half, which is one household's or firm's."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv4Address):
        return host
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def address(request: Request) -> str:
    """The address that a request comes from; behind a proxy that was named, the one that it says."""
    return address_of(request.client.host) if request.client else ""


def asked_here(request: Request) -> bool:
    """Whether the asker sits at this machine: a proxy in front of loopback would open the pages to its whole network,
    and a page elsewhere can point a name of its own at loopback."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    # The header itself: what the framework cannot read it replaces by the server's own address, which is loopback.
    host = _HOST.fullmatch(request.headers.get("host", ""))
    name = host.group(1).strip("[]").lower() if host else ""
    return name == "localhost" or is_loopback(name)


def is_loopback(host: str) -> bool:
    """Whether this is an address of the machine's own."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


class Unnamed:
    """Warns once of a proxy that was not named: all who come through it count as one, and none is believed."""

    def __init__(self) -> None:
        self._said = False

    def look(self, host: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """At the headers of a request from an address that was not named. Their names are in small letters."""
        if not self._said and any(name == b"x-forwarded-for" for name, _ in headers):
            self._said = True
            log.warning("X-Forwarded-For from %s, which is no proxy that was named: is it one? serve --proxy", host)
