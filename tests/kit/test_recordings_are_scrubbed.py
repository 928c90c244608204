"""What a recording keeps: nobody real, no field that is not listed, and the same invented person everywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from rollbook.tables.checks import upn_problem
from rollbook.testing.invented import KINDS, key_like
from rollbook.testing.scrubbing import NotScrubbed, Scrubber

PERSONAL = {"surname": "surname", "given": "forename", "upn": "upn", "born": "dob", "home": "address"}
REAL = {
    "surname": "Pemberton",
    "given": "Clementine",
    "upn": "H801200001002",
    "born": "2015-03-09",
    "home": "7 Elm Row",
}


def kept(said: Any, personal: Mapping[str, str] = PERSONAL, **given: Any) -> Any:
    """What a recording keeps of one body."""
    text = said if isinstance(said, str) else json.dumps(said)
    one = Scrubber(personal, **given)
    one.meet(text)
    one.agree()
    made = one.body(text)
    one.check(made)
    assert one.strangers(made) == []
    return made if isinstance(said, str) else json.loads(made)


def test_every_personal_value_is_replaced_and_the_others_stay() -> None:
    [made] = kept({"data": [{**REAL, "year": 5, "mark": "/"}]}, plain=["mark"])["data"]
    assert [name for name in REAL if made[name] == REAL[name]] == []
    assert (made["year"], made["mark"]) == (5, "/")


@pytest.mark.parametrize("kind", KINDS)
def test_what_takes_its_place_is_known_as_invented_and_stays_as_it_is(kind: str) -> None:
    once = kept({"field": "Pemberton 2015-03-09"}, {"field": kind})
    known = [once["field"]] if kind == "key" else []  # a recording says which of its keys are invented
    assert kept(once, {"field": kind}, known=known) == once


def test_the_same_person_is_the_same_everywhere() -> None:
    first, second = kept({"rows": [REAL, REAL]})["rows"]
    assert first == second


def test_an_invented_upn_is_valid_in_form() -> None:
    made = kept(REAL)["upn"]
    assert upn_problem(made) is None
    assert made[1:4] == "000"


def test_a_day_with_a_time_in_an_object_is_a_birth_date_too() -> None:
    said = {"born": {"date": "2015-03-09 00:00:00.000000", "timezone": "Europe/London"}}
    made = kept(said, {"born": "dob"}, plain=["date"])
    assert made["born"] == {"date": "2015-09-01 00:00:00.000000", "timezone": "Europe/London"}


# Every field is listed


@pytest.mark.parametrize(
    ("said", "unlisted"),
    [
        ({"middle": "Maud", "seats": 3, "open": True, "left": None, "house": ""}, ["middle"]),
        ({"rows": [{"a": "x"}, {"a": "y", "b": {"c": ["z"]}}]}, ["a", "c"]),
        ("grant=code&scope=all", ["grant", "scope"]),
    ],
    ids=["a text", "inside others", "a form"],
)
def test_each_field_with_a_text_in_it_is_listed(said: Any, unlisted: list[str]) -> None:
    with pytest.raises(NotScrubbed) as raised:
        kept(said, {})
    assert [name for name in unlisted if f'"{name}"' not in str(raised.value)] == []
    kept(said, {}, plain=unlisted)


def test_what_is_not_listed_is_told_at_once_and_can_be_pasted() -> None:
    said = {"learner_surname": "Pemberton", "dateOfBirth": "2015-03-09", "mark": "/", "half": "AM"}
    with pytest.raises(NotScrubbed) as raised:
        kept(said, {})
    assert str(raised.value).splitlines()[1:] == [
        '    personal={"dateOfBirth": "dob", "learner_surname": "surname"},',
        '    plain=("half", "mark",),',
    ]
    assert "Pemberton" not in str(raised.value)


def test_who_is_listed_as_personal_and_nowhere_is_told_with_the_fields_there_are() -> None:
    with pytest.raises(
        NotScrubbed, match=r"in no recording: 'lerner'.* are: born, given, home, learner, surname, upn\."
    ):
        kept({**REAL, "learner": 17}, {**PERSONAL, "lerner": "key"})


def test_a_recording_without_anybody_need_not_have_their_fields() -> None:
    assert kept({"version": 1}) == {"version": 1}


def test_a_field_is_named_with_the_one_that_it_stands_in_where_its_name_is_not_enough() -> None:
    made = kept(
        {"school": {"name": "Elm Row"}, "pupil": {"name": "Clem P"}}, {"pupil.name": "name"}, plain=["school.name"]
    )
    assert made["school"]["name"] == "Elm Row"
    assert made["pupil"]["name"] != "Clem P"


@pytest.mark.parametrize("listed", [{"personal": {"a": "shoes"}}, {"personal": {"a": "text"}, "plain": ["a"]}])
def test_what_is_listed_as_nothing_or_twice_is_refused(listed: Any) -> None:
    with pytest.raises(ValueError, match=r"'(shoes|a)'"):
        Scrubber(**listed)


@pytest.mark.parametrize("field", ["comment", "note"])
def test_a_name_that_stands_in_a_plain_field_stops_the_recording_and_the_field_is_told(field: str) -> None:
    with pytest.raises(NotScrubbed, match=f"'{field}'") as raised:
        kept({**REAL, field: "Rang Mrs Pemberton"}, plain=[field])
    assert "Pemberton" not in str(raised.value)


@pytest.mark.parametrize("body", ["<xml><name>Pemberton</name></xml>", "surname,upn\nPemberton,H801200001002\n"])
def test_what_cannot_be_read_is_not_recorded(body: str) -> None:
    with pytest.raises(NotScrubbed):
        kept(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"surname": "Pemberton"}, "surname holds a value that was not invented"),
        ({"note": "see H801200001002"}, "a UPN that was not invented"),
        ({"access_token": "eyJhb"}, "access_token holds a secret"),
        ({"nickname": "Clem"}, "nickname is listed neither in `personal` nor in `plain`"),
    ],
)
def test_a_body_with_somebody_in_it_is_found(body: dict[str, str], said: str) -> None:
    assert Scrubber(PERSONAL, plain=["note"]).strangers(json.dumps(body)) == [said]


# Keys of pupils


@pytest.mark.parametrize("key", ["10032", "A1930499544", "0b5c9f3e-77aa-4d1e-9c55-0f3b8f6a2d10", "St/47-é", "7"])
def test_a_key_keeps_its_form_and_leads_nobody_back(key: str) -> None:
    def form(text: str) -> list[str]:
        return ["digit" if one.isdigit() else "letter" if one.isalpha() else one for one in text]

    made = key_like(key, 3, {key})
    assert made != key
    assert form(made) == form(key)


def test_as_many_keys_come_out_as_went_in() -> None:
    rows = [{"id": number} for number in range(1, 33)]
    made = [row["id"] for row in kept(rows, {"id": "key"})]
    assert len(set(made)) == 32
    assert all(isinstance(one, int) for one in made)


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("https://a.org/pupils/10032/marks", "the path"),
        ("https://a.org/marks?from=2026-11-16&id=10032", "a parameter"),
        ("https://a.org/marks?ids=10032,10033", "several"),
    ],
)
def test_a_key_is_replaced_in_addresses_too(address: str, named: str) -> None:
    one = Scrubber({"id": "key"})
    one.meet('[{"id": 10032}, {"id": 10033}]')
    one.agree()
    first, second = (row["id"] for row in json.loads(one.body('[{"id": 10032}, {"id": 10033}]')))
    assert one.address(address) == address.replace("10032", str(first)).replace("10033", str(second)), named


@pytest.mark.parametrize(
    "said",
    [{"next": "https://a.org/pupils/10032?page=2"}, {"query": '{pupil(id: "10032") {id}}'}, {"pupil": {"id": "10032"}}],
)
def test_a_key_is_replaced_in_links_and_queries_of_a_body(said: Any) -> None:
    made = kept([{"id": "10032"}, said], {"id": "key"}, plain=["next", "query"])
    assert "10032" not in json.dumps(made)
    assert made[0]["id"] in json.dumps(made[1])


def test_a_key_that_stands_in_another_field_is_told() -> None:
    with pytest.raises(NotScrubbed, match="'learner'"):
        kept([{"id": 10032}, {"learner": 10032}], {"id": "key"})
