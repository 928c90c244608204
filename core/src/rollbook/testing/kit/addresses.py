"""Addresses on loopback among the settings of a simulator: in a text, or host and port apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_HOSTS = r"127\.0\.0\.1|localhost|\[::1\]"
_ADDRESS = re.compile(rf"(?<!https://)(?<![\w.])({_HOSTS}):(\d+)")
_HOST = re.compile(r"127\.0\.0\.1|localhost|\[?::1\]?")


def found_in(settings: Mapping[str, Any], texts: list[str]) -> list[str]:
    """Each as "host:port", once a port: those in the texts, and those of which host and port are settings of their own.
    TLS is no such address: nothing can stand between.
    """
    told = [f"{host}:{port}" for text in texts for host, port in _ADDRESS.findall(text)]
    return list({one.rpartition(":")[2]: one for one in (*told, *_apart(settings))}.values())


def pattern(address: str) -> str:
    """For any spelling of that address, and never the beginning of a longer one."""
    return rf"(?:{_HOSTS}):{address.rpartition(':')[2]}(?!\d)"


def with_ports(settings: Mapping[str, Any], ports: Mapping[int, int]) -> dict[str, Any]:
    """The settings, with other ports in place of those that stand beside their host."""
    there = _beside_their_host(settings)
    moved = {name: type(value)(ports[int(value)]) for name, value in there.items() if int(value) in ports}
    if not moved:
        return dict(settings)
    hosts = {name: "127.0.0.1" for name, value in settings.items() if isinstance(value, str) and _HOST.fullmatch(value)}
    return {**settings, **hosts, **moved}


def _apart(settings: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"127.0.0.1:{port}" for port in _beside_their_host(settings).values())
    for value in settings.values():
        if isinstance(value, Mapping):
            yield from _apart(value)


def _beside_their_host(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The ports among the settings, by their names, where a host on loopback is there too."""
    if not any(isinstance(value, str) and _HOST.fullmatch(value) for value in settings.values()):
        return {}
    return {
        name: value for name, value in settings.items() if "port" in name.lower() and re.fullmatch(r"\d+", str(value))
    }
