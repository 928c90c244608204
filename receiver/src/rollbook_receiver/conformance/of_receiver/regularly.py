"""F-30, F-31 and F-33: the regular feed and news."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from rollbook_feed import example, news_problems
from rollbook_feed.answers import Kept
from rollbook_receiver.conformance.of_receiver.check import Broken, NotSeen, check
from rollbook_receiver.conformance.of_receiver.stage import Message, Stage, expect, in_form
from rollbook_receiver.conformance.of_receiver.wire import Answer

LONG_AGO = date(2001, 1, 1)  # a Monday: days of 2001 to 2010 stand in nobody's figures
WEEKS, TRIES = 520, 20
MOST_PAGES = 200


@check("F-30", "a week with a row of four pupils, one with a single suppressed year group, and one whose least is 4")
def small_numbers(stage: Stage) -> str:
    """Refused, and nothing kept."""
    path, body = _unused(stage, "week", "weeks")
    for what, change in _SMALL.items():
        wrong = copy.deepcopy(body)
        change(wrong)
        expect(stage.put(path, wrong), 422, "not-well-formed", f"a week with {what}")
        expect(stage.wire.get(path), 404, "nothing-held", f"the week after one with {what}")
    return "each was refused, and nothing is held of them"


@check("F-31", "the revisions 2 and 1 of a day, 2 again, and 2 with another body")
def revisions(stage: Stage) -> str:
    """The highest counts; the same twice is one; another body is refused."""
    path, body = _unused(stage, "day", "days")
    first, second = body | {"revision": 1}, body | {"revision": 2}
    made = _kept(stage.put(path, second), 2, "revision 2 of a day")
    _kept(stage.put(path, first), 2, "revision 1 of a day, after 2")
    again = _kept(stage.put(path, second), 2, "revision 2 of a day, again")
    other = second | {"registers": []}
    expect(stage.put(path, other), 409, "revision-held", "revision 2 of a day with another body")
    for answer in (again, _kept(stage.wire.get(path), 2, "the day that is asked for")):
        if answer.said["digest"] != made.said["digest"]:
            raise Broken("a day has another digest than when its revision came")
    return "revision 2 counts before and after each of them"


@check(
    "F-33",
    "the news of the school from 0, page by page, twice; and after a word that is no number",
    beyond="that a number which is left out was deleted over its time, or lost to a backup that was restored",
)
def news(stage: Stage) -> str:
    """Numbered from 1; only the newest revision of an id says what it says."""
    first, second = _all_news(stage), _all_news(stage)
    if first != second[: len(first)]:
        raise Broken("asked a second time, the same numbers tell something else")
    answer = stage.wire.get(f"/v1/schools/{stage.school}/news?after=soon")
    expect(answer, 400, "malformed", "news after a word that is no number")
    newest = {(item["kind"], item["id"]): item["revision"] for item in sorted(first, key=lambda one: one["revision"])}
    for item in first:
        if item["revision"] < newest[item["kind"], item["id"]] and item["action"] != "withdraw":
            raise Broken(
                f"piece {item['number']} of the news, which a later revision overtook, still says what it said"
            )
    if not first:
        raise NotSeen(f"there is no news for school {stage.school}: have the authority tell it some, and ask again")
    left_out = first[-1]["number"] - len(first)
    return f"{len(first)} pieces in their order, the same each time; {left_out or 'no'} number is left out"


def _unused(stage: Stage, kind: str, name: str) -> tuple[str, Message]:
    """The path of a day or week that nothing is held of, and its body."""
    if not stage.wants(kind):
        raise NotSeen(f"/v1/whoami does not ask for {kind} under regular")
    for number in range(TRIES):
        day = LONG_AGO + timedelta(weeks=(stage.run + number * 7) % WEEKS)
        path = f"/v1/schools/{stage.school}/{name}/{day.isoformat()}"
        if stage.wire.get(path).status == 404:
            body: Message = example(kind) | {
                "school": stage.school,
                "week" if kind == "week" else "date": day.isoformat(),
            }
            return path, body
    raise NotSeen(f"no {kind} of 2001 to 2010 was found of which nothing is held: use another school")


def _kept(answer: Answer, revision: int, what: str) -> Answer:
    if answer.status not in (200, 201):
        raise Broken(f"{what} was answered {answer} instead of 200")
    in_form(answer, Kept, f"the answer to {what}")
    if answer.said["revision"] != revision:
        raise Broken(f"{what}: the newest is said to be another revision than {revision}")
    return answer


def _all_news(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = 0
    for _ in range(MOST_PAGES):
        answer = stage.wire.get(f"/v1/schools/{stage.school}/news?after={after}")
        items, following = answer.said.get("items"), answer.said.get("next")
        if answer.status != 200 or not isinstance(items, list) or not isinstance(following, int):
            raise Broken(f"news after {after} was answered {answer} without items and next")
        for item in items:
            wrong = news_problems(item)
            if wrong:
                raise Broken(f"a piece of news after {after} is not in the feed's form: {wrong[0]['pointer']}")
            if item["number"] <= after or item["school"] != stage.school:
                raise Broken(f"after piece {after} of the news of the school one came that is not later, or another's")
            after = item["number"]
        if following != after:
            raise Broken(f"after piece {after} of the news, next is another number")
        if not items:
            return found
        found += items
    return found


def _four_pupils(body: Message) -> None:
    body["rows"] = [*body["rows"], {"cohort": "ehcp", "suppressed": False, "pupils": 4, "possible": 40, "attended": 40}]
    body["rows"][-1] |= {"authorised": 0, "unauthorised": 0}


def _one_suppressed(body: Message) -> None:
    hidden = [row for row in body["rows"] if "year_group" in row and row["suppressed"]]
    body["rows"] = [row for row in body["rows"] if row not in hidden[1:]]


def _below_five(body: Message) -> None:
    body["least"] = 4


_SMALL: dict[str, Callable[[Message], None]] = {
    "a row of four pupils": _four_pupils,
    "a single suppressed year group": _one_suppressed,
    "least 4": _below_five,
}
