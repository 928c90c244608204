"""Who a school's pupil is: what a UPN, a name and a date of birth say, in words that an officer reads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook_receiver.likeness import Finding, Person, Told, differences, find, upn_stands

UPN, OTHER_UPN, WRONG_UPN = "B801200005001", "Q801200005002", "C801200005001"
ZEB = Told("Quillfeather", "Zebulon", "2017-03-09", UPN)
LISTED = Person(7, ZEB, "A-1")
NOBODY = "nobody has this UPN, or this name with this date of birth"


@pytest.mark.parametrize(
    ("upn", "stands"),
    [(UPN, True), (WRONG_UPN, False), (None, False), ("", False), ("B80120000500", False), ("I801200005001", False)],
)
def test_a_upn_stands_when_its_check_letter_is_that_of_the_rest(upn: str | None, stands: bool) -> None:
    assert upn_stands(upn) is stands


TOLD = [
    ("the same", {}, ("matched", "same UPN, name and date of birth", 7)),
    ("written otherwise", {"surname": "QUILL-FEATHER ", "forename": "Zébulon"}, ("matched", None, 7)),
    ("by the name he prefers", {"forename": "Zeb", "preferred_forename": "Zebulon"}, ("matched", None, 7)),
    ("another forename", {"forename": "Zachary"}, ("conflict", "same UPN; forename differs", 7)),
    ("born otherwise", {"dob": "2017-09-03"}, ("conflict", "same UPN; date of birth differs", 7)),
    (
        "another child's UPN",
        {"surname": "Marrow", "forename": "Ann", "dob": "2016-01-02"},
        ("conflict", "same UPN; forename, surname and date of birth differ", 7),
    ),
    (
        "his UPN was replaced",
        {"upn": OTHER_UPN, "former_upn": UPN},
        ("matched", "same former UPN, name and date of birth", 7),
    ),
    ("no UPN", {"upn": None}, ("proposed", "same name and date of birth; no UPN that stands was told", 7)),
    ("another UPN", {"upn": OTHER_UPN}, ("proposed", "same name and date of birth; the UPN is another", 7)),
    (
        "a mistyped UPN",
        {"upn": WRONG_UPN},
        (
            "proposed",
            "same name and date of birth; no UPN that stands was told; "
            "the UPN's check letter is wrong, so it was not used",
            7,
        ),
    ),
    ("a stranger", {"upn": OTHER_UPN, "dob": "2015-05-05"}, ("unmatched", NOBODY, None)),
    (
        "a stranger from over the border",
        {"upn": OTHER_UPN, "dob": "2015-05-05", "home_la": "802"},
        ("unmatched", NOBODY + "; lives in the area of authority 802", None),
    ),
    (
        "known, from over the border",
        {"home_la": "802"},
        ("matched", "same UPN, name and date of birth; lives in the area of authority 802", 7),
    ),
]


@pytest.mark.parametrize(("what", "changes", "expected"), TOLD, ids=[row[0] for row in TOLD])
def test_what_is_found(what: str, changes: dict[str, str | None], expected: tuple[str, str | None, int | None]) -> None:
    found = find(replace(ZEB, **changes), [LISTED])
    state, words, person = expected
    assert (found.state, found.person) == (state, person)
    assert words is None or found.words == words


def test_two_people_with_one_upn_are_a_conflict() -> None:
    twin = Person(8, replace(ZEB, forename="Zachary"))
    assert find(ZEB, [LISTED, twin]) == Finding("conflict", "2 people have this UPN", None, (7, 8))


def test_two_children_of_one_name_and_birthday_are_proposed_and_neither_is_chosen() -> None:
    other = Person(8, replace(ZEB, upn=OTHER_UPN))
    found = find(replace(ZEB, upn=None), [LISTED, other])
    assert (found.state, found.person, found.likely) == ("proposed", None, (7, 8))


def test_a_list_without_upns_proposes_and_says_so() -> None:
    found = find(ZEB, [Person(7, replace(ZEB, upn=None))])
    assert "the authority's list has no UPN for them" in found.words


PARTS = st.builds(
    Told,
    st.sampled_from(["Marrow", "Quillfeather"]),
    st.sampled_from(["Ann", "Zebulon"]),
    st.sampled_from(["2017-03-09", "2016-01-02"]),
    st.sampled_from([None, UPN, OTHER_UPN, WRONG_UPN]),
    st.sampled_from([None, UPN, OTHER_UPN]),
)


@given(PARTS, st.lists(PARTS, max_size=5))
@settings(max_examples=150, deadline=None)
def test_nobody_is_matched_without_a_upn_that_stands_and_all_else_the_same(told: Told, people: list[Told]) -> None:
    found = find(told, [Person(number, one) for number, one in enumerate(people, start=1)])
    if found.state == "matched":
        assert found.person is not None
        person = people[found.person - 1]
        assert differences(told, person) == []
        shared = {told.upn, told.former_upn} & {person.upn, person.former_upn}
        assert any(upn_stands(upn) for upn in shared)
