"""Commands that plugins add, by the entry point group `rollbook.commands`.

Reading entry points costs some 45 ms, and loading one runs a plugin's code: it is done only when a command is typed
that is none of ours, and then that one alone is loaded.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

import click

from rollbook.cli.exits import Stop

GROUP = "rollbook.commands"


def added_command(name: str) -> click.Command | None:
    """The command called `name` that a plugin adds, or None. Raises Stop when it cannot be loaded or is there twice."""
    found = list(entry_points(group=GROUP, name=name))
    if not found:
        return None
    if len(found) > 1:
        raise Stop(f"The command {name!r} is added by {_whose(found)}: remove all but one of these distributions.")
    try:
        command = found[0].load()
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything; its text is not shown
        raise Stop(
            f"The command {name!r} of {_whose(found)} cannot be loaded ({type(error).__name__}): "
            "install it again, or ask its vendor."
        ) from None
    if not isinstance(command, click.Command):
        raise Stop(f"The command {name!r} of {_whose(found)} is not a click command: ask its vendor.")
    return command


def added_commands() -> list[tuple[str, str]]:
    """The name of each added command with the distribution it comes from; none of them is loaded."""
    return sorted((entry.name, _whose([entry])) for entry in entry_points(group=GROUP))


def _whose(entries: list[EntryPoint]) -> str:
    return " and ".join(f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value for entry in entries)
