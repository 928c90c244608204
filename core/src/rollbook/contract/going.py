"""What goes away in the next major version of the contract, and how whoever uses it is told: docs/compatibility.md."""

from __future__ import annotations

import warnings

GOING: dict[str, str] = {}
"""`Name`, or `Class.member` of a class that plugins subclass -> a sentence that says what to use in its place."""


class GoesAway(DeprecationWarning):
    """A plugin uses what goes away. The text says what, and what to use in its place."""


def tell_name(name: str) -> None:
    """Warn where the public name `name` goes away."""
    if name in GOING:
        _tell(name, depth=4)  # past this, the contract's __getattr__ and us, to the plugin's line


def tell_members(cls: type) -> None:
    """Warn of each class variable and method of `cls` itself that goes away in one of its bases."""
    bases = {base.__name__ for base in cls.__mro__[1:]}
    for going in list(GOING):
        owner, _, member = going.partition(".")
        if owner in bases and member in vars(cls):
            _tell(f"{going} ({cls.__name__})", depth=6)  # past the checks of the class, to where it is defined


def _tell(what: str, *, depth: int) -> None:
    sentence = GOING[what.split(" ")[0]]
    warnings.warn(f"{what} goes away in the next major version of the contract: {sentence}", GoesAway, stacklevel=depth)
