"""UPN, URN and LAESTAB: form and check letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.tables import checks

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def test_the_documentation_example_has_the_letter_b() -> None:
    assert checks.upn_check_letter("801200005001") == "B"
    assert checks.upn_problem("B801200005001") is None


@pytest.mark.parametrize(
    ("upn", "word"),
    [
        ("A801200005001", "first letter"),
        ("B801200005010", "first letter"),
        ("b801200005001", "capital"),
        ("B80120000500", "11 digits"),
        ("B8012000050011", "11 digits"),
        ("I801200005001", "capital"),
        ("B80120000500O", "last"),
        ("B801200005001\n", "11 digits"),
        ("B80120000500١", "11 digits"),
        ("", "capital"),
    ],
)
def test_a_upn_that_is_wrong_is_told_without_being_repeated(upn: str, word: str) -> None:
    problem = checks.upn_problem(upn)
    assert problem is not None
    assert word in problem
    assert not upn or upn not in problem


@given(st.text("0123456789", min_size=11, max_size=11), st.sampled_from("0123456789" + LETTERS))
def test_every_other_check_letter_is_refused(digits: str, last: str) -> None:
    rest = digits + last
    right = checks.upn_check_letter(rest)
    assert [letter for letter in LETTERS if checks.upn_problem(letter + rest) is None] == [right]
    assert checks.is_temporary_upn(right + rest) == last.isalpha()


@pytest.mark.parametrize(("urn", "good"), [("100001", True), ("012345", False), ("12345", False), ("1234567", False)])
def test_a_urn_has_six_digits(urn: str, good: bool) -> None:
    assert (checks.urn_problem(urn) is None) is good


@pytest.mark.parametrize(
    ("laestab", "good"), [("801/2000", True), ("8012000", True), ("801-2000", False), ("80/12000", False)]
)
def test_a_laestab_has_three_digits_and_four(laestab: str, good: bool) -> None:
    assert (checks.laestab_problem(laestab) is None) is good


@pytest.mark.parametrize(("la", "good"), [("801", True), ("80", False), ("80A", False)])
def test_an_authority_has_three_digits(la: str, good: bool) -> None:
    assert (checks.la_problem(la) is None) is good
