"""Mistakes that a receiver may make, one or more for each clause that can be seen from outside."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from support.receiver_broken import Asked, Given, broken

Within = Callable[[Any], Any]
COUNT = itertools.count(1)


def _is_look_up(asked: Asked) -> bool:
    return asked.method == "GET" and asked.path.startswith("/v1/messages/")


def takes_any_length(asked: Asked) -> None:
    asked.body = asked.body.strip()


def says_bad_request_to_a_wrong_secret(asked: Asked, given: Given) -> None:
    if given.said.get("error"):
        given.said["error"] = "invalid_request"


def says_forbidden_without_a_token(asked: Asked, given: Given) -> None:
    if given.status == 401:
        given.refuse(403, "not-your-school")


def keeps_what_has_no_token(asked: Asked, given: Given) -> None:
    if _is_look_up(asked) and given.status == 404:
        given.take({"revision": 1})


def tells_news_of_any_school(asked: Asked, given: Given) -> None:
    if asked.path.endswith("/news") and given.status == 403:
        given.take({"items": [], "next": 0})


def has_no_list_of_regular(asked: Asked, given: Given) -> None:
    given.said.pop("regular", None)


def says_the_first_fault_alone(asked: Asked, given: Given) -> None:
    if given.status == 422:
        given.said["errors"] = given.said["errors"][:1]


def repeats_what_was_sent(asked: Asked, given: Given) -> None:
    if given.status == 422:
        given.said["title"] = asked.body.decode()


def knows_latin_alone(asked: Asked, given: Given) -> None:
    if asked.path == "/v1/messages" and not asked.body.isascii():
        given.refuse(422, "not-well-formed")


def wants_a_contact(asked: Asked, given: Given) -> None:
    if asked.path == "/v1/messages" and b'"contact"' not in asked.body:
        given.refuse(422, "not-well-formed")


def names_no_address_of_the_status(asked: Asked, given: Given) -> None:
    given.headers.pop("location", None)


def takes_and_does_not_keep(asked: Asked, given: Given) -> None:
    if _is_look_up(asked):
        given.refuse(404, "nothing-held")


def gives_another_reference_each_time(asked: Asked, given: Given) -> None:
    if given.status == 201:
        given.said["reference"] = f"R-{next(COUNT)}"


def takes_another_message_under_a_used_key(asked: Asked, given: Given) -> None:
    if given.problem == "idempotency-key-reused":
        given.take({}, 201)


def overwrites_a_revision(asked: Asked, given: Given) -> None:
    if given.problem == "revision-held":
        given.take({}, 201)


def holds_what_came_last() -> Within:
    last: dict[str, int] = {}

    def after(asked: Asked, given: Given) -> None:
        if given.status == 201:
            last["revision"] = asked.said["revision"]
        if _is_look_up(asked) and given.status == 200:
            given.said["revision"] = last["revision"]

    return broken(after)


def reckons_another_digest(asked: Asked, given: Given) -> None:
    if "digest" in given.said:
        given.said["digest"] = "0" * 64


def forgets_what_was_withdrawn(asked: Asked, given: Given) -> None:
    if given.said.get("action") == "withdraw":
        given.refuse(404, "nothing-held")


def has_an_officer_judge_returns(asked: Asked, given: Given) -> None:
    if given.status == 201:
        given.status, given.said["outcome"] = 202, "pending"


def knows_no_status(asked: Asked, given: Given) -> None:
    if asked.path.startswith("/v1/status/"):
        given.refuse(404, "nothing-held")


def is_busy_without_saying_until_when() -> Within:
    count = itertools.count()

    def after(asked: Asked, given: Given) -> None:
        if asked.path == "/v1/messages" and next(count) % 10 == 9:
            given.refuse(429, "too-many")
            given.headers.pop("retry-after", None)

    return broken(after)


def refuses_in_plain_text(asked: Asked, given: Given) -> None:
    if given.status >= 400:
        given.headers["content-type"] = "text/plain"


def refuses_by_words_of_its_own(asked: Asked, given: Given) -> None:
    if given.status >= 400:
        given.said["type"] = "https://supplier.example/errors/missing"


def tells_of_its_workings(asked: Asked, given: Given) -> None:
    if given.status >= 400:
        given.said["title"] = 'Traceback: File "app.py", line 12'


def takes_small_numbers(asked: Asked, given: Given) -> None:
    if asked.method == "PUT" and given.status == 422:
        given.take({"revision": 1})


def keeps_small_numbers() -> Within:
    refused: set[str] = set()

    def after(asked: Asked, given: Given) -> None:
        if asked.method == "GET" and asked.path in refused:
            given.take({"revision": 1})
        if given.status == 422:
            refused.add(asked.path)

    return broken(after)


def counts_the_day_that_came_last(asked: Asked, given: Given) -> None:
    if asked.method == "PUT" and given.status == 200:
        given.said["revision"] = asked.said["revision"]


def overwrites_a_day(asked: Asked, given: Given) -> None:
    if asked.method == "PUT" and given.problem == "revision-held":
        given.take({"revision": asked.said["revision"]})


def gives_news_in_another_order(asked: Asked, given: Given) -> None:
    if given.said.get("items"):
        given.said["items"].reverse()


def tells_what_was_overtaken(asked: Asked, given: Given) -> None:
    for item in given.said.get("items", []):
        item["id"], item["revision"] = "the-same", item["number"]
        item["kind"], item["content"] = given.said["items"][-1]["kind"], given.said["items"][-1]["content"]


def says_the_wrong_next(asked: Asked, given: Given) -> None:
    if given.said.get("items"):
        given.said["next"] += 1


_AFTER = {
    "F-4": [says_bad_request_to_a_wrong_secret],
    "F-5": [says_forbidden_without_a_token, keeps_what_has_no_token],
    "F-6": [tells_news_of_any_school],
    "F-8": [has_no_list_of_regular],
    "F-11": [says_the_first_fault_alone, repeats_what_was_sent],
    "F-12": [knows_latin_alone, wants_a_contact],
    "F-14": [names_no_address_of_the_status, takes_and_does_not_keep],
    "F-15": [gives_another_reference_each_time],
    "F-16": [takes_another_message_under_a_used_key, overwrites_a_revision],
    "F-18": [reckons_another_digest],
    "F-21": [forgets_what_was_withdrawn],
    "F-22": [has_an_officer_judge_returns],
    "F-23": [knows_no_status],
    "F-27": [refuses_in_plain_text, refuses_by_words_of_its_own, tells_of_its_workings],
    "F-30": [takes_small_numbers],
    "F-31": [counts_the_day_that_came_last, overwrites_a_day],
    "F-33": [gives_news_in_another_order, tells_what_was_overtaken, says_the_wrong_next],
}
BROKEN: dict[str, tuple[str, Callable[[], Within]]] = {
    **{made.__name__: (clause, lambda made=made: broken(made)) for clause, all_of in _AFTER.items() for made in all_of},
    "takes_any_length": ("F-3", lambda: broken(before=takes_any_length)),
    "holds_what_came_last": ("F-17", holds_what_came_last),
    "keeps_small_numbers": ("F-30", keeps_small_numbers),
    "is_busy_without_saying_until_when": ("F-25", is_busy_without_saying_until_when),
}
