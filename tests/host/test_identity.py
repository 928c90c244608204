"""Who is who: the same child is one number at every school and after every change; two children never are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from rollbook.host import identity, known_pupils
from rollbook.host.store.database import open_database
from rollbook.host.store.people import pupils
from rollbook.tables.checks import upn_check_letter
from rollbook.tables.schemas import Table, conform, page_schema

NIGHT = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
OAKS, ELMS = 100001, 100002


def upn(serial: int) -> str:
    rest = f"80120001500{serial}"
    return upn_check_letter(rest) + rest


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sa.Connection]:
    database = open_database(tmp_path)
    with database.write() as connection:
        yield connection
    database.close()


def child(key: str, **given: Any) -> dict[str, Any]:
    return {"pupil": key, "surname": "Ash", "forename": f"Child {key}", "dob": date(2014, 3, 10)} | given


def seen(conn: sa.Connection, school: int, connection: str, *children: dict[str, Any]) -> identity.Identified:
    """Identify and keep, as a pull does."""
    rows = conform(pl.DataFrame(list(children)), page_schema(Table.PUPILS))
    found = identity.identify(conn, school, connection, rows)
    identity.keep_links(conn, found, NIGHT)
    for record, number in zip(children, found.numbers["pupil"], strict=True):
        names = {n: record.get(n) for n in ("upn", "surname", "forename", "dob")}
        row = names | {"school": school, "pupil": number, "in_source": True, "known_from": NIGHT}
        conn.execute(pupils.insert(), row)
    return found


def numbers(found: identity.Identified) -> list[int]:
    return found.numbers["pupil"].to_list()


def test_the_same_key_is_the_same_number_the_next_night(conn: sa.Connection) -> None:
    first = seen(conn, OAKS, "oaks", child("1"), child("2"))
    assert numbers(first) == numbers(seen(conn, OAKS, "oaks", child("1"), child("2")))
    assert len(set(numbers(first))) == 2


def test_a_restored_backup_gives_the_same_number() -> None:
    key = bytes(32)
    number = known_pupils.digest_number(key, OAKS, "oaks", "1")
    assert number == known_pupils.digest_number(key, OAKS, "oaks", "1")
    assert len(str(number)) == 15
    assert number < 2**53


def test_another_installation_gives_another_number() -> None:
    assert known_pupils.digest_number(bytes(32), OAKS, "oaks", "1") != known_pupils.digest_number(
        b"1" * 32, OAKS, "oaks", "1"
    )


@pytest.mark.parametrize(
    ("story", "before", "after"),
    [
        ("a second school", (OAKS, "oaks", child("1", upn=upn(1))), (ELMS, "elms", child("77", upn=upn(1)))),
        ("a change of MIS", (OAKS, "old", child("1", upn=upn(1))), (OAKS, "new", child("77", upn=upn(1)))),
        ("a UPN replaced", (OAKS, "a", child("1", upn=upn(1))), (OAKS, "b", child("7", upn=upn(2), former_upn=upn(1)))),
        ("a new name", (OAKS, "old", child("1", upn=upn(1))), (OAKS, "new", child("7", upn=upn(1), surname="Birch"))),
    ],
)  # fmt: skip
def test_the_same_child_is_one_number(conn: sa.Connection, story: str, before: Any, after: Any) -> None:
    assert numbers(seen(conn, *before)) == numbers(seen(conn, *after))


def test_a_upn_replaced_at_the_same_school_leads_on(conn: sa.Connection) -> None:
    first = seen(conn, OAKS, "oaks", child("1", upn=upn(1)))
    seen(conn, OAKS, "oaks", child("1", upn=upn(2), former_upn=upn(1)))
    assert numbers(seen(conn, ELMS, "elms", child("9", upn=upn(2)))) == numbers(first)


@pytest.mark.parametrize(
    ("story", "before", "after"),
    [
        ("name and birth date alone", child("1"), child("1")),
        ("another child's UPN", child("1", upn=upn(1)), child("9", upn=upn(1), surname="Yew", dob=date(2015, 1, 1))),
        ("a UPN that is no UPN", child("1", upn="A123"), child("9", upn="A123", forename="Else")),
    ],
)  # fmt: skip
def test_two_numbers_stay_two(conn: sa.Connection, story: str, before: Any, after: Any) -> None:
    assert numbers(seen(conn, OAKS, "oaks", before)) != numbers(seen(conn, ELMS, "elms", after))


def test_namesakes_are_proposed_to_a_person(conn: sa.Connection) -> None:
    [old] = numbers(seen(conn, OAKS, "oaks", child("1", forename="Una")))
    found = seen(conn, ELMS, "elms", child("9", surname=" ASH", forename="una"))
    assert found.proposals == [identity.Proposal(numbers(found)[0], old, "same name and date of birth")]


def test_a_doubted_upn_is_proposed_to_a_person(conn: sa.Connection) -> None:
    [old] = numbers(seen(conn, OAKS, "oaks", child("1", upn=upn(1))))
    found = seen(conn, ELMS, "elms", child("9", upn=upn(1), surname="Yew", dob=date(2015, 1, 1)))
    assert found.proposals == [identity.Proposal(numbers(found)[0], old, "same UPN")]


def test_one_upn_given_to_two_pupils_of_an_export_joins_nobody(conn: sa.Connection) -> None:
    found = seen(conn, OAKS, "oaks", child("1", upn=upn(1)), child("2", upn=upn(1)))
    assert len(set(numbers(found))) == 2
    assert "1 UPNs are each given to more than one pupil" in " ".join(found.sentences)
    assert upn(1) not in " ".join(found.sentences)


def test_a_key_that_is_known_keeps_its_number_when_a_upn_wanders(conn: sa.Connection) -> None:
    one, two = numbers(seen(conn, OAKS, "oaks", child("1", upn=upn(1)), child("2", upn=upn(2))))
    assert numbers(seen(conn, OAKS, "oaks", child("1", upn=upn(2)), child("2", upn=upn(1)))) == [one, two]


def test_a_number_that_is_taken_is_given_to_nobody_else(conn: sa.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_pupils, "digest_number", lambda key, school, connection, vendor, attempt=0: 7 + attempt)
    assert numbers(seen(conn, OAKS, "oaks", child("1"))) == [7]
    assert numbers(seen(conn, OAKS, "oaks", child("1"), child("2"))) == [7, 8]
