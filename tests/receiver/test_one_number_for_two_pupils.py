"""Two systems of one school use one number: neither's pupil takes the place of the other's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rollbook_receiver import audit, messages, one_number
from support.receiver_app import Door, door
from support.receiver_messages import FORENAME, SCHOOL, SURNAME, UPN, content, envelope
from support.receiver_pages import read

OTHER_UPN = "Q801200005002"
ANN = {"surname": "Marrow", "forename": "Ann", "dob": "2016-01-02"}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        yield made


@pytest.fixture
def other(opened: Door) -> dict[str, str]:
    """Headers of another client of the school."""
    return opened.another([SCHOOL])


def of(action: str, revision: int, **changes: Any) -> dict[str, Any]:
    if action == "withdraw":
        return envelope(action, revision)
    said = content()
    said["pupil"] = {name: value for name, value in (said["pupil"] | changes).items() if value is not None}
    return envelope(action, revision, said=said | ({"reason": "corrected"} if action == "amend" else {}))


def send(opened: Door, message: dict[str, Any], headers: dict[str, str] | None = None) -> httpx.Response:
    return opened.send(message, key=f"{message['action']}{message['revision']}", **(headers or {}))


def reported(opened: Door) -> list[tuple[str, str]]:
    """Who is reported, and how it stands."""
    with opened.store.reading() as connection:
        held = messages.states(connection)
    return [(one.content.get("pupil", {}).get("surname", ""), one.action) for one in held]


PUPILS = [
    ("another UPN", {"upn": OTHER_UPN, **ANN}, 409),
    ("another UPN, a namesake born on another day", {"upn": OTHER_UPN, "dob": "2016-01-02"}, 409),
    ("no UPN, another name and birth", {"upn": None, **ANN}, 409),
    ("the same UPN, another name and birth", ANN, 409),
    ("the same", {}, 201),
    ("a birth corrected", {"dob": "2017-03-10"}, 201),
    ("a name corrected", {"surname": "Quillfether"}, 201),
    ("no UPN, a name corrected", {"upn": None, "surname": "Quillfether"}, 201),
    ("his UPN and name were replaced", {"upn": OTHER_UPN, "former_upn": UPN, "surname": "Marrow"}, 201),
    ("his UPN was replaced, and the former one is not told", {"upn": OTHER_UPN}, 201),
]


@pytest.mark.parametrize(("who", "changes", "status"), PUPILS, ids=[row[0] for row in PUPILS])
def test_another_client_goes_on_with_the_same_pupil_alone(
    opened: Door, other: dict[str, str], who: str, changes: dict[str, Any], status: int
) -> None:
    send(opened, of("send", 1))
    answer = send(opened, of("amend", 2, **changes), other)
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["type"] == "urn:rollbook:feed:another-pupil"
        assert reported(opened) == [(SURNAME, "send")]


def test_its_first_revision_too_is_said_to_be_of_another_pupil(opened: Door, other: dict[str, str]) -> None:
    send(opened, of("send", 1))
    answer = send(opened, of("send", 1, upn=OTHER_UPN, **ANN), other)
    assert answer.json()["type"] == "urn:rollbook:feed:another-pupil"


def test_a_new_client_of_the_same_system_withdraws(opened: Door, other: dict[str, str]) -> None:
    send(opened, of("send", 1))
    assert send(opened, of("withdraw", 2), other).status_code == 201


def test_whose_pupil_was_refused_withdraws_nothing_of_the_others(opened: Door, other: dict[str, str]) -> None:
    send(opened, of("send", 1))
    send(opened, of("send", 1, upn=OTHER_UPN, **ANN), other)
    send(opened, of("amend", 2))
    assert send(opened, of("withdraw", 3), other).status_code == 409
    assert reported(opened) == [(SURNAME, "amend")]


def test_the_first_client_may_say_that_it_was_another_pupil(opened: Door) -> None:
    send(opened, of("send", 1))
    assert send(opened, of("amend", 2, upn=OTHER_UPN, **ANN)).status_code == 201


def test_an_officer_sees_it_and_the_log_has_it_once_without_a_name(opened: Door, other: dict[str, str]) -> None:
    kept = send(opened, of("send", 1)).json()["reference"]
    for _ in range(2):
        send(opened, of("send", 1, upn=OTHER_UPN, **ANN), other)
    page = read(opened, "/").text
    assert "Another sent another pupil under a key in use" in page
    assert kept in page
    with opened.store.reading() as connection:
        logged = [tuple(row) for row in audit.entries(connection, about=kept) if row.what == one_number.REFUSED]
    assert len(logged) == 1
    for name in (SURNAME, FORENAME, "Marrow", UPN, OTHER_UPN):
        assert name not in str(logged)


def test_withdrawn_cases_are_counted_beside_the_others(opened: Door) -> None:
    send(opened, of("send", 1))
    opened.send(envelope(pupil=2), key="of two")
    opened.send(envelope("withdraw", 2, pupil=2), key="withdrawn")
    assert "1 case in all, and 1 withdrawn," in read(opened, "/").text
