"""What la_portal makes of each answer that an authority's server may give."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from rollbook.contract import (
    DeliveryUnknown,
    FixSettings,
    Kind,
    NeedsCredentials,
    Outcome,
    Receipt,
    RetryLater,
    VendorMustAct,
)
from rollbook_feed import KINDS, digest, required_fields
from rollbook_la_portal.destination import LaPortal
from rollbook_la_portal.settings import PortalSettings
from support.receiver_destination import message, portal
from support.receiver_messages import ADDRESS, SURNAME, UPN, content

TAKEN = {"reference": "AB12", "outcome": "accepted", "received_at": "2026-11-02T07:30:00Z", "revision": 1}
WHOAMI = {"client": "us", "name": "Us", "schools": None, "feed_versions": ["1.0"], "kinds": list(KINDS)}
NOTHING = (404, {"type": "urn:rollbook:feed:nothing-held", "title": "None.", "status": 404}, {})


class Authority:
    """Answers sends, look-ups and requests for tokens, each from its own list; the last answer repeats."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/").replace("localhost", "127.0.0.1")
        self.sends: list[Any] = [(201, TAKEN, {})]
        self.lookups: list[Any] = [NOTHING]
        self.tokens: list[Any] = [(200, {"access_token": "t", "token_type": "Bearer", "expires_in": 60}, {})]
        self.whoami: list[Any] = [(200, WHOAMI | {"news": [], "regular": []}, {})]
        self.statuses: list[Any] = [NOTHING]
        self.asked: list[str] = []
        server.expect_request("/oauth/token", "POST").respond_with_handler(self._by("token", self.tokens))
        server.expect_request("/v1/messages", "POST").respond_with_handler(self._by("send", self.sends))
        server.expect_request("/v1/whoami").respond_with_handler(self._by("whoami", self.whoami))
        server.expect_request("/v1/status/AB12").respond_with_handler(self._by("status", self.statuses))
        any_key = f"/v1/messages/{message().key}"
        server.expect_request(any_key, "GET").respond_with_handler(self._by("look up", self.lookups))

    def _by(self, name: str, answers: list[Any]) -> Any:
        def answer(_request: Request) -> Response:
            status, body, headers = answers[0] if len(answers) == 1 else answers.pop(0)
            self.asked.append(name)
            text = body if isinstance(body, str) else json.dumps(body)
            return Response(text, status, headers, content_type="application/json")

        return answer

    def deliver(self, **kwargs: Any) -> Receipt:
        """One message, and its receipt."""
        [receipt] = self.portal(**kwargs).deliver([message()])
        return receipt

    def portal(self, **kwargs: Any) -> LaPortal:
        """The destination that speaks to this authority."""
        return portal(self.url, "us", "secret", **kwargs)


@pytest.fixture
def authority(httpserver: HTTPServer) -> Authority:
    return Authority(httpserver)


def refusal(status: int, kind: str = "x", **more: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    return status, {"type": f"urn:rollbook:feed:{kind}", "title": "No.", "status": status, **more}, {}


@pytest.mark.parametrize(
    ("status", "outcome"), [(201, Outcome.ACCEPTED), (200, Outcome.ACCEPTED), (202, Outcome.PENDING)]
)
def test_taken_is_accepted_or_pending(authority: Authority, status: int, outcome: Outcome) -> None:
    authority.sends[:] = [(status, TAKEN, {})]
    assert authority.deliver().outcome is outcome


@pytest.mark.parametrize("status", [400, 403, 409, 413, 415, 422])
def test_not_taken_is_refused_with_the_reasons_told(authority: Authority, status: int) -> None:
    errors = [{"pointer": "/content/pupil/dob", "problem": "not a day as 2026-10-05"}]
    authority.sends[:] = [refusal(status, errors=errors)]
    receipt = authority.deliver()
    assert receipt.outcome is Outcome.REFUSED
    assert f"(HTTP {status})" in receipt.reasons[0]
    assert receipt.reasons[1:] == ("No.", "/content/pupil/dob: not a day as 2026-10-05")


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (422, "idempotency-key-reused", "the authority has another message under its idempotency key"),
        (403, "not-wanted", "the authority does not ask for this kind of message"),
        (409, "another-pupil", "another system of the school told the authority of another pupil under this number"),
        (403, "not-your-school", "this client does not speak for the school"),
        (409, "revision-held", "the authority holds something else under this key"),
    ],
)
def test_a_refusal_is_worded_by_its_kind(authority: Authority, status: int, kind: str, words: str) -> None:
    authority.sends[:] = [refusal(status, kind)]
    [reason, _] = authority.deliver().reasons
    assert reason.startswith(words)


