"""The regular feed and the authority's news, by la_portal: to a real receiver, and to ends that answer otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from rollbook.contract import (
    Action,
    FixSettings,
    Outcome,
    Receipt,
    Regular,
    Report,
    RetryLater,
    VendorMustAct,
)
from rollbook_feed import KINDS, NEWS_KINDS, example
from rollbook_la_portal.destination import LaPortal
from rollbook_receiver import news, settings
from support.receiver import Receiver, running_receiver
from support.receiver_destination import portal
from support.receiver_messages import OTHER_SCHOOL, SCHOOL

FRIDAY = datetime(2026, 11, 20, 16, tzinfo=UTC)
MONDAY, BEFORE = date(2026, 11, 16), date(2026, 11, 9)
FIGURES = ("pupils", "possible", "attended", "authorised", "unauthorised")
WHOAMI = {"name": "Us", "schools": None, "feed_versions": ["1.0"], "kinds": list(KINDS), "news": list(NEWS_KINDS)}
WANTS = WHOAMI | {"regular": ["day", "week", "sessions"], "sessions": [SCHOOL]}


def row(pupils: int, **group: Any) -> dict[str, Any]:
    return group | dict(zip(FIGURES, (pupils, pupils * 10, pupils * 9, pupils, 0), strict=True))


def report(
    kind: Regular = Regular.DAY, revision: int = 1, school: int = SCHOOL, day: date = MONDAY, **changes: Any
) -> Report:
    """What the host hands over."""
    said: dict[Regular, Any] = {
        Regular.DAY: {"registers": [{"session": "AM", "expected": 20, "recorded": 18}]},
        Regular.WEEK: {"rows": [row(30, cohort="all"), row(27, year_group=3), row(3, year_group=4)]},
        Regular.SESSIONS: {"marks": [{"pupil": "7", "upn": "B801200005001", "session": "AM", "code": "O"}]},
    }
    content = {"as_of": "2026-11-20T15:59:00Z"} | said[kind] | changes
    return Report(kind, school, day, revision, content)


def one(there: LaPortal, made: Report) -> Receipt:
    [receipt] = there.report([made])
    return receipt


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with running_receiver(tmp_path_factory.mktemp("receiver"), now=lambda: FRIDAY) as running:
        with running.store.writing() as connection:
            settings.choose(connection, "sessions", [str(SCHOOL)], "R. Officer", FRIDAY)
            told = {**example("named_contacts")["content"]}
            for name in ("contacts", "contacts-of-week-9"):
                news.tell(connection, "named_contacts", SCHOOL, name, told, "R. Officer", FRIDAY)
            news.tell(connection, "named_contacts", SCHOOL, "contacts", {"reason": "a mistake"}, "R. Officer", FRIDAY)
        yield running


@pytest.fixture
def there(receiver: Receiver) -> LaPortal:
    return portal(receiver.url, receiver.client_id, receiver.client_secret)


def test_marks_of_pupils_are_wanted_of_the_schools_that_agreed_alone(there: LaPortal) -> None:
    assert there.wanted(SCHOOL) == set(Regular)
    assert there.wanted(OTHER_SCHOOL) == {Regular.DAY, Regular.WEEK}


def test_nothing_is_wanted_of_a_school_of_which_the_client_does_not_speak(receiver: Receiver) -> None:
    assert portal(receiver.url, *receiver.add_client("Another", [OTHER_SCHOOL])).wanted(SCHOOL) == frozenset()


@pytest.mark.parametrize("kind", Regular)
def test_a_report_is_taken_and_its_later_revision_counts(there: LaPortal, kind: Regular) -> None:
    receipts = list(there.report([report(kind, revision, day=BEFORE) for revision in (2, 2, 1, 3)]))
    assert [(made.outcome, made.revision) for made in receipts] == [(Outcome.ACCEPTED, n) for n in (2, 2, 2, 3)]


def test_small_numbers_are_hidden_before_they_leave(there: LaPortal, receiver: Receiver) -> None:
    assert one(there, report(Regular.WEEK, 7)).outcome is Outcome.ACCEPTED
    with receiver.store.reading() as connection:
        [held] = connection.exec_driver_sql("SELECT body FROM regular WHERE kind = 'week' AND revision = 7").all()
    body = json.loads(held.body)
    assert (body["week"], body["least"]) == ("2026-11-16", 5)
    shown = [(group.get("cohort") or group["year_group"], group.get("pupils")) for group in body["rows"]]
    assert shown == [("all", 30), (3, None), (4, None)]  # one alone could be reckoned


def test_what_the_authority_calls_small_is_hidden_too(there: LaPortal, receiver: Receiver) -> None:
    with receiver.store.writing() as connection:
        settings.choose(connection, "smallest_group", ["28"], "R. Officer", FRIDAY)
    try:
        assert one(there, report(Regular.WEEK, 8)).outcome is Outcome.ACCEPTED
    finally:
        with receiver.store.writing() as connection:
            settings.choose(connection, "smallest_group", ["5"], "R. Officer", FRIDAY)
    with receiver.store.reading() as connection:
        [held] = connection.exec_driver_sql("SELECT body FROM regular WHERE kind = 'week' AND revision = 8").all()
    body = json.loads(held.body)
    assert (body["least"], [group.get("pupils") for group in body["rows"]]) == (28, [30, None, None])


def test_another_report_under_a_revision_that_is_held_says_which_is_the_newest(there: LaPortal) -> None:
    for revision in (4, 5):
        assert one(there, report(revision=revision)).outcome is Outcome.ACCEPTED
    refused = one(there, report(revision=4, registers=[]))
    assert (refused.outcome, refused.revision) == (Outcome.REFUSED, 5)
    assert refused.reasons[0].startswith("the authority holds another report under revision 4, and 5 is its newest")


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (report(as_of="today"), "/as_of: not a moment as 2026-10-05T08:31:00Z"),
        (report(Regular.WEEK, rows=[]), "one row is of all pupils"),
        (
            report(Regular.SESSIONS, school=OTHER_SCHOOL),
            f"the authority does not ask for this of school {OTHER_SCHOOL}",
        ),
    ],
)
def test_what_is_not_in_form_or_not_wanted_is_not_sent(there: LaPortal, made: Report, why: str) -> None:
    refused = one(there, made)
    assert refused.outcome is Outcome.REFUSED
    assert refused.reasons[0].startswith(why)


def test_news_is_read_page_by_page_until_there_is_none(there: LaPortal) -> None:
    page = there.news(SCHOOL, 0)
    assert [(item.number, item.id, item.revision, item.action) for item in page.items] == [
        (1, "contacts", 1, Action.WITHDRAW),  # overtaken: it says nothing more
        (2, "contacts-of-week-9", 1, Action.SEND),
        (3, "contacts", 2, Action.WITHDRAW),
    ]
    assert (page.next, there.news(SCHOOL, 3).items, there.news(SCHOOL, 3).next) == (3, (), 3)
    assert page.items[1].content["contacts"][0]["name"] == "D. Adviser"


def test_news_of_a_school_that_is_not_ours_is_for_a_person(receiver: Receiver) -> None:
    with pytest.raises(FixSettings, match="does not let this client speak for school 100001"):
        portal(receiver.url, *receiver.add_client("Another", [OTHER_SCHOOL])).news(SCHOOL, 0)


def test_of_a_school_that_is_not_ours_no_news_is_asked_for(httpserver: HTTPServer) -> None:
    there = end(httpserver, WANTS | {"schools": [OTHER_SCHOOL]}, news=(200, {"items": [piece()], "next": 1}))
    with pytest.raises(FixSettings, match="does not let this client speak for school 100001"):
        there.news(SCHOOL, 0)
    assert all("/news" not in request.path for request, _ in httpserver.log)


def end(server: HTTPServer, whoami: Any = WANTS, **answers: Any) -> LaPortal:
    """An authority's end that answers a report (`put`), the question for it (`get`) and for `news` so."""
    server.expect_request("/oauth/token").respond_with_json({"access_token": "t"})
    server.expect_request("/v1/whoami").respond_with_json(whoami)
    for method in ("PUT", "GET"):
        status, body = answers.get(method.lower(), (404, {}))
        server.expect_request("/v1/schools/100001/days/2026-11-16", method).respond_with_json(body, status)
    status, body = answers.get("news", (404, {}))
    server.expect_request("/v1/schools/100001/news").respond_with_json(body, status)
    return portal(server.url_for("/").replace("localhost", "127.0.0.1"), "us", "secret", attempts=1)


