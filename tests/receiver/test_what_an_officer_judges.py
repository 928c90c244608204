"""Messages that wait for an officer: 202, a status to ask for, an outcome with reasons, and every judgement kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from rollbook_feed import KINDS, example
from rollbook_receiver import judging, messages
from rollbook_receiver.start import main
from support.receiver_app import Door, door
from support.receiver_messages import OTHER_SCHOOL, PUPIL, SCHOOL, SURNAME, envelope

KIND = "support_referral"
AT = f"/v1/messages/{KIND}/{SCHOOL}/{PUPIL}/1"
REASON = "The last day attended is not told."


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        yield made


def referral(action: str = "send", revision: int = 1) -> dict[str, Any]:
    """A referral for support: an officer judges it."""
    said = example(KIND)["content"] | ({"reason": "the marks were corrected"} if action == "amend" else {})
    made = envelope(action, revision, said={"reason": "the marks were corrected"} if action == "withdraw" else said)
    made["key"]["kind"] = KIND
    return made


def run(opened: Door, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--database", str(opened.store.engine.url.database)])


def judge(opened: Door, outcome: str, reference: str, *words: str) -> Result:
    return run(opened, "messages", outcome, reference, "--by", "R. Officer", *words)


def status(opened: Door, reference: str) -> dict[str, Any]:
    answer = opened.http.get(f"/v1/status/{reference}", headers=opened.headers)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def pending(opened: Door, *args: Any, key: str = "k1") -> str:
    answer = opened.send(referral(*args), key=key)
    assert answer.status_code == 202
    return str(answer.json()["reference"])


def test_what_is_judged_is_answered_202_with_the_address_of_its_status(opened: Door) -> None:
    answer = opened.send(referral())
    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")
    asked: httpx.Response = opened.http.get(answer.headers["Location"], headers=opened.headers)
    assert asked.json() == answer.json() | {"reasons": []}


def test_what_is_not_judged_is_accepted_as_it_comes(opened: Door) -> None:
    run(opened, "settings", "set", "judged", "--by", "R. Officer")
    answer = opened.send(referral())
    assert (answer.status_code, answer.json()["outcome"]) == (201, "accepted")
    assert status(opened, answer.json()["reference"])["outcome"] == "accepted"


def test_an_officer_accepts(opened: Door) -> None:
    reference = pending(opened)
    assert judge(opened, "accept", reference).output == f"{reference} is accepted.\n"
    assert status(opened, reference)["outcome"] == "accepted"
    assert opened.http.get(AT, headers=opened.headers).json()["outcome"] == "accepted"


def test_an_officer_refuses_with_reasons_that_reach_the_sender(opened: Door) -> None:
    reference = pending(opened)
    judge(opened, "refuse", reference, "--reason", REASON, "--pointer", "/content/absence")
    reasons = [{"pointer": "/content/absence", "problem": REASON}]
    assert status(opened, reference)["reasons"] == reasons
    assert opened.http.get(AT, headers=opened.headers).json()["reasons"] == reasons


def test_a_refusal_needs_a_reason(opened: Door) -> None:
    assert judge(opened, "refuse", pending(opened)).exit_code == 2
    assert judge(opened, "refuse", "AAAA", "--reason", " ").exit_code == 2


def test_an_amendment_of_a_refused_message_is_judged_anew(opened: Door) -> None:
    first = pending(opened)
    judge(opened, "refuse", first, "--reason", REASON)
    second = pending(opened, "amend", 2, key="k2")
    assert status(opened, second)["outcome"] == "pending"
    assert status(opened, first)["outcome"] == "refused"
    judge(opened, "accept", second)
    assert opened.http.get(AT, headers=opened.headers).json()["outcome"] == "accepted"


@pytest.mark.parametrize(("action", "code"), [("amend", 202), ("withdraw", 201)])
def test_what_was_pending_is_closed_when_a_later_revision_overtakes_it(opened: Door, action: str, code: int) -> None:
    first = pending(opened)
    assert opened.send(referral(action, 2), key="k2").status_code == code
    told = status(opened, first)
    assert (told["outcome"], told["reasons"][0]["problem"]) == (
        "accepted",
        "overtaken by revision 2 before it was judged",
    )
    ended = judge(opened, "accept", first)
    assert (ended.exit_code, "A later revision overtook" in ended.output) == (4, True)


def test_what_comes_after_its_amendment_has_nothing_left_to_judge(opened: Door) -> None:
    pending(opened, "amend", 2, key="k2")
    assert opened.send(referral(), key="k1").status_code == 201


def test_the_same_message_again_gets_its_first_answer_whatever_became_of_it(opened: Door) -> None:
    first = opened.send(referral())
    judge(opened, "refuse", first.json()["reference"], "--reason", REASON)
    again = opened.send(referral())
    assert (again.status_code, again.json()) == (202, first.json())


def test_an_officer_may_change_a_judgement_and_each_is_kept(opened: Door) -> None:
    reference = pending(opened)
    judge(opened, "refuse", reference, "--reason", REASON)
    assert "It was refused: the school may have read that already." in judge(opened, "accept", reference).output
    with opened.store.reading() as connection:
        held = messages.of_reference(connection, reference)
        assert held is not None
        past = judging.history(connection, held.id)
    assert [(step.outcome, step.who) for step in past] == [
        ("pending", "the receiver"),
        ("refused", "R. Officer"),
        ("accepted", "R. Officer"),
    ]
    assert past[1].reasons == [{"pointer": "", "problem": REASON}]


def test_what_cannot_be_judged_says_why(opened: Door) -> None:
    reference = pending(opened)
    judge(opened, "accept", reference)
    plain = opened.send(envelope(pupil=5), key="k5").json()["reference"]
    for told, words in (
        (reference, "is accepted already"),
        (plain, "was accepted as it came"),
        ("NONE", "No message has"),
    ):
        ended = judge(opened, "accept", told)
        assert (ended.exit_code, words in ended.output) == (4, True)


def test_a_status_is_told_to_those_who_speak_for_the_school_alone(opened: Door) -> None:
    reference = pending(opened)
    for headers, code in ((opened.another([OTHER_SCHOOL]), 404), ({}, 401), (opened.another([SCHOOL]), 200)):
        assert opened.http.get(f"/v1/status/{reference}", headers=headers).status_code == code
    unknown = opened.http.get("/v1/status/NONE", headers=opened.headers)
    other = opened.http.get(f"/v1/status/{reference}", headers=opened.another([OTHER_SCHOOL]))
    assert (unknown.status_code, unknown.json()) == (404, other.json())


def test_the_list_of_messages_is_filtered_and_names_no_pupil(opened: Door) -> None:
    pending(opened)
    opened.send(envelope(school=OTHER_SCHOOL), key="k2")
    listed = run(opened, "messages")
    assert (len(listed.output.splitlines()), SURNAME in listed.output) == (2, False)
    assert "Waits for an officer  school" in listed.output
    for words, count in (
        (("--outcome", "pending"), 1),
        (("--outcome", "accepted"), 1),
        (("--school", str(SCHOOL)), 1),
        (("--kind", KIND), 1),
    ):
        assert len(run(opened, "messages", *words).output.splitlines()) == count
    assert "Nothing of this sort" in run(opened, "messages", "--outcome", "refused").output


@pytest.mark.parametrize("kind", sorted({*KINDS} - {"missing_pupil_report", "penalty_notice_request", KIND}))
def test_what_the_law_has_a_school_give_is_never_judged(opened: Door, kind: str) -> None:
    ended = run(opened, "settings", "set", "judged", kind, "--by", "R. Officer")
    assert (ended.exit_code, "made when they are given" in ended.output) == (2, True)


WRONG = [
    ("judged", "gossip"),
    ("colour", "red"),
    *(("keep_days", days) for days in ("0", "0003652599", "9" * 5000, "x")),
]


@pytest.mark.parametrize("words", WRONG, ids=lambda words: f"{words[0]} {words[1][:10]}")
def test_a_setting_that_is_none_is_refused(opened: Door, words: tuple[str, ...]) -> None:
    assert run(opened, "settings", "set", *words, "--by", "R. Officer").exit_code == 2


def test_settings_are_listed_with_what_they_mean(opened: Door) -> None:
    listed = run(opened, "settings").output
    assert "judged: missing_pupil_report, penalty_notice_request, support_referral\n" in listed
    assert "wait for an officer" in listed


def test_a_kind_that_the_authority_does_not_ask_for_is_not_taken_and_its_withdrawal_is(opened: Door) -> None:
    assert opened.send(referral(), key="k1").status_code == 202
    run(opened, "settings", "set", "kinds", "attendance_return,", "deletion_return", "--by", "R. Officer")
    asked = opened.http.get("/v1/whoami", headers=opened.headers).json()["kinds"]
    assert asked == ["attendance_return", "deletion_return"]
    answer = opened.send(referral("amend", 2), key="k2")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:rollbook:feed:not-wanted")
    assert opened.send(referral("withdraw", 2), key="k3").status_code == 201


def test_a_list_of_settings_is_emptied_by_its_word(opened: Door) -> None:
    assert run(opened, "settings", "set", "regular", "none", "--by", "R. Officer").output == "regular: none\n"


def test_who_is_no_officer_does_not_judge_once_there_are_officers(opened: Door) -> None:
    reference = pending(opened)
    run(opened, "officers", "add", "R. Officer")
    run(opened, "officers", "end", "R. Officer")
    refused = judge(opened, "accept", reference)
    assert (refused.exit_code, status(opened, reference)["outcome"]) == (4, "pending")
    assert "no officer who is let in" in refused.output


def test_a_reason_with_the_pupils_name_is_not_sent_on(opened: Door) -> None:
    reference = pending(opened)
    refused = judge(opened, "refuse", reference, "--reason", f"{SURNAME.lower()} was at school.")
    assert "the pupil's name" in refused.output
    assert status(opened, reference)["outcome"] == "pending"


def test_a_reference_is_taken_in_small_letters(opened: Door) -> None:
    reference = pending(opened)
    assert judge(opened, "accept", reference.lower()).output == f"{reference} is accepted.\n"