@pytest.mark.parametrize("reference", [f"{SURNAME}-2017", f"ref-{UPN}", "ref 7", "r" * 101])
def test_a_reference_that_names_a_person_or_is_in_another_form_is_left_out(
    authority: Authority, reference: str
) -> None:
    authority.sends[:] = [(202, TAKEN | {"reference": reference}, {})]
    made = authority.deliver()
    assert (made.outcome, made.reference) == (Outcome.PENDING, "")


def test_reasons_that_name_a_person_are_left_out(authority: Authority) -> None:
    words = [f"{SURNAME} is not known", f"no {UPN.lower()}", f"at {ADDRESS.upper()}", "born 09/03/2017", "fine"]
    errors = [{"pointer": f"/content/{SURNAME}", "problem": word} for word in words]
    authority.sends[:] = [refusal(422, errors=errors)]
    told = authority.deliver().reasons[2:]
    left_out = "(a field): (their words are left out: they name a person)"
    assert told == (left_out, left_out, left_out, left_out, "(a field): fine")


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", "[" * 100_000, '{"errors": 7}', '{"errors": [7]}'])
def test_a_refusal_without_problem_details_is_still_a_refusal(authority: Authority, body: str) -> None:
    authority.sends[:] = [(422, body, {})]
    assert authority.deliver().outcome is Outcome.REFUSED


@pytest.mark.parametrize("status", [429, 503])
def test_busy_past_the_limits_is_for_later(authority: Authority, status: int) -> None:
    authority.sends[:] = [(status, {}, {"Retry-After": "7"})]
    with pytest.raises(RetryLater) as raised:
        authority.deliver(attempts=3)
    assert raised.value.after == 7
    assert authority.asked == ["token", "whoami", "send", "send", "send"]


def test_busy_for_a_while_is_waited_out(authority: Authority) -> None:
    authority.sends[:] = [(429, {}, {"Retry-After": "1"}), (503, {}, {}), (201, TAKEN, {})]
    assert authority.deliver().outcome is Outcome.ACCEPTED


def test_a_fault_of_theirs_that_left_nothing_behind_is_for_later(authority: Authority) -> None:
    authority.sends[:] = [(500, {}, {})]
    with pytest.raises(RetryLater):
        authority.deliver()
    assert authority.asked == ["token", "whoami", "send", "look up", "send", "look up"]


def test_a_fault_of_theirs_after_they_took_it_is_accepted(authority: Authority) -> None:
    authority.sends[:] = [(500, {}, {})]
    authority.lookups[:] = [(200, TAKEN | {"digest": digest(content())}, {})]
    assert authority.deliver().reference == "AB12"


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateways_word_alone_leaves_it_unknown(authority: Authority, status: int) -> None:
    authority.sends[:] = [(status, {}, {})]
    authority.lookups[:] = [(status, {}, {})]
    with pytest.raises(DeliveryUnknown):
        authority.deliver(attempts=2)


@pytest.mark.parametrize("body", ["", "{}", "<html>", '{"reference": 7}', json.dumps(TAKEN | {"received_at": "today"})])
def test_taken_with_an_unreadable_receipt_is_looked_up(authority: Authority, body: str) -> None:
    authority.sends[:] = [(201, body, {})]
    authority.lookups[:] = [(200, TAKEN | {"digest": digest(content())}, {})]
    assert authority.deliver().outcome is Outcome.ACCEPTED


def test_another_content_found_under_the_revision_is_refused(authority: Authority) -> None:
    authority.sends[:] = [(500, {}, {})]
    authority.lookups[:] = [(200, TAKEN | {"digest": "0" * 64}, {})]
    assert authority.deliver().outcome is Outcome.REFUSED


def test_in_flight_is_looked_up_and_tried_again(authority: Authority) -> None:
    authority.sends[:] = [refusal(409, "in-flight"), (201, TAKEN, {})]
    assert authority.deliver().outcome is Outcome.ACCEPTED


def test_in_flight_for_ever_is_unknown(authority: Authority) -> None:
    authority.sends[:] = [refusal(409, "in-flight")]
    with pytest.raises(DeliveryUnknown):
        authority.deliver()


def test_an_ended_token_is_fetched_once_more_in_mid_run(authority: Authority) -> None:
    authority.sends[:] = [(201, TAKEN, {}), (401, {}, {}), (201, TAKEN, {})]
    receipts = list(authority.portal().deliver([message(), message()]))
    assert [receipt.outcome for receipt in receipts] == [Outcome.ACCEPTED] * 2
    assert authority.asked == ["token", "whoami", "send", "send", "token", "send"]


def test_tokens_that_are_never_taken_need_a_person(authority: Authority) -> None:
    authority.whoami[:] = [(401, {}, {})]
    with pytest.raises(NeedsCredentials):
        authority.deliver()
    assert authority.asked == ["token", "whoami"]


def test_a_token_that_holds_is_used_for_every_call_of_a_run(authority: Authority) -> None:
    there = authority.portal()
    for _ in range(3):
        list(there.deliver([message()]))
        there.lookup(message().key)
    assert authority.asked == ["token", "whoami", *["send", "look up"] * 3]


def test_nothing_is_asked_before_the_time_that_they_asked_for_is_over(authority: Authority) -> None:
    authority.sends[:] = [(429, {}, {"Retry-After": "1800"}), (201, TAKEN, {})]
    there, now = authority.portal(attempts=1), [0.0]
    there._session.clock = lambda: now[0]
    with pytest.raises(RetryLater):
        list(there.deliver([message()]))
    now[0] = 1799.0
    with pytest.raises(RetryLater, match="left alone for another 1 seconds; nothing was sent") as raised:
        list(there.deliver([message()]))
    assert raised.value.after == 1
    with pytest.raises(RetryLater):
        there.lookup(message().key)
    now[0] = 1800.0
    assert [receipt.outcome for receipt in there.deliver([message()])] == [Outcome.ACCEPTED]
    assert authority.asked == ["token", "whoami", "send", "send"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((401, {"error": "invalid_client"}, {}), NeedsCredentials),
        ((400, {"error": "invalid_client"}, {}), NeedsCredentials),
        ((404, {}, {}), FixSettings),
        ((302, "", {"Location": "http://169.254.169.254/"}), FixSettings),
        ((200, {"access_token": 7}, {}), FixSettings),
        ((200, "<html>", {}), FixSettings),
        ((200, {"access_token": "a\r\nX: y"}, {}), FixSettings),
        ((500, {}, {}), RetryLater),
        ((503, {}, {}), RetryLater),
    ],
)
def test_a_token_that_does_not_come(authority: Authority, answer: Any, problem: type[Exception]) -> None:
    authority.tokens[:] = [answer]
    with pytest.raises(problem) as raised:
        authority.deliver()
    assert type(raised.value) is problem
    assert "send" not in authority.asked


