"""Checks of a plugin's class, made when it is defined, so that a mistake shows at import and names the class."""

from __future__ import annotations

import inspect
from typing import Any


def check_class(cls: type, **wanted: type) -> None:
    """Refuse a class that lacks one of the class variables, or has one of another type, with all mistakes at once.

    A class that still has abstract methods of its own making is a base for others and is left alone only if it says
    so with `abstract = True` in its own body. Raises TypeError.
    """
    mistakes = []
    for name, kind in wanted.items():
        value = getattr(cls, name, None)
        if value is None:
            mistakes.append(f"{name} is missing")
        elif not isinstance(value, kind):
            mistakes.append(f"{name} is a {type(value).__name__}, not a {kind.__name__}")
    mistakes += [f"{name}() is not defined" for name in _still_abstract(cls)]
    if mistakes:
        raise TypeError(f"{cls.__name__}: " + "; ".join(mistakes))


def check_instance_of(cls: type, name: str, kind: type) -> None:
    """Refuse a class whose set `name` holds anything but members of `kind`. Raises TypeError."""
    strays = [item for item in getattr(cls, name) if not isinstance(item, kind)]
    if strays:
        raise TypeError(f"{cls.__name__}.{name} holds {strays[0]!r}, which is not a {kind.__name__}")


def _still_abstract(cls: type) -> list[str]:
    members: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        members.update(vars(base))
    return sorted(
        name
        for name, member in members.items()
        if inspect.isfunction(member) and getattr(member, "__isabstractmethod__", False)
    )
