"""An authority's words are shown only where they name nobody of the message."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.contract import people_in, without_people

CONTENT: dict[str, Any] = {
    "school": {"urn": 100001, "name": "Northwick School"},
    "contact": {"name": "Attendance Office", "role": "office", "telephone": "01632 960001"},
    "pupil": {"surname": "Llŷr-O’Sullivan", "forename": "Siân", "dob": "2017-03-09", "upn": "B801200005001", "sex": "F"}
    | {"address": "14 Marrowbone Crescent,\nNorthwick", "postcode": "ZZ99 3WZ"},
    "parents": [{"name": "Hesper and Jo Quill", "relationship": "father", "email": "hesper@example.org"}],
    "siblings": [{"forename": "Zebulon"}],
    "improve": {"parent": "Casimir Dray"},
    "missing": {"enquiries": {"log": [{"by": "Bea Smithson", "outcome": "no_answer"}]}},
    "cause": "Her aunt is ill. Mrs Jonquil rang on Monday. Tarquin's father left.",
    "declaration": {"name": "Ada Penhaligon", "role": "Head"},
    "settings": [{"name": "school_days", "value": 10, "set_by": "law"}],
}


@pytest.mark.parametrize(
    "words",
    [
        "Siân is not on our list",
        "SIAN is not on our list",
        "ask the Sullivan family",
        "the UPN B8012 0000 5001 is another child's",
        "born 09/03/2017",
        "born 9 March 2017",
        "born 09.03.2017",
        "nobody lives at 14 marrowbone crescent, northwick",
        "zz993wz is not ours",
        "Zebulon is the brother",
        "Mr Quill told us",
        "write to hesper@example.org",
        "ring 01632960001",
        "Casimir was told",
        "Ms Smithson tried",
        "Mrs Jonquil is not the carer",
        "and Tarquin?",
        "ask Ada Penhaligon",
    ],
)
def test_words_that_name_somebody_are_left_out(words: str) -> None:
    assert without_people(words, people_in(CONTENT)) == "(their words are left out: they name a person)"


@pytest.mark.parametrize(
    "words",
    [
        "the days of the second week are not those of Northwick School",
        "sent on a Monday, by the office",
        "the father has to be named, and the carer",
        "F is not enough",
        "school_days: 10",
        "",
    ],
)
def test_other_words_are_shown(words: str) -> None:
    assert without_people(words, people_in(CONTENT)) == words


def test_they_are_one_line_of_300_characters_at_most() -> None:
    assert without_people("a\n\tb\x00c" + "d" * 700, frozenset()) == "a b c" + "d" * 295
