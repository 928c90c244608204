"""A profile: settings in a TOML file of their own, which a school can send to the next one. See docs/csv.md."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

OF_ONE_SCHOOL = (
    "folder",
    "urn",
    "laestab",
    "other_upns",
    "accept_older",
    "profile",
)  # what the next school has otherwise
MOST = 65_536


def read_profile(path: Path) -> dict[str, Any]:
    """The settings that the file has. Raises ValidationError of the setting `profile`, naming the file."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        raise _mistake(f"{path} cannot be read ({error.strerror}): correct the path, or make it anew") from None
    if len(data) > MOST:
        raise _mistake(f"{path} is no profile: it has more than {MOST} bytes")
    try:
        given = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _mistake(f"{path} is not UTF-8: save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise _mistake(f"{path} is not TOML: {_place(error)}") from None
    if stray := sorted(set(given) & set(OF_ONE_SCHOOL)):
        raise _mistake(
            f"{path} has {stray[0]}, which is one school's own: write it in the connection, and take it out of the file"
        )
    return given


def named(messages: Mapping[str, Any], file: str, given: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """The mistakes of settings; those of keys that the profile `given` has are a list, and name its file."""
    return {
        key: [f"in the profile {file}: {text}" for text in _texts(said, known)] if key in given else said
        for key, said in messages.items()
    }


def _texts(said: Any, known: Iterable[str]) -> Iterator[str]:
    """The texts alone: their place in the file is not one in the configuration."""
    if isinstance(said, str):
        there = ", ".join(sorted(set(known) - set(OF_ONE_SCHOOL)))
        yield f"there is no such setting; there are: {there}" if said == "Unknown field." else said
        return
    for inner in said.values() if isinstance(said, Mapping) else said:
        yield from _texts(inner, known)


def _place(error: tomllib.TOMLDecodeError) -> str:
    """Where it is wrong. What stands there is not repeated: it may be anything."""
    _, _, place = str(error).rpartition("(")
    return place.rstrip(")") if place.startswith("at ") else "it cannot be read"


def _mistake(text: str) -> ValidationError:
    return ValidationError({"profile": [text]})
