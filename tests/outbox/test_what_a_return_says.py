"""The content of an attendance return: the fields of the open feed, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.outbox.state import State
from rollbook_feed.message import required_fields
from support.outbox import REQUIRED, Outbox, case, change, composed, only, subject, withdrawn, wrong


def content(**changes: Any) -> Any:
    return only(composed(change(), about=subject(**changes))).content


def test_it_is_what_the_open_feed_takes() -> None:
    first = only(composed(change()))
    assert wrong(first) == []


def test_it_says_the_ten_days_and_what_they_rest_on() -> None:
    said = content()
    absence = said["absence"]
    assert (absence["first_day"], absence["reached_on"], absence["school_days"]) == ("2026-09-14", "2026-09-25", 10)
    assert absence["sessions"][0] == {"date": "2026-09-14", "session": "AM", "code": "O"}
    assert len(absence["sessions"]) == 20
    assert said["rule"] == {"id": "attendance_return", "version": "2026-11"}
    assert said["settings"] == [{"name": "run_days", "value": 10, "set_by": "law"}]


def test_what_is_not_asked_for_is_not_sent() -> None:
    said = str(content())
    assert "ethnicity" not in said
    assert "734215" not in said
    assert "academy" not in said


def test_what_is_not_known_is_left_out() -> None:
    said = content(pupil=dict(subject().pupil) | {"upn": None, "sex": "", "year_group": None})
    assert said["pupil"].keys() == {"surname", "forename", "dob", "address", "postcode"}
    assert "contact" not in said
    assert "cause" not in said
    assert "last_attended" not in said["absence"]


def test_nursery_and_reception_are_known_year_groups() -> None:
    for year in (-1, 0):
        assert content(pupil=dict(subject().pupil) | {"year_group": year})["pupil"]["year_group"] == year


def test_parents_come_in_the_order_in_which_they_are_called() -> None:
    assert [parent["name"] for parent in content()["parents"]] == ["Sam Hughes", "Ngozi Okoro"]
    assert content()["parents"][0] == {"name": "Sam Hughes", "lives_with": False, "address": "9 Low Road"}


def test_without_an_own_address_the_pupil_has_that_of_the_parent_lived_with() -> None:
    homeless = dict(subject().pupil) | {"address": None, "postcode": "N9 9ZZ"}
    pupil = content(pupil=homeless)["pupil"]
    assert pupil["address"] == "1 High Street, Northtown"
    assert "postcode" not in pupil


def test_failing_that_the_address_of_who_is_called_first() -> None:
    contacts = [dict(row) | {"lives_with": None} for row in subject().contacts]
    pupil = content(pupil=dict(subject().pupil) | {"address": " "}, contacts=contacts)["pupil"]
    assert pupil["address"] == "9 Low Road"


def test_a_missing_required_field_holds_the_message_and_is_named() -> None:
    nowhere = subject(pupil=dict(subject().pupil) | {"address": None, "dob": None}, contacts=[])
    draft = only(composed(change(), about=nowhere))
    assert draft.state is State.HELD
    assert draft.lacks == ("pupil.address", "pupil.dob")


def test_a_field_required_of_every_parent_is_asked_of_every_parent() -> None:
    draft = only(composed(change(), required=("parents.telephone",)))
    assert draft.lacks == ("parents.telephone",)
    assert only(composed(change(), required=("parents.name",))).lacks == ()
    assert only(composed(change(), about=subject(contacts=[]), required=("parents.name",))).lacks == ("parents.name",)


def test_a_yes_or_no_that_is_no_is_not_missing() -> None:
    assert only(composed(change(), required=("parents.lives_with",))).lacks == ()


def test_what_the_feed_requires_is_lacking_when_it_is_not_there() -> None:
    bare = subject(pupil={}, contacts=[])
    lacks = only(composed(change(), about=bare, required=required_fields("attendance_return"))).lacks
    assert lacks == ("pupil.address", "pupil.dob", "pupil.forename", "pupil.surname")


def test_what_a_person_supplied_fills_the_gap() -> None:
    nowhere = subject(pupil=dict(subject().pupil) | {"address": None}, contacts=[])
    fills = {"pupil.address": "2 New Street", "cause": "not known", "contact.name": "J. Patel", "parents.0.name": "A B"}
    draft = only(composed(change(), about=nowhere, fills=fills, required=(*REQUIRED, "contact.name", "parents")))
    assert draft.lacks == ()
    assert draft.content["pupil"]["address"] == "2 New Street"
    assert draft.content["cause"] == "not known"
    assert draft.content["parents"] == [{"name": "A B"}]
    assert wrong(draft) == []


def test_what_the_source_says_goes_before_what_a_person_supplied() -> None:
    draft = only(composed(change(), fills={"pupil.address": "2 New Street"}))
    assert draft.content["pupil"]["address"] == "1 High Street, Northtown"


@pytest.mark.parametrize("path", ["pupil.ethnicity", "absence.first_day", "school.urn", "parents.x.name", "pupil", ""])
def test_only_fields_of_the_form_that_the_register_does_not_decide_are_filled(path: str) -> None:
    with pytest.raises(ValueError, match=r"there is no field .* to fill"):
        composed(change(), fills={path: "a value never shown"})


def test_a_parent_is_added_next_to_those_there_are() -> None:
    with pytest.raises(ValueError, match="there is no parent 4 to fill"):
        composed(change(), fills={"parents.4.name": "A B"})


def test_no_error_repeats_the_value() -> None:
    with pytest.raises(ValueError) as raised:
        composed(change(), fills={"pupil.ethnicity": "Okoro"})
    assert "Okoro" not in str(raised.value)


def test_a_withdrawal_says_its_reason_and_nothing_else() -> None:
    box = Outbox()
    box.say(change())
    box.states[1] = State.DELIVERED
    draft = only(box.say(withdrawn(case())))
    assert draft.content == {"reason": "The register was corrected."}
    assert draft.lacks == ()
    assert wrong(draft) == []