@pytest.mark.parametrize(
    ("status", "problem"), [(404, FixSettings), (405, FixSettings), (301, FixSettings), (418, VendorMustAct)]
)
def test_an_answer_that_the_feed_does_not_have(authority: Authority, status: int, problem: type[Exception]) -> None:
    authority.sends[:] = [(status, "", {"Location": "http://169.254.169.254/"})]
    with pytest.raises(problem):
        authority.deliver()


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((404, "<html>", {}), FixSettings),
        (refusal(403), FixSettings),
        ((500, {}, {}), RetryLater),
        ((200, "{}", {}), VendorMustAct),
    ],
)
def test_a_look_up_that_fails(authority: Authority, answer: Any, problem: type[Exception]) -> None:
    authority.lookups[:] = [answer]
    with pytest.raises(problem):
        authority.portal().lookup(message().key)


@pytest.mark.parametrize(
    ("said", "well"),
    [
        (WHOAMI, [True, True, True, True]),
        (WHOAMI | {"schools": [100001], "feed_versions": ["2.0"]}, [True, True, False, True, True]),
        (WHOAMI | {"schools": []}, [True, False, True, True]),
        (WHOAMI | {"kinds": ["attendance_return", "a_kind_of_1.1"]}, [True, True, True, True, True]),
        (WHOAMI | {"kinds": []}, [True, True, False, True]),
    ],
)
def test_check_says_what_is_not_well(authority: Authority, said: dict[str, Any], well: list[bool]) -> None:
    authority.whoami[:] = [(200, said, {})]
    assert [remark.ok for remark in authority.portal().check()] == well


@pytest.mark.parametrize("said", ["<html>", {}, {"feed_versions": ["1.0"]}, {"kinds": "all", "feed_versions": ["1.0"]}])
def test_an_end_that_does_not_say_what_it_takes_is_not_taken_to_want_nothing(authority: Authority, said: Any) -> None:
    authority.whoami[:] = [(200, said, {})]
    there = authority.portal()
    for ask in (lambda: list(there.check()), lambda: there.wanted(100001), lambda: there.news(100001, 0)):
        with pytest.raises(VendorMustAct, match="does not say at v1/whoami which versions and kinds"):
            ask()