@pytest.mark.parametrize(
    "put", [(200, {"revision": 1, "received_at": "2026-11-20T16:00:00Z"}), (204, {}), (201, {"revision": 1})]
)
def test_taken_is_accepted_whatever_it_says_besides(httpserver: HTTPServer, put: Any) -> None:
    made = one(end(httpserver, put=put), report())
    assert (made.outcome, made.revision) == (Outcome.ACCEPTED, 1)


def test_an_answer_that_says_no_revision_is_none(httpserver: HTTPServer) -> None:
    with pytest.raises(VendorMustAct):
        one(end(httpserver, put=(200, {"status": "up"})), report())


@pytest.mark.parametrize("status", [400, 403, 409, 413, 415, 422])
def test_not_taken_is_refused_with_reasons(httpserver: HTTPServer, status: int) -> None:
    made = one(end(httpserver, put=(status, {"title": "No.", "errors": []})), report())
    assert (made.outcome, made.revision) == (Outcome.REFUSED, None)
    assert made.reasons


def test_what_is_no_longer_wanted_is_asked_for_anew(httpserver: HTTPServer) -> None:
    there = end(httpserver, put=(403, {"type": "urn:rollbook:feed:not-wanted", "title": "No."}))
    refused = one(there, report())
    assert refused.reasons == (
        "the authority does not ask for this of school 100001 now: `rollbook check` says for what it asks",
    )
    there.wanted(SCHOOL)
    asked = [request.path for request, _ in httpserver.log]
    assert asked.count("/v1/whoami") == 2


