"""docs/feed/ is what the schemas say (`make feed`); OpenAPI and JSON Schema are valid, and refuse what we refuse."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend
from openapi_spec_validator import validate

from rollbook_feed import KINDS, NEWS_KINDS, REGULAR_KINDS, example, news_problems, problems, regular_problems
from rollbook_feed.edition import edition
from rollbook_feed.publish.files import published
from rollbook_feed.publish.forms import components, json_schemas

FOLDER = Path(__file__).parents[2] / "docs" / "feed"
ALL = (*KINDS, *NEWS_KINDS, *REGULAR_KINDS)
SCHEMAS = json_schemas()

# What JSON Schema cannot say, or says only at a length that nobody would read. docs/feed/messages.md lists it.
BEYOND = {
    "not the school of the key",
    "not a number of up to 63 bits, as text of digits",
    "not a moment that exists",
    "before first_day",
    "before issued",
    "the same session is told twice",
    "the same group is told twice",
    "a session is not from first_day to reached_on",
    "a session is not of first_day",
    "required where reached_on is not there",
    "there where place is school, and only then",
    "there of a pupil on the roll, and only then",
    "not the sum of attended, authorised and unauthorised",
    "the figures do not bear it out",
    "not as many as there are sessions",
    "there where outcome is another than issued, and only then",
    "only of a notice to improve",
    "more than expected",
    "of one of year_group and cohort, and not of both",
    "there where the row is not suppressed, and only then",
    "not a Monday",
    "no row of all pupils",
    "a row of fewer pupils than least is not suppressed",
    "all pupils are too few, and a part of them is shown",
    "a number of pupils smaller than least can be reckoned from the rows",
}


def whole_pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    """`$` as ECMA 262 has it, which JSON Schema goes by: Python's own lets a line end pass."""
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield ValidationError("pattern")


JUDGE = extend(Draft202012Validator, {"pattern": whole_pattern})


JUDGES = {kind: JUDGE(schema, format_checker=FormatChecker()) for kind, schema in SCHEMAS.items()}


def accepts(kind: str, message: Any) -> bool:
    return bool(JUDGES[kind].is_valid(message))


def found(kind: str, message: Any) -> set[str]:
    if kind in KINDS:
        return {row["problem"] for row in problems(message)}
    made = news_problems(message) if kind in NEWS_KINDS else regular_problems(kind, message)
    return {row["problem"] for row in made}


def test_nothing_published_is_stale() -> None:
    wanted = published()
    kept = {str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.json")}
    kept |= {name: (FOLDER / name).read_text(encoding="utf-8") for name in wanted if not name.endswith(".json")}
    stale = sorted(name for name in kept.keys() | wanted.keys() if kept.get(name) != wanted.get(name))
    assert stale == [], "make feed"


def test_the_package_names_the_edition_that_is_published() -> None:
    assert edition() + "\n" == published()["edition.txt"], "make feed"


def test_the_edition_is_what_sha256sum_says_of_the_folder() -> None:
    schemas = sorted(f"schemas/{path.name}" for path in (FOLDER / "schemas").iterdir())
    names = ["clauses.md", "http.md", "messages.md", "openapi.json", *schemas]
    lines = [f"{hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == edition()


def test_the_openapi_is_valid() -> None:
    validate(json.loads(published()["openapi.json"]))


def test_no_two_parts_share_a_name() -> None:
    assert [name for name in components() if name[-1].isdigit()] == []


@pytest.mark.parametrize("kind", ALL)
def test_the_json_schema_is_one_and_takes_the_example(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])
    assert accepts(kind, example(kind))


def test_later_revisions_are_taken_by_the_schema_of_their_kind() -> None:
    assert accepts("attendance_return", example("amendment"))
    assert accepts("attendance_return", example("withdrawal"))
    assert not accepts("sickness_return", example("withdrawal"))


def places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything in a message."""
    steps = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [before, *(path for step, inner in steps for path in places(inner, (*before, step)))]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NUMBERS = st.integers(-5, 20) | st.sampled_from(
    [2**53, 2**63, 2**63 - 1, 0.5, 7.25, 10.0, 1e300, 99_999, 100_000, 1_000_000, 1_000_001, 366, 367]
)
WORDS = [
    *(
        "",
        " ",
        "\u00a0",
        "\ufeff",
        "x\n",
        "x\x00",
        "\x85",
        "é",
        "7",
        "07",
        "true",
        "AM",
        "O",
        "N",
        "a",
        "send",
        "amend",
        "withdraw",
    ),
    *(
        "2026-02-30",
        "2026-2-3",
        "2026-10-05\n",
        "2026-13-01",
        "2026-10-05T24:00:00Z",
        "2026-10-05T08:31:60Z",
        "0000-01-01",
    ),
    *("B801200005001\n", "B801200005001", "b801200005001", "9223372036854775808", "x" * 201, "x" * 2001, "٢"),
]
SIMPLE = st.none() | st.booleans() | NUMBERS | TEXT | st.sampled_from(WORDS)
ANY = SIMPLE | st.lists(SIMPLE, max_size=3) | st.dictionaries(TEXT | st.just("reason"), SIMPLE, max_size=2)


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, Any]:
    """A kind, and its example with one or two things in it changed, taken out, put in or told twice."""
    kind = draw(st.sampled_from(ALL))
    message: Any = {"whole": example(kind)}
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from(places(message)[1:]))
        place = message
        for step in way:
            place = place[step]
        what = draw(st.sampled_from(["value", "value", "out", "in", "twice"]))
        if what == "out" and way:
            del place[last]
        elif what == "in" and isinstance(place[last], dict):
            place[last][draw(st.sampled_from(["reason", "postcode", "ground", "suppressed", "x"]))] = draw(ANY)
        elif what == "twice" and isinstance(place[last], list) and place[last]:
            place[last] = place[last] + [copy.deepcopy(place[last][0])] * draw(st.sampled_from([1, 60, 900]))
        else:
            place[last] = draw(ANY)
    return kind, message["whole"]


@settings(max_examples=200, deadline=None)
@given(changed())
def test_what_the_schema_refuses_we_refuse_and_the_other_way(case: tuple[str, Any]) -> None:
    kind, message = case
    wrong = found(kind, message)
    if accepts(kind, message):
        assert wrong <= BEYOND
    else:
        assert wrong
