"""A new plugin, from the starter that ships with Rollbook: a working distribution of an invented vendor, Acme.

The starter's files are as they will be, under `rollbook/starter`: `shared`, and what is a source's or a destination's.
Only Acme's name is replaced, and `dot-` at the head of a name of a file, so that no tool takes it for our own.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from keyword import iskeyword
from pathlib import Path
from typing import Literal

from rollbook.contract import __all__ as contract
from rollbook.contract.definition import NAME
from rollbook.contract.errors import FixSettings
from rollbook.host.plugins import GROUP

Kind = Literal["source", "destination"]
OURS = ("arbor", "arbor_live_feed", "csv", "ctf_files", "la_files", "la_portal", "sims", "wonde")
"""Rollbook's own plugins, installed or not."""
IN_GUIDES = {"School", "Schools", "Listed", "Pupil", "Enrolment", "Mark", "Held", "Nothing"}
"""The classes that the guides (docs/writing-a-source.md, docs/writing-a-destination.md) go on to write."""
_ACME = re.compile(r"rollbook-acme|ACME|Acme|acme")


def new_plugin(name: str, kind: Kind) -> dict[str, str]:
    """What the new distribution holds: the path of each file in it, and its text.

    Raises FixSettings when no plugin can have that name, or one here has it already.
    """
    _check_name(name)
    words = {"rollbook-acme": distribution(name), "ACME": name.upper(), "Acme": _class_name(name), "acme": name}
    starter = files("rollbook") / "starter"
    found = [one for part in ("shared", kind) for one in _files(starter / part)]
    named = {path: file.read_text(encoding="utf-8") for path, file in sorted(found, key=lambda one: one[0])}
    if words["Acme"] in names_in_use(text for path, text in named.items() if path.endswith(".py")):
        taken = f"its class {words['Acme']} would hide another"
        raise FixSettings(f"{name!r} cannot be a plugin's name: {taken}. Add a word.")
    return {_renamed(path, words): _renamed(text, words) for path, text in named.items()}


def distribution(name: str) -> str:
    """The name of the distribution, and of its folder."""
    return f"rollbook-{name.replace('_', '-')}"


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write the files into a new folder. Raises FixSettings when it is there already: nothing is ever overwritten."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise FixSettings(f"{folder.absolute()} is there already and was left as it is.") from None
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def names_in_use(modules: Iterable[str]) -> set[str]:
    """What the class of a new plugin may not be called: the names of these modules, of the guides, and of Python."""
    trees = [ast.parse(text) for text in modules]
    found = [node for tree in trees for node in ast.walk(tree)]
    named = {one.asname or one.name for node in found if isinstance(node, ast.ImportFrom) for one in node.names}
    named |= {node.name for node in found if isinstance(node, ast.ClassDef)}
    return {name for name in named if "Acme" not in name} | IN_GUIDES | set(dir(builtins)) | set(contract)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or not re.fullmatch("[a-z0-9]+(_[a-z0-9]+)*", name):
        raise FixSettings(
            f"{name!r} cannot be a plugin's name: small letters and digits, a letter first, words parted by one _."
        )
    if iskeyword(name):
        raise FixSettings(f"{name!r} cannot be a plugin's name: it is a word of Python's own. Add a word.")
    if name in OURS:
        raise FixSettings(f"{name} is a plugin of Rollbook's own: choose another name.")
    if any(point.name == name for point in entry_points(group=GROUP)):
        raise FixSettings(f"A plugin {name} is installed already: `rollbook plugins show {name}`. Choose another name.")


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _renamed(text: str, words: Mapping[str, str]) -> str:
    return _ACME.sub(lambda found: words[found[0]], text)


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        path = above + re.sub("^dot-", ".", one.name)
        if one.is_file():
            yield path, one
        elif one.name != "__pycache__":  # an installer may have compiled the starter's modules
            yield from _files(one, f"{path}/")