@pytest.mark.parametrize(
    ("status", "problem"), [(429, RetryLater), (500, RetryLater), (503, RetryLater), (404, FixSettings)]
)
def test_a_report_that_cannot_be_taken_now(httpserver: HTTPServer, status: int, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        one(end(httpserver, put=(status, {})), report())


def piece(**changes: Any) -> dict[str, Any]:
    return example("named_contacts") | {"number": 1} | changes


def test_what_this_version_does_not_know_is_passed_over(httpserver: HTTPServer) -> None:
    contact = {"name": "D. Adviser", "role": "Adviser", "what_for": "attendance", "pronoun": "they"}
    told = [
        piece(mood="fine", content={"contacts": [contact], "of_1.1": []}),
        piece(number=2, kind="a_kind_of_1_1", content={"x": 1}),
    ]
    page = end(httpserver, news=(200, {"items": told, "next": 2, "more": False})).news(SCHOOL, 0)
    assert [(item.kind, item.content.keys()) for item in page.items] == [
        ("named_contacts", {"contacts"}),
        ("a_kind_of_1_1", {"x"}),
    ]
    assert "pronoun" not in page.items[0].content["contacts"][0]


def test_news_of_a_later_1_x_is_read_and_of_2_0_is_not(httpserver: HTTPServer) -> None:
    told = [piece(feed_version="1.1"), piece(number=2, feed_version="1.12"), piece(number=3, feed_version="2.0")]
    there = end(httpserver, news=(200, {"items": told, "next": 3}))
    assert [item.number for item in there.news(SCHOOL, 0).items] == [1, 2]


def test_news_that_is_not_in_form_keeps_back_what_comes_after_it_and_nothing_before(httpserver: HTTPServer) -> None:
    told = [piece(), piece(number=2, content={"contacts": "D. Adviser"}), piece(number=3)]
    there = end(httpserver, news=(200, {"items": told, "next": 3}))
    assert [item.number for item in there.news(SCHOOL, 0).items] == [1]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((200, {}), VendorMustAct),
        ((200, {"items": [piece(at="today")], "next": 1}), VendorMustAct),
        ((200, {"items": ["D. Adviser"], "next": 1}), VendorMustAct),
        ((404, {}), FixSettings),
        ((500, {}), RetryLater),
    ],
)
def test_news_that_cannot_be_read_says_so_and_names_nobody(
    httpserver: HTTPServer, answer: Any, problem: type[Exception]
) -> None:
    with pytest.raises(problem) as raised:
        end(httpserver, news=answer).news(SCHOOL, 0)
    assert "Adviser" not in str(raised.value)


def test_an_authority_that_gives_no_news_is_not_asked(httpserver: HTTPServer) -> None:
    there = end(httpserver, WANTS | {"news": []})  # where it is asked, it answers 404
    assert there.news(SCHOOL, 7).next == 7
