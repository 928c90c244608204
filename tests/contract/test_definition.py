from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rollbook.contract import Destination, Kind, Regular, SchoolRef, Settings, Source
from rollbook.contract.definition import BadDefinition
from rollbook.tables.schemas import Table

MARKS = frozenset({Table.PUPILS, Table.ROLL, Table.MARKS})


def nothing(self: Any, *_: Any) -> Iterator[Any]:
    yield from ()


RIGHT: dict[type, dict[str, Any]] = {
    Source: {
        "name": "acme",
        "Settings": Settings,
        "tables": MARKS,
        "check": nothing,
        "schools": nothing,
        "pull": nothing,
    },
    Destination: {
        "name": "acme",
        "Settings": Settings,
        "kinds": frozenset({Kind.ATTENDANCE_RETURN}),
        "repeat_is_safe": True,
        "check": nothing,
        "deliver": nothing,
        "lookup": nothing,
    },
}


def defined(base: type, **changes: Any) -> type:
    """A subclass that is right but for `changes`; None leaves a member out."""
    members = {key: value for key, value in (RIGHT[base] | changes).items() if value is not None}
    return type("Acme", (base,), members)


@pytest.mark.parametrize("base", [Source, Destination])
def test_a_right_class_is_taken(base: type) -> None:
    assert defined(base).name == "acme"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("base", "changes", "said"),
    [
        (Source, {"name": None}, "Acme: name is missing"),
        (Source, {"name": 7}, "name is a int, not a str"),
        (Source, {"name": "Acme MIS"}, "name is 'Acme MIS': small letters, digits and _"),
        (Source, {"Settings": None}, "Settings is missing"),
        (Source, {"Settings": dict}, "Settings is not a subclass of rollbook.contract.Settings"),
        (Source, {"tables": list(MARKS)}, "tables is a list, not a frozenset"),
        (Source, {"tables": MARKS - {Table.ROLL}}, "tables lacks roll: a source gives pupils, roll and marks"),
        (Source, {"tables": MARKS | {Table.SCHOOLS}}, "tables holds schools, of which there are no pages"),
        (Source, {"tables": frozenset({*MARKS, "exclusions"})}, "tables holds 'exclusions', which is not a Table"),
        (Source, {"window_days": 0}, "window_days is 0: at least 1, or None"),
        (Source, {"window_days": "31"}, "window_days is a str, not a int or None"),
        (Source, {"window_days": True}, "window_days is a bool, not a int or None"),
        (Source, {"code_map": {7: "I"}}, "code_map must map text to text"),
        (Source, {"simulator": 7}, "simulator is a int, not a str or None"),
        (Source, {"pull": None}, "pull() is not defined"),
        (Source, {"call_seconds": 0}, "call_seconds is 0: from 1 to 86400, or None"),
        (Source, {"call_seconds": "900"}, "call_seconds is a str, not a int or None"),
        (Destination, {"call_seconds": 86_401}, "call_seconds is 86401: from 1 to 86400, or None"),
        (Destination, {"call_seconds": True}, "call_seconds is a bool, not a int or None"),
        (Destination, {"repeat_is_safe": None}, "repeat_is_safe is missing"),
        (Destination, {"kinds": frozenset({"letter"})}, "kinds holds 'letter', which is not a Kind"),
        (Destination, {"required": {"letter": frozenset()}}, "required names 'letter', which is not one of its kinds"),
        (Destination, {"regular": frozenset({"day"})}, "regular holds 'day', which is not a Regular"),
        (Destination, {"regular": frozenset({Regular.DAY})}, "wanted() is not defined; report() is not defined"),
        (Destination, {"tells": 1}, "tells is a int, not a bool"),
        (Destination, {"tells": True}, "news() is not defined"),
        (Destination, {"lookup": None}, "lookup() is not defined"),
    ],
)
def test_a_wrong_class_is_refused_when_it_is_defined(base: type, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadDefinition) as caught:
        defined(base, **changes)
    assert said in str(caught.value)
    assert "Acme" in str(caught.value)


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(TypeError) as caught:
        defined(Source, name=None, tables=None, check=None)
    assert str(caught.value) == "Acme: name is missing; tables is missing; check() is not defined"


@pytest.mark.parametrize("base", [Source, Destination])
def test_a_base_class_of_ones_own_may_be_incomplete_if_it_says_so(base: type) -> None:
    own = type("Own", (base,), {}, abstract=True)
    with pytest.raises(BadDefinition, match="Acme: name is missing"):
        type("Acme", (own,), {})
    assert type("Acme", (own,), RIGHT[base])


def test_a_complete_class_can_be_made_and_keeps_its_settings() -> None:
    made = defined(Source)({"folder": "x"}, None)
    assert made.settings == {"folder": "x"}
    assert SchoolRef("k") == SchoolRef("k", "", None)
