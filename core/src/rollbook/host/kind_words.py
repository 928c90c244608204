"""What kinds of case and of message are called where people read of them. Programs are given the kinds themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rollbook.cases.kinds import words_of
from rollbook.outbox.kinds import OF_CASES

_RULES: Final = {of.kind: rule for rule, of in OF_CASES.items()}


def kind_words(kind: str) -> str:
    """The words for a kind of message, or of case (a rule's id); of a plugin's rule its id."""
    return words_of(_RULES.get(kind, kind)).name


def several(kinds: Iterable[str]) -> str:
    """Messages of these kinds in a sentence: `transfer files and sickness returns`, as they are given."""
    *most, last = dict.fromkeys(f"{kind_words(kind)}s" for kind in kinds)
    return f"{', '.join(most)} and {last}" if most else last


def rule_called(asked: str) -> str:
    """The kind of case that a person means who types it, the kind of its messages, or the words for either."""
    said = asked.strip().lower()
    named = {kind_words(rule): rule for rule in OF_CASES}
    return _RULES.get(said) or named.get(said) or said
