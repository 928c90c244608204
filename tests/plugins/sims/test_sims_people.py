"""Pupils, the roll and contacts: what becomes of each value, and what is said where it cannot be read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, SchoolRef
from rollbook.tables.schemas import Table
from support.sims_tables import TERM, Record, mark, pupil, refused, rejects, report, rows, source

DAY = date(2025, 9, 3)


def roll(folder: Path, *records: Record, **given: Any) -> list[dict[str, Any]]:
    """The roll out of a report of it."""
    return rows(Table.ROLL, folder, roll=report(*records), **given).to_dicts()


def spell(first: str | None = "2025-09-03", last: str | None = None, adno: str = "001234", **more: str) -> Record:
    return {"Adno": adno, "Admission Date": first, "Leaving Date": last} | more


# Pupils.


def test_names_come_as_they_are_but_for_space_around_them(tmp_path: Path) -> None:
    one = pupil(
        Legal_Surname=" O’Neill ", Legal_Forename="Zoë  Anne", Preferred_Forename="Zo", Address="6 Weir\nStreet"
    )
    [found] = rows(Table.PUPILS, tmp_path, pupils=report(one)).to_dicts()
    assert found | {"upn": None} == {
        "pupil": "001234",
        "upn": None,
        "former_upn": None,
        "surname": "O’Neill",
        "forename": "Zoë Anne",
        "preferred_forename": "Zo",
        "dob": date(2014, 3, 10),
        "address": "6 Weir Street",
    }


@pytest.mark.parametrize(("written", "sex"), [("F", "F"), ("male", "M"), ("Female", "F"), ("X", "X")])
def test_sex_is_a_letter(tmp_path: Path, written: str, sex: str) -> None:
    assert rows(Table.PUPILS, tmp_path, pupils=report(pupil(Sex=written)))["sex"].to_list() == [sex]


def test_of_several_rows_of_a_pupil_the_first_value_of_each_column_counts(tmp_path: Path) -> None:
    twice = report(pupil(Postcode="AB1 2CD"), pupil(Postcode="AB1 2CE", Legal_Surname="Fennimore"))
    found = rows(Table.PUPILS, tmp_path, pupils=twice)
    assert found.select("postcode", "surname").rows() == [("AB1 2CD", "Fennimore")]


def test_a_day_of_birth_that_cannot_be_read_is_told_unshown_and_the_pupil_is_taken_without_it(tmp_path: Path) -> None:
    wrong = report(pupil("001", DOB="10/13/2014"), pupil("002"))
    assert rows(Table.PUPILS, tmp_path, pupils=wrong)["dob"].to_list() == [None, date(2014, 3, 10)]
    [reject] = rejects(Table.PUPILS, tmp_path, pupils=wrong)
    assert (reject.place, reject.column) == ("pupils.xml, record 1", "DOB")
    assert "10/13" not in reject.reason


def test_the_admission_number_must_be_in_the_report_for_it_stays_when_a_upn_changes(tmp_path: Path) -> None:
    without = report({"UPN": "B801200005001", "DOB": "2014-03-10"})
    said = refused(FixSettings, Table.PUPILS, tmp_path, pupils=without)
    assert "no column for Adno or Admission Number" in said
    assert said.endswith('captions = {pupils = {adno = "YOUR CAPTION"}}.')


# The roll.


def test_a_spell(tmp_path: Path) -> None:
    more = {"Year": "Year  6", "Reg": "6A", "Boarder": "F", "Destination URN": "100001", "Ground for Deletion": "A"}
    assert roll(tmp_path, spell(last="2026-07-20", **more)) == [
        {
            "pupil": "001234",
            "from": DAY,
            "to": date(2026, 7, 20),
            "year_group": 6,
            "class_name": "6A",
            "boarder": False,
            "destination": "100001",
            "ground": "a",
        }
    ]


@pytest.mark.parametrize(
    ("written", "group"),
    [
        ("Year  7", 7),
        ("Year 13", 13),
        ("7", 7),
        ("Y10", 10),
        ("Yr. 3", 3),
        ("R", 0),
        ("Reception", 0),
        ("Year R", 0),
        ("N", -1),
        ("N1", -1),
        ("Nursery 2", -1),
        ("Form  X", None),
        ("99", None),
    ],
)
def test_a_year_group(tmp_path: Path, written: str, group: int | None) -> None:
    assert roll(tmp_path, spell(Year=written))[0]["year_group"] == group
    told = rejects(Table.ROLL, tmp_path, roll=report(spell(Year=written)))
    assert [one.column for one in told] == (["Year"] if group is None else [])


@pytest.mark.parametrize(
    ("written", "boards"),
    [("T", True), ("True", True), ("Yes", True), ("y", True), ("1", True), ("F", False), ("No", False), ("0", False)],
)
def test_a_boarder(tmp_path: Path, written: str, boards: bool) -> None:
    assert roll(tmp_path, spell(Boarder=written))[0]["boarder"] is boards


def test_the_roll_is_read_from_the_pupils_where_there_is_no_report_of_it(tmp_path: Path) -> None:
    pupils = report(pupil("001", Leaving_Date="2026-07-20", Year="Year  6"), pupil("002"))
    found = rows(Table.ROLL, tmp_path, pupils=pupils).select("pupil", "from", "to", "year_group")
    assert found.rows() == [("001", DAY, date(2026, 7, 20), 6), ("002", DAY, None, None)]


def test_pupils_without_days_of_admission_are_no_roll(tmp_path: Path) -> None:
    pupils = report({"Adno": "001", "DOB": "2014-03-10"})
    assert "no column for Admission Date (from)" in refused(FixSettings, Table.ROLL, tmp_path, pupils=pupils)


@pytest.mark.parametrize("last", [None, "2026-07-20"])
def test_a_spell_without_a_first_day_is_set_aside(tmp_path: Path, last: str | None) -> None:
    [reject] = rejects(Table.ROLL, tmp_path, roll=report(spell(), spell(None, last, "001235", Year="6")))
    assert (reject.place, reject.column) == ("roll.xml, record 2", "Admission Date")


def test_two_spells_of_a_pupil_are_two_and_one_that_comes_twice_is_one(tmp_path: Path) -> None:
    again = spell("2026-04-20")
    found = roll(tmp_path, spell(last="2025-12-19"), again, again, pupils=report(pupil()))
    assert [(one["from"], one["to"]) for one in found] == [(DAY, date(2025, 12, 19)), (date(2026, 4, 20), None)]


def test_of_two_ends_of_one_spell_the_later_counts_and_it_is_told(tmp_path: Path) -> None:
    two = [spell(last="2026-07-20"), spell(last=None)]
    assert [one["to"] for one in roll(tmp_path, *two)] == [None]
    assert len(rejects(Table.ROLL, tmp_path, roll=report(*two))) == 2


# Contacts.


def contact(name: str | None = "Pat Fennimore", **more: str) -> Record:
    return {"Adno": "001234", "Contact Name": name, "Priority": "1"} | more


def test_a_contact(tmp_path: Path) -> None:
    told = {"Relationship": "mother", "Lives With": "T", "Telephone": "07700 900001", "Contact Email": "p@example.org"}
    assert rows(Table.CONTACTS, tmp_path, contacts=report(contact(**told))).to_dicts() == [
        {
            "pupil": "001234",
            "name": "Pat Fennimore",
            "relationship": "mother",
            "priority": 1,
            "lives_with": True,
            "telephone": "07700 900001",
            "email": "p@example.org",
        }
    ]


def test_a_contact_with_two_telephones_is_one_with_the_first(tmp_path: Path) -> None:
    two = [contact(Telephone="07700 900001"), contact(Telephone="07700 900002", Relationship="father")]
    found = rows(Table.CONTACTS, tmp_path, contacts=report(*two))
    assert found.select("telephone", "relationship").rows() == [("07700 900001", "father")]


def test_a_contact_without_a_name_is_set_aside(tmp_path: Path) -> None:
    [reject] = rejects(Table.CONTACTS, tmp_path, contacts=report(contact(), contact(None)))
    assert (reject.place, reject.column) == ("contacts.xml, record 2", "Contact Name")


def test_without_a_report_of_contacts_there_is_no_page_of_them(tmp_path: Path) -> None:
    made, _ = source(tmp_path)
    assert len(list(made.pull(Table.CONTACTS, made.schools()[0], TERM, None))) == 1


# One school.


@pytest.mark.parametrize(
    ("school", "settings"),
    [
        (SchoolRef("900001", "", 900002), {}),
        (SchoolRef("elsewhere", "", 900001), {}),
        (SchoolRef("elsewhere", "", None), {"urn": None}),
    ],
)
def test_another_school_is_refused_before_anything_is_read(
    tmp_path: Path, school: SchoolRef, settings: dict[str, Any]
) -> None:
    given = {name: value for name, value in settings.items() if value is not None}
    made, shelf = source(tmp_path, given, marks=report(mark("/")))
    with pytest.raises(FixSettings, match="connection"):
        list(made.pull(Table.PUPILS, school, TERM, None))
    assert not shelf.fetched


def test_a_connection_that_does_not_say_whose_it_is_is_that_of_the_first_who_asks(tmp_path: Path) -> None:
    made, _ = source(tmp_path, {"urn": "900001"})
    made.settings = {**made.settings, "urn": None}
    list(made.pull(Table.PUPILS, SchoolRef(tmp_path.name, "", 900003), TERM, None))
    with pytest.raises(FixSettings, match="900003"):
        list(made.pull(Table.PUPILS, SchoolRef("900004", "", 900004), TERM, None))
