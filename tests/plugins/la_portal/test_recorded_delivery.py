"""la_portal against recordings of the receiver: no server runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import Action, Key, Kind, Message, Outcome, Regular, Report
from rollbook_feed import digest, example, problems, regular_problems
from rollbook_la_portal.destination import LaPortal
from rollbook_receiver import judging, news
from support.receiver import NOW
from support.receiver_cassettes import CASSETTES, TAPES, Office, bodies_of, recorded, reports_of
from support.receiver_destination import message
from support.receiver_messages import OTHER_SCHOOL, PUPIL, SCHOOL, content


def of_kind(kind: Kind) -> Message:
    """The feed's own example of a kind, about the pupil of the other recordings."""
    said, ours = example(kind.value)["content"], content()
    said |= {part: ours[part] for part in ("school", "contact", "parents") if part in said}
    said.get("referral", {}).pop("support_given", None)  # free text
    said["pupil"] = {name: value for name, value in ours["pupil"].items() if name in said["pupil"]}
    key = Key(kind, SCHOOL, PUPIL, 1)
    return Message(key, 1, Action.SEND, said, f"northwick-{key}")


@pytest.fixture
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[LaPortal, Office]]:
    name = request.node.name.removeprefix("test_").replace("[", "_").removesuffix("]")
    with recorded(name, [SCHOOL], tmp_path) as made:
        yield made


@pytest.fixture
def there(both: tuple[LaPortal, Office]) -> LaPortal:
    return both[0]


@pytest.fixture
def office(both: tuple[LaPortal, Office]) -> Office:
    return both[1]


def test_check(there: LaPortal) -> None:
    texts = [remark.text for remark in there.check()]
    assert texts[1] == f"It may report for schools {SCHOOL}."
    assert texts[2].startswith("It takes attendance_followup, attendance_return, ")


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


@pytest.mark.parametrize("kind", [Kind.WORKER_NOTICE, Kind.SICKNESS_RETURN])
def test_another_kind(there: LaPortal, kind: Kind) -> None:
    [receipt] = there.deliver([of_kind(kind)])
    assert (receipt.outcome, receipt.revision) == (Outcome.ACCEPTED, 1)


def test_pending_then_refused(there: LaPortal, office: Office) -> None:
    [first] = there.deliver([of_kind(Kind.SUPPORT_REFERRAL)])
    assert first.outcome is Outcome.PENDING
    asked = there.lookup(of_kind(Kind.SUPPORT_REFERRAL).key)
    assert asked is not None
    assert (asked.outcome, asked.reference) == (Outcome.PENDING, first.reference)
    reasons = [{"pointer": "/content/referral", "problem": "what did the school do so far?"}]
    office(lambda connection: judging.judge(connection, first.reference, "refused", reasons, "R. Officer", NOW))
    refused = there.lookup(of_kind(Kind.SUPPORT_REFERRAL).key)
    assert refused is not None
    assert refused.outcome is Outcome.REFUSED
    assert refused.reasons == ("/content/referral: what did the school do so far?",)


def test_reports(there: LaPortal) -> None:
    assert there.wanted(SCHOOL) == {Regular.DAY, Regular.WEEK}
    day = {"as_of": "2026-11-02T07:00:00Z", "registers": [{"session": "AM", "expected": 20, "recorded": 18}]}
    rows = [
        {group: name, "pupils": pupils, "possible": pupils, "attended": pupils, "authorised": 0, "unauthorised": 0}
        for group, name, pupils in (("cohort", "all", 30), ("year_group", 3, 27), ("year_group", 4, 3))
    ]
    week = {"as_of": "2026-11-02T07:00:00Z", "rows": rows}
    reports = [
        Report(Regular.DAY, SCHOOL, date(2026, 10, 30), 1, day),
        Report(Regular.DAY, SCHOOL, date(2026, 10, 30), 1, day | {"registers": []}),
        Report(Regular.WEEK, SCHOOL, date(2026, 10, 26), 1, week),
    ]
    outcomes = [receipt.outcome for receipt in there.report(reports)]
    assert outcomes == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED]


def test_news(there: LaPortal, office: Office) -> None:
    told = {"contacts": [content()["contact"] | {"what_for": "attendance"}]}
    office(lambda at: news.tell(at, "named_contacts", SCHOOL, "contacts", told, "R. Officer", NOW))
    page = there.news(SCHOOL, 0)
    assert [(item.number, item.kind) for item in page.items] == [(1, "named_contacts")]
    assert there.news(SCHOOL, page.next).items == ()


def test_the_recordings_hold_no_secret_and_nobody_who_was_not_invented() -> None:
    assert TAPES.problems() == []


def test_the_recordings_say_what_the_feed_allows() -> None:
    bodies = [body for cassette in CASSETTES.glob("*.yaml") for body in bodies_of(cassette)]
    assert [problems(body) for body in bodies if problems(body)] == []
    assert len(bodies) > 5
    reports = [report for cassette in CASSETTES.glob("*.yaml") for report in reports_of(cassette)]
    assert [(kind, regular_problems(kind, body)) for kind, body in reports] == [("day", []), ("day", []), ("week", [])]
