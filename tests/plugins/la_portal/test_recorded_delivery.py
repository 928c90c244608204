"""la_portal against recordings of the receiver: no server runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook.contract import Outcome
from rollbook_feed import digest, problems
from rollbook_la_portal.destination import LaPortal
from support.receiver_cassettes import CASSETTES, TAPES, bodies_of, recorded
from support.receiver_destination import message
from support.receiver_messages import OTHER_SCHOOL, SCHOOL, content


@pytest.fixture
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LaPortal]:
    name = request.node.name.removeprefix("test_")
    with recorded(name, [SCHOOL], tmp_path) as destination:
        yield destination


def test_check(there: LaPortal) -> None:
    texts = [remark.text for remark in there.check()]
    assert texts[1:] == [f"It may report for schools {SCHOOL}."]


def test_send_amend_withdraw(there: LaPortal) -> None:
    receipts = list(there.deliver([message(), message("amend", 2), message("withdraw", 3)]))
    assert [(receipt.outcome, receipt.revision) for receipt in receipts] == [(Outcome.ACCEPTED, n) for n in (1, 2, 3)]
    assert receipts[0].at.isoformat() == "2026-11-02T07:30:00+00:00"


def test_sent_twice(there: LaPortal) -> None:
    first, second = there.deliver([message(), message()])
    assert first == second


def test_changed_under_the_same_key(there: LaPortal) -> None:
    _, second = there.deliver([message(), message(said=content(due_by="2026-12-01"))])
    assert second.outcome is Outcome.REFUSED


def test_known_under_another_key(there: LaPortal) -> None:
    first, second = there.deliver([message(), dataclasses.replace(message(), idempotency_key="another")])
    assert second.reference == first.reference


def test_not_our_school(there: LaPortal) -> None:
    [receipt] = there.deliver([message(school=OTHER_SCHOOL)])
    assert receipt.outcome is Outcome.REFUSED
    assert "(HTTP 403)" in receipt.reasons[0]


def test_look_up(there: LaPortal) -> None:
    assert there.lookup(message().key) is None
    list(there.deliver([message()]))
    found = there.lookup(message().key)
    assert found is not None
    assert found.digest == digest(content())


def test_the_recordings_hold_no_secret_and_nobody_who_was_not_invented() -> None:
    assert TAPES.problems() == []


def test_the_recordings_say_what_the_feed_allows() -> None:
    bodies = [body for cassette in CASSETTES.glob("*.yaml") for body in bodies_of(cassette)]
    assert [problems(body) for body in bodies if problems(body)] == []
    assert len(bodies) > 5
