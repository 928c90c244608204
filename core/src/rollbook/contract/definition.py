"""Checks of a plugin's class, made when it is defined, so that a mistake shows at import and names the class."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from rollbook.contract.going import tell_members

NAME = re.compile(r"[a-z][a-z0-9_]*")
LONGEST_CALL = 86_400  # seconds, whoever says so: a plugin, or `limits.seconds` in the configuration


class BadDefinition(TypeError):
    """A plugin's class is not what the contract asks for. The text names the class and every mistake in it."""


def check_class(cls: type, **wanted: type) -> None:
    """Refuse a class that lacks one of the class variables, or has one of another type, with all mistakes at once.

    Abstract methods that are left undefined are mistakes too. Raises BadDefinition, a TypeError. What the class uses
    and goes away is warned of.
    """
    tell_members(cls)
    mistakes = []
    for name, kind in wanted.items():
        value = getattr(cls, name, None)
        if value is None:
            mistakes.append(f"{name} is missing")
        elif not isinstance(value, kind):
            mistakes.append(f"{name} is a {type(value).__name__}, not a {kind.__name__}")
    mistakes += _name_mistakes(cls)
    mistakes += _settings_mistakes(cls)
    mistakes += [f"{name}() is not defined" for name in _still_abstract(cls)]
    refuse(cls, mistakes)


def check_members(cls: type, name: str, kind: type) -> None:
    """Refuse a class whose set `name` holds anything but members of `kind`. Raises BadDefinition."""
    strays = [item for item in getattr(cls, name) if not isinstance(item, kind)]
    refuse(cls, [f"{name} holds {stray!r}, which is not a {kind.__name__}" for stray in strays[:1]])


def check_optional(cls: type, name: str, kind: type) -> None:
    """Refuse a class whose variable `name` is neither None nor a `kind`. Raises BadDefinition."""
    value = getattr(cls, name)
    if value is not None and (not isinstance(value, kind) or (kind is int and value is True)):
        refuse(cls, [f"{name} is a {type(value).__name__}, not a {kind.__name__} or None"])


def check_call_seconds(cls: type) -> None:
    """Refuse a class whose `call_seconds` is neither None nor seconds that a call may take. Raises BadDefinition."""
    check_optional(cls, "call_seconds", int)
    seconds = cls.call_seconds  # type: ignore[attr-defined] # of a source or a destination
    if not fits_a_call(seconds):
        refuse(cls, [f"call_seconds is {seconds}: from 1 to {LONGEST_CALL}, or None"])


def fits_a_call(seconds: object) -> bool:
    """Whether it may bound a call: None, or whole seconds from 1 to LONGEST_CALL."""
    return seconds is None or (isinstance(seconds, int) and 1 <= seconds <= LONGEST_CALL)


def check_map(cls: type, name: str) -> None:
    """Refuse a class whose variable `name` is not a mapping from text to text. Raises BadDefinition."""
    value = getattr(cls, name)
    if not isinstance(value, Mapping):
        refuse(cls, [f"{name} is a {type(value).__name__}, not a mapping"])
    if not all(isinstance(key, str) and isinstance(item, str) for key, item in value.items()):
        refuse(cls, [f"{name} must map text to text"])


def refuse(cls: type, mistakes: list[str]) -> None:
    """Raise BadDefinition if there are mistakes."""
    if mistakes:
        raise BadDefinition(f"{cls.__name__}: " + "; ".join(mistakes))


def _name_mistakes(cls: type) -> list[str]:
    name = getattr(cls, "name", None)
    if isinstance(name, str) and not NAME.fullmatch(name):
        return [f"name is {name!r}: small letters, digits and _, a letter first"]
    return []


def _settings_mistakes(cls: type) -> list[str]:
    from rollbook.contract.settings import Settings

    settings = getattr(cls, "Settings", None)
    if isinstance(settings, type) and not issubclass(settings, Settings):
        return ["Settings is not a subclass of rollbook.contract.Settings"]
    return []


def _still_abstract(cls: type) -> list[str]:
    members: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        members.update(vars(base))
    return sorted(
        name
        for name, member in members.items()
        if inspect.isfunction(member) and getattr(member, "__isabstractmethod__", False)
    )
