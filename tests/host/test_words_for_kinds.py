"""Kinds of case and of message have one name each, in the field's words."""

from __future__ import annotations

import pytest

from rollbook.contract import Kind
from rollbook.host.kind_words import kind_words, rule_called, several
from rollbook.outbox.kinds import OF_CASES


def test_every_kind_of_message_has_words_of_its_own() -> None:
    words = {kind_words(kind.value) for kind in Kind}
    assert len(words) == len(Kind)
    assert not [word for word in words if "_" in word]


@pytest.mark.parametrize(("rule", "of"), [(rule, of.kind) for rule, of in OF_CASES.items()])
def test_a_case_is_called_as_its_message_is(rule: str, of: str) -> None:
    assert kind_words(rule) == kind_words(of)


def test_a_case_of_a_plugins_rule_is_called_by_its_id() -> None:
    assert kind_words("chess_club") == "chess_club"


def test_several_kinds_make_a_sentence() -> None:
    assert several(["transfer_file"]) == "transfer files"
    assert several(["transfer_file", "sickness_return", "missing"]) == (
        "transfer files, sickness returns and missing pupil reports"
    )


@pytest.mark.parametrize("asked", ["missing", "missing_pupil_report", "Missing pupil report "])
def test_who_asks_for_cases_may_use_the_words_too(asked: str) -> None:
    assert rule_called(asked) == "missing"
