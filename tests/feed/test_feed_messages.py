"""What the open feed takes, and what it says of what it does not take."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.outbox import drafts
from rollbook_feed import KINDS, canonical, digest, problems, required_fields
from support.receiver_messages import SURNAME, content, envelope


def changed(path: str, value: Any, action: str = "send") -> dict[str, Any]:
    """A good message with the field at `path` put to `value` (`...`: taken out)."""
    message = envelope(action)
    *way, last = path.split("/")
    place: Any = message
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    if value is ...:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return message


@pytest.mark.parametrize(("action", "revision"), [("send", 1), ("amend", 2), ("withdraw", 3)])
def test_a_good_message_has_no_problems(action: str, revision: int) -> None:
    assert problems(envelope(action, revision)) == []


def test_what_is_not_known_may_be_left_out() -> None:
    said = content()
    for name in ("contact", "parents"):
        del said[name]
    for name in ("upn", "sex", "year_group", "postcode"):
        del said["pupil"][name]
    assert problems(envelope(said=said)) == []


@pytest.mark.parametrize("field", required_fields("attendance_return"))
def test_each_required_field_is_missed(field: str) -> None:
    pointer = "content/" + field.replace(".", "/")
    assert f"/{pointer}" in [row["pointer"] for row in problems(changed(pointer, ...))]


REFUSED = [
    ("feed_version", "2.0", "not one of 1.0"),
    ("key/kind", "gossip", "not one of " + ", ".join(KINDS)),
    ("key/school", "100001", "not a whole number"),
    ("key/school", 99999, "not from 100000 to 999999"),
    ("key/pupil", 12, "not a number of up to 63 bits, as text of digits"),
    ("key/pupil", "012", "not a number of up to 63 bits, as text of digits"),
    ("key/pupil", "9223372036854775808", "not a number of up to 63 bits, as text of digits"),
    ("key/pupil", "١٢", "not a number of up to 63 bits, as text of digits"),
    ("key/episode", 0, "not from 1 to 1000000"),
    ("revision", True, "not a whole number"),
    ("revision", 1.5, "not a whole number"),
    ("revision", "1", "not a whole number"),
    ("action", "delete", "not one of send, amend, withdraw"),
    ("content", [], "not an object"),
    ("content/school/la", "80", "not an authority's number of 3 digits"),
    ("content/school/urn", 100009, "not the school of the key"),
    ("content/school/laestab", "801-2000", "not a LAESTAB as 801/2000"),
    ("content/pupil/upn", "B801200005001\n", "not a UPN: a letter, 11 digits, and a digit or letter"),
    ("content/pupil/upn", None, "null is not a value: leave out what is not known"),
    ("content/pupil/dob", "20170309", "not a day as 2026-10-05"),
    ("content/pupil/dob", "2017-W10-4", "not a day as 2026-10-05"),
    ("content/pupil/dob", "2017-02-29", "not a day that exists"),
    ("content/pupil/surname", "  ", "empty: leave out what is not known"),
    ("content/pupil/surname", "x" * 201, "longer than 200 characters"),
    ("content/pupil/surname", "Quill\x00feather", "holds a control character"),
    ("content/pupil/surname", "Quill\ud800", "holds a control character"),
    ("content/pupil/surname", 7, "not text"),
    ("content/pupil/sex", "X", "not one of F, M"),
    ("content/pupil/sex", ["F"], "not one of F, M"),
    ("content/pupil", "Quillfeather", "not an object"),
    ("content/parents", {}, "not a list"),
    ("content/parents/0/lives_with", "yes", "not true or false"),
    ("content/absence/school_days", 0, "not from 1 to 366"),
    ("content/absence/sessions", [], "not from 1 to 800 of them"),
    ("content/absence/sessions/0/code", "I", "not one of G, N, O, U"),
    ("content/absence/sessions/0/session", "am", "not one of AM, PM"),
    ("content/absence/reached_on", "2026-10-01", "before first_day"),
    ("content/law", [], "not from 1 to 20 of them"),
    ("content/settings/0/value", {"a": 1}, "not text, a number, true or false, or a short list of them"),
    ("content/reason", "why not", "only with amend"),
    ("content/ethnicity", "not asked for", "the feed has no such field"),
]


@pytest.mark.parametrize(("pointer", "value", "words"), REFUSED)
def test_a_field_in_the_wrong_form_is_named_and_not_repeated(pointer: str, value: Any, words: str) -> None:
    assert problems(changed(pointer, value)) == [{"pointer": f"/{pointer}", "problem": words}]


def test_ten_point_nought_is_the_whole_number_ten() -> None:
    assert problems(changed("content/absence/school_days", 10.0)) == []


def test_a_session_told_twice_or_outside_the_absence_is_refused() -> None:
    twice = changed("content/absence/sessions/1/session", "AM")
    outside = changed("content/absence/sessions/0/date", "2026-09-01")
    assert [row["problem"] for row in problems(twice)] == ["the same session is told twice"]
    assert [row["problem"] for row in problems(outside)] == ["a session is not from first_day to reached_on"]


def test_an_amendment_says_why() -> None:
    found = problems(changed("content/reason", ..., "amend"))
    assert [row["pointer"] for row in found] == ["/content/reason"]


def test_a_withdrawal_names_no_pupil() -> None:
    said = {"reason": "corrected", "pupil": {"surname": SURNAME}}
    assert [row["pointer"] for row in problems(envelope("withdraw", 2, said=said))] == ["/content/pupil"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    message = changed("content/pupil/dob", "9 March 2017")
    message["revision"] = 0
    del message["content"]["pupil"]["address"]
    assert [row["pointer"] for row in problems(message)] == [
        "/content/pupil/address",
        "/content/pupil/dob",
        "/revision",
    ]


@pytest.mark.parametrize("message", [None, [], "text", 7, {}])
def test_what_is_no_message_at_all_is_refused(message: Any) -> None:
    assert problems(message)


def test_a_field_name_that_could_be_a_person_is_not_shown() -> None:
    found = problems(changed("content/pupil/Zebulon Quillfeather", 1))
    assert found == [{"pointer": "/content/pupil/(name not shown)", "problem": "the feed has no such field"}]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PLACES = ["key", "content", "content/pupil", "content/absence", "content/absence/sessions", "content/settings/0"]


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(PLACES), value=JSON)
def test_any_json_in_any_place_is_judged_and_never_raises(place: str, value: Any) -> None:
    assert problems(changed(place, value))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ({"b": 10.0, "a": [7.5, -0.0, 1e1]}, '{"a":[7.5,0,10],"b":10}'),
        ({"value": True, "year": 3}, '{"value":true,"year":3}'),
        ({"name": 'Séraphine "\t\x01"'}, '{"name":"Séraphine \\"\\t\\u0001\\""}'),
    ],
)
def test_there_is_one_canonical_form(said: Any, written: str) -> None:
    assert canonical(said) == written


@given(st.recursive(st.floats(-1000, 1000) | st.integers() | st.text(), st.lists))
@settings(max_examples=25)
def test_both_ends_and_the_host_name_a_content_alike(said: Any) -> None:
    assert digest(said) == drafts.digest(said)


def test_a_digest_does_not_depend_on_the_order_of_names() -> None:
    said = content()
    again = json.loads(json.dumps(dict(reversed(said.items()))))
    assert digest(again) == digest(said)
    assert digest(said | {"due_by": "2026-11-01"}) != digest(said)