def test_check_names_the_kinds_that_are_not_taken(authority: Authority) -> None:
    authority.whoami[:] = [(200, WHOAMI | {"kinds": [kind for kind in KINDS if kind != "support_referral"]}, {})]
    [told] = [remark.text for remark in authority.portal().check() if remark.note]
    assert told.startswith("It does not take support_referral: tell the authority of these in another way")


def test_a_kind_that_is_not_taken_is_refused_before_it_is_sent(authority: Authority) -> None:
    authority.whoami[:] = [(200, WHOAMI | {"kinds": ["support_referral"]}, {})]
    receipt = authority.deliver()
    assert receipt.outcome is Outcome.REFUSED
    assert "does not take attendance_return by the feed: tell the authority as it asks otherwise" in receipt.reasons[0]
    assert authority.asked == ["token", "whoami"]


@pytest.mark.parametrize(
    "said", [(200, WHOAMI | {"feed_versions": ["2.0"]}, {}), (200, "<html>", {}), (418, "", {}), (404, "", {})]
)
def test_nothing_is_sent_while_it_is_not_known_what_is_taken(authority: Authority, said: Any) -> None:
    authority.whoami[:] = [said]
    with pytest.raises(FixSettings):
        authority.deliver()
    assert authority.asked == ["token", "whoami"]


PENDING = TAKEN | {"outcome": "pending", "digest": "0" * 64, "reasons": []}
REFUSED = PENDING | {"outcome": "refused", "reasons": [{"pointer": "/content/absence", "problem": "which days?"}]}


def test_why_an_officer_refused_it_is_in_the_look_up(authority: Authority) -> None:
    authority.lookups[:] = [(200, REFUSED, {})]
    found = authority.portal().lookup(message().key)
    assert found is not None
    assert (found.outcome, found.reasons) == (Outcome.REFUSED, ("/content/absence: which days?",))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ((200, REFUSED, {}), Outcome.REFUSED),
        ((200, PENDING, {}), Outcome.PENDING),
        ((200, REFUSED | {"revision": 2}, {}), Outcome.PENDING),  # another revision's
        ((200, "<html>", {}), Outcome.PENDING),
        (NOTHING, Outcome.PENDING),
    ],
)
def test_what_is_pending_is_asked_about_by_its_reference(authority: Authority, status: Any, outcome: Outcome) -> None:
    authority.lookups[:], authority.statuses[:] = [(200, PENDING, {})], [status]
    found = authority.portal().lookup(message().key)
    assert found is not None
    assert found.outcome is outcome
    assert authority.asked == ["token", "look up", "status"]


@pytest.mark.parametrize("reference", ["../whoami", "a/b", "a?b", "..", "é"])
def test_a_reference_that_is_no_part_of_an_address_is_not_put_into_one(authority: Authority, reference: str) -> None:
    authority.lookups[:] = [(200, PENDING | {"reference": reference}, {})]
    found = authority.portal().lookup(message().key)
    assert found is not None
    assert found.outcome is Outcome.PENDING
    assert authority.asked == ["token", "look up"]


def test_a_message_that_was_refused_there_already_keeps_its_reasons(authority: Authority) -> None:
    authority.sends[:] = [refusal(409, "revision-held")]
    authority.lookups[:] = [(200, REFUSED | {"digest": digest(content())}, {})]
    assert authority.deliver().reasons == ("/content/absence: which days?",)


def test_what_a_message_is_held_for_is_what_the_feed_requires() -> None:
    for kind in LaPortal.kinds:
        assert LaPortal.required[kind] <= set(required_fields(kind.value))
    assert "pupil.address" in LaPortal.required[Kind.ATTENDANCE_RETURN]
    assert {kind.value for kind in LaPortal.kinds} == set(KINDS)


GOOD = {"url": "https://la.example/feed", "client_id": "us", "client_secret": {"env": "LA_SECRET"}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://la.example"}, "url"),
        ({"url": "https://us:pw@la.example"}, "url"),
        ({"client_id": " "}, "client_id"),
        ({"client_key": "key.pem"}, "client_certificate"),
    ],
)
def test_settings_that_will_not_do(change: dict[str, Any], field: str) -> None:
    assert list(PortalSettings().validate(GOOD | change)) == [field]


def test_settings_that_will_do() -> None:
    assert PortalSettings().validate(GOOD | {"client_key": "k.pem", "client_certificate": "c.pem"}) == {}


def test_plain_http_to_another_machine_is_refused_whatever_the_settings_say() -> None:
    with pytest.raises(FixSettings):
        list(portal("http://la.example", "us", "secret").deliver([message()]))
