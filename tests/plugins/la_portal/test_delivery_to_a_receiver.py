"""la_portal and a real receiver, in what the conformance kit does not ask: test_la_portal_conformance.py."""

from __future__ import annotations

import dataclasses
import itertools
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from rollbook.contract import DeliveryUnknown, FixSettings, NeedsCredentials, Outcome
from rollbook_feed import KINDS
from rollbook_receiver.clients import slow_hash
from rollbook_receiver.tables import clients
from support.receiver import Receiver, running_receiver
from support.receiver_destination import message, portal
from support.receiver_faults import losing, lossy_line
from support.receiver_messages import ADDRESS, FORENAME, OTHER_SCHOOL, PUPIL, SCHOOL, SURNAME, UPN, content


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with running_receiver(tmp_path) as running:
        yield running


def test_a_secret_of_any_characters_signs_in(receiver: Receiver) -> None:
    with receiver.store.writing() as connection:
        connection.execute(update(clients).values(secret=slow_hash("a+b %41&é")))
    [receipt] = portal(receiver.url, receiver.client_id, "a+b %41&é").deliver([message()])
    assert receipt.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("lost", [1, 2, 3, 4])
def test_a_lost_reply_is_looked_up_and_nothing_is_delivered_twice(receiver: Receiver, lost: int) -> None:
    with lossy_line(receiver.url) as line:
        line.fates = losing(lost)
        there = portal(line.url, receiver.client_id, receiver.client_secret, attempts=2)
        [receipt] = there.deliver([message()])
        assert line.sent >= 2  # it was tried again
    [held] = receiver.stored()
    assert (receipt.outcome, receipt.reference) == (Outcome.ACCEPTED, held.reference)
    assert len(receiver.history(held.key)) == 1


def test_replies_that_never_come_for_an_older_revision_leave_it_unknown(receiver: Receiver) -> None:
    """The look-up tells the newest revision only: of an older one it cannot say whether it is there."""
    there = portal(receiver.url, receiver.client_id, receiver.client_secret)
    list(there.deliver([message("withdraw", 2)]))
    with lossy_line(receiver.url) as line:
        line.fates = losing(100)
        lossy = portal(line.url, receiver.client_id, receiver.client_secret, attempts=2)
        with pytest.raises(DeliveryUnknown):
            list(lossy.deliver([message("send", 1)]))
    assert [held.revision for held in receiver.stored()] == [2]


def test_another_content_under_a_held_revision_is_refused(receiver: Receiver) -> None:
    there = portal(receiver.url, receiver.client_id, receiver.client_secret)
    list(there.deliver([message()]))
    other = dataclasses.replace(message(said=content(due_by="2026-12-24")), idempotency_key="another")
    [receipt] = there.deliver([other])
    assert receipt.outcome is Outcome.REFUSED
    assert receiver.stored()[0].content["due_by"] == "2026-10-31"


def test_the_same_content_under_a_held_revision_is_known_again(receiver: Receiver) -> None:
    """After a restore an installation may have another name for the message, and not another message."""
    there = portal(receiver.url, receiver.client_id, receiver.client_secret)
    [first] = there.deliver([message()])
    [again] = there.deliver([dataclasses.replace(message(), idempotency_key="another")])
    assert again == first


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3])))
def test_whatever_the_order_the_last_revision_is_the_state(receiver: Receiver, order: tuple[int, ...]) -> None:
    actions = {1: "send", 2: "amend", 3: "withdraw"}
    batch = [message(actions[revision], revision) for revision in (*order, order[0])]
    receipts = list(portal(receiver.url, receiver.client_id, receiver.client_secret).deliver(batch))
    assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
    [held] = receiver.stored()
    assert (held.revision, held.action) == (3, "withdraw")
    assert [row.revision for row in receiver.history(held.key)] == [3, 2, 1]


def test_a_message_that_the_feed_refuses_is_not_sent(receiver: Receiver) -> None:
    said = content()
    del said["pupil"]["address"]
    [receipt] = portal(receiver.url, receiver.client_id, receiver.client_secret).deliver([message(said=said)])
    assert receipt.outcome is Outcome.REFUSED
    assert receipt.reasons == ("/content/pupil/address: required, and not there",)
    assert receiver.stored() == []


def test_a_school_that_is_not_the_clients_own_is_refused(receiver: Receiver) -> None:
    client, secret = receiver.add_client("One school", [SCHOOL])
    there = portal(receiver.url, client, secret)
    mine, other = list(there.deliver([message(), message(school=OTHER_SCHOOL)]))
    assert (mine.outcome, other.outcome) == (Outcome.ACCEPTED, Outcome.REFUSED)
    assert [held.key.school for held in receiver.stored()] == [SCHOOL]
    with pytest.raises(FixSettings):
        there.lookup(message(school=OTHER_SCHOOL).key)


def test_two_clients_may_use_the_same_idempotency_key(receiver: Receiver) -> None:
    client, secret = receiver.add_client("Another trust")
    first = message()
    second = dataclasses.replace(message(school=OTHER_SCHOOL), idempotency_key=first.idempotency_key)
    list(portal(receiver.url, receiver.client_id, receiver.client_secret).deliver([first]))
    [receipt] = portal(receiver.url, client, secret).deliver([second])
    assert receipt.outcome is Outcome.ACCEPTED
    assert {held.key.school for held in receiver.stored()} == {SCHOOL, OTHER_SCHOOL}


def test_check_says_who_we_are_and_sends_nothing(receiver: Receiver) -> None:
    client, secret = receiver.add_client("Northwick Primary", [SCHOOL])
    remarks = list(portal(receiver.url, client, secret).check())
    assert all(remark.ok for remark in remarks)
    assert remarks[0].text == "Signed in at 127.0.0.1 as Northwick Primary."
    assert remarks[1].text == f"It may report for schools {SCHOOL}."
    assert remarks[2].text == f"It takes {', '.join(sorted(KINDS))}."
    assert remarks[3].text == "Of the regular feed it asks for day, week."
    assert receiver.stored() == []


def test_no_log_names_a_pupil_or_a_secret(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    there = portal(receiver.url, receiver.client_id, receiver.client_secret)
    list(there.check())
    list(there.deliver([message(), message(said=content(due_by="2026-12-24")), message("withdraw", 2)]))
    there.lookup(message().key)
    with pytest.raises(NeedsCredentials):
        list(portal(receiver.url, receiver.client_id, "canary-secret").deliver([message()]))
    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "request" in logged  # the log was listened to
    canaries = [SURNAME, FORENAME, UPN, ADDRESS, "2017-03-09", receiver.client_secret, "canary-secret", "Bearer "]
    assert [word for word in canaries if word.lower() in logged.lower()] == []


HOSTILE = [
    "Robert'); DROP TABLE messages;--",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "=cmd|' /C calc'!A0",
    "\u202egnirts",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_sql_and_script_are_text_and_nothing_more(receiver: Receiver, text: str) -> None:
    said = content(cause=text)
    said["pupil"]["surname"] = said["school"]["name"] = said["parents"][0]["name"] = text
    there = portal(receiver.url, receiver.client_id, receiver.client_secret)
    list(there.deliver([message(said=said), message(pupil=PUPIL - 1)]))
    assert [held.content["cause"] for held in receiver.stored() if held.key.pupil == PUPIL] == [text]
    assert len(receiver.stored()) == 2
