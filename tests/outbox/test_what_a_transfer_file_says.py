"""The content of a transfer file: who left, the year's attendance, and nothing of where the child lived."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rollbook.cases.case import Case, State
from rollbook.outbox.drafts import Action, Earlier
from rollbook.outbox.state import State as Sent
from support.outbox import UPN, change, composed, only, subject, withdrawn
from support.outbox import case as absence

YEAR = {"year": 2026, "start": "2026-09-03", "possible": 4, "attended": 3, "authorised": 1, "unauthorised": 0}
MARKS = "/,\\,/,I"


def case(marks: str | None = MARKS, *, state: State = State.OPEN) -> Case:
    figures = {"left": "2026-09-04", **YEAR, "marks": marks}
    return replace(absence(state=state), kind="transfer_file", reached=date(2026, 9, 7), figures=figures)


def content(of: Case | None = None) -> dict[str, Any]:
    return dict(only(composed(change(of or case()), required=())).content)


def sent(of: Case | None = None) -> Earlier:
    return Earlier(1, Action.SEND, Sent.DELIVERED, content(of))


def test_it_says_who_left_and_how_the_year_was() -> None:
    said = content()
    who = {"upn": UPN, "surname": "Okoro", "forename": "Ada", "dob": "2014-03-10", "sex": "F"}
    assert said["pupil"] == who  # no address: nobody needs it to find the child's record
    assert said["attendance"] == YEAR | {"marks": MARKS}
    assert (said["left"], said["first_day_off_roll"]) == ("2026-09-04", "2026-09-07")
    assert not {"parents", "contact", "absence", "cause", "due_by"} & set(said)


def test_without_a_day_at_school_there_is_no_attendance() -> None:
    assert "attendance" not in content(case(None))


def test_a_pupil_without_a_upn_is_held_though_files_go_by_themselves() -> None:
    about = subject(pupil={"surname": "Okoro"})
    draft = only(composed(change(case()), about=about, required=("pupil.upn",)))
    assert (draft.state, draft.lacks) == (Sent.HELD, ("pupil.upn",))


@pytest.mark.parametrize(("sex", "lacks"), [("F", ()), ("Female", ("pupil.sex",)), (None, ("pupil.sex",))])
def test_a_sex_of_no_form_is_held_before_it_is_offered_and_not_refused_after(
    sex: str | None, lacks: tuple[str, ...]
) -> None:
    about = subject(pupil={"surname": "Okoro", "sex": sex})
    draft = only(composed(change(case()), about=about, required=("pupil.sex",)))
    assert (draft.lacks, "Female" in str(draft.content)) == (lacks, False)


def test_a_corrected_mark_amends_it_and_a_new_name_does_not() -> None:
    corrected = case("/,\\,/,\\")
    assert only(composed(change(corrected), [sent()], required=())).action is Action.AMEND
    renamed = subject(pupil={"upn": UPN, "surname": "Bello", "forename": "Ada"})
    assert composed(change(case()), [sent()], about=renamed, required=()).drafts == ()


def test_of_a_child_who_was_found_nothing_is_said_and_what_was_not_sent_is_void() -> None:
    over = change(case("/,\\,/,\\", state=State.CLOSED))
    assert composed(over, required=()).drafts == ()
    waits = replace(sent(), state=Sent.WAITING)
    assert (composed(over, [waits]).drafts, composed(over, [waits]).void) == ((), (1,))
    assert composed(over, [sent()]).drafts == ()


def test_where_the_destination_is_known_after_all_it_is_withdrawn() -> None:
    assert only(composed(withdrawn(case()), [sent()])).action is Action.WITHDRAW
