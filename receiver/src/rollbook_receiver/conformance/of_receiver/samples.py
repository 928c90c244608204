"""Messages for a check: the feed's own examples, of nobody, under a key of this run."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from rollbook_feed import example, problems

ANY_SCRIPT = {"surname": "Ó Súilleabháin-Ткаченко 李 محمد नगर", "forename": "Zoë-Łucja 👩‍🏫 ﷽"}


def message(kind: str, school: int, pupil: int, episode: int) -> dict[str, Any]:
    """The feed's example of a kind, as the first revision under a key."""
    made = example(kind)
    made["key"] |= {"school": school, "pupil": str(pupil), "episode": episode}
    made["content"]["school"]["urn"] = school
    return made | {"revision": 1, "action": "send"}


def amended(sent: dict[str, Any], revision: int) -> dict[str, Any]:
    """A later revision that says something else."""
    made = copy.deepcopy(sent)
    made["content"]["pupil"]["forename"] = f"Zebulon {'I' * min(revision, 20)}"
    made["content"]["reason"] = "the forename was corrected"
    return made | {"revision": revision, "action": "amend"}


def withdrawn(sent: dict[str, Any], revision: int) -> dict[str, Any]:
    """A withdrawal of it."""
    said = {"reason": "a check of conformance: nobody is meant"}
    return copy.deepcopy(sent) | {"revision": revision, "action": "withdraw", "content": said}


def in_any_script(sent: dict[str, Any]) -> dict[str, Any]:
    """The message, of a pupil with a name in several scripts."""
    made = copy.deepcopy(sent)
    made["content"]["pupil"] |= ANY_SCRIPT
    return made


def least(sent: dict[str, Any]) -> dict[str, Any]:
    """The message without any field that the feed lets one leave out."""
    made = copy.deepcopy(sent)
    for path in sorted(_paths(made["content"]), key=len, reverse=True):
        holder = made["content"]
        for step in path[:-1]:
            holder = holder[step]
        kept = holder.pop(path[-1])
        if problems(made):
            holder[path[-1]] = kept
    return made


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every field, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*before, name)
            yield from _paths(inner, (*before, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*before, index))
