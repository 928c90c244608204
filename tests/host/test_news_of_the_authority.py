"""What an authority tells a school comes once, is kept with its number, and waits until somebody looked at it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import Action, News, RetryLater
from rollbook.contract.errors import FixSettings
from rollbook.host import decide_news, kept_news, report, report_news
from rollbook.host.news_form import held_to_form
from rollbook.host.news_words import of_notice
from rollbook.host.state import opened
from rollbook.tables.checks import upn_check_letter
from rollbook_feed.examples import example
from support.host_plugins import AT
from support.host_talking import Talk, talking_world, with_second_school
from support.host_world import ELMS, OAKS, World

UPN, ANOTHER_UPN = (upn_check_letter(digits) + digits for digits in ("801200001001", "801200001002"))
MONDAY, TUESDAY = date(2026, 9, 7), date(2026, 9, 8)
CONTACTS: dict[str, Any] = {"contacts": [{"name": "A. Officer", "what_for": "attendance"}]}
PUPIL = {"surname": "Quillfeather", "forename": "Zebulon", "dob": "2014-03-10"}
FLAG: dict[str, Any] = {
    "pupil": PUPIL,
    "held": {"flag": "looked_after", "authority": "802", "first_day": "2026-09-01"},
}
NOTICE: dict[str, Any] = {
    "pupil": PUPIL,
    "request": {"pupil": "7", "episode": 1},
    "notice": {"kind": "penalty", "parent": "P. Quillfeather", "issued": "2026-10-05", "outcome": "issued"},
}


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[World, Talk]:
    world, talk = talking_world(tmp_path, monkeypatch)
    talk.wants = {OAKS: frozenset(), ELMS: frozenset()}
    return world, talk


@pytest.fixture
def world(both: tuple[World, Talk]) -> World:
    return both[0]


@pytest.fixture
def talk(both: tuple[World, Talk]) -> Talk:
    return both[1]


def news(number: int, content: dict[str, Any], kind: str = "pupil_flags", **more: Any) -> News:
    named: dict[str, Any] = {"id": "thing", "revision": number, "action": Action.SEND} | more
    return News(number, kind, OAKS, at=AT, content=content, **named)


def keep(world: World, *items: News) -> list[tuple[int, bool, dict[str, Any]]]:
    """What is kept after these came, one after another: number, whether it holds, what it says."""
    with opened(world.config) as database, database.write() as conn:
        for item in items:
            kept_news.keep(conn, "council", [item], AT)
        return [(row.number, row.holds, row.content) for row in kept_news.select(conn)]


def test_news_comes_page_by_page_and_once(world: World, talk: Talk) -> None:
    for _ in range(3):
        talk.tell("named_contacts", OAKS, CONTACTS)
    first, again = world.sync(MONDAY), world.sync(MONDAY)
    assert talk.asked == [(OAKS, 0), (OAKS, 2), (OAKS, 3), (OAKS, 3)]
    assert (first.deliveries[0].news, again.deliveries[0].news) == (3, 0)
    assert first.deliveries[0].notes == ("3 pieces of news wait to be looked at, for 1 school: `rollbook news list`.",)
    assert [row.number for row in report_news.listed(world.config)] == [1, 2, 3]


def test_what_came_before_a_problem_is_kept_and_the_rest_asked_for_again(world: World, talk: Talk) -> None:
    for _ in range(3):
        talk.tell("named_contacts", OAKS, CONTACTS)

    def away(school: int) -> None:
        if (OAKS, 0) in talk.asked:
            raise RetryLater("The portal is away.")

    talk.before = away
    assert world.sync(MONDAY).deliveries[0].sentences
    assert [row.number for row in report_news.listed(world.config)] == [1, 2]
    talk.before = lambda school: None
    world.sync(MONDAY)
    assert [row.number for row in report_news.listed(world.config)] == [1, 2, 3]


def test_each_school_counts_by_itself(world: World, talk: Talk) -> None:
    with_second_school(world)
    talk.tell("named_contacts", OAKS, CONTACTS)
    talk.tell("named_contacts", ELMS, CONTACTS)
    assert world.sync(MONDAY).deliveries[0].news == 2
    assert [row.school for row in report_news.listed(world.config, school=ELMS)] == [ELMS]


def test_news_waits_until_somebody_looked_at_it(world: World, talk: Talk) -> None:
    talk.tell("pupil_flags", OAKS, FLAG)
    world.sync(MONDAY)
    [row] = report_news.listed(world.config, waiting=True)
    assert report.status(world.config)[0].news == 1
    decide_news.see(world.config, row.news, by="A. Registrar")
    assert report_news.listed(world.config, waiting=True) == []
    assert decide_news.see(world.config, row.news, by="B. Registrar").seen_by == "A. Registrar"
    assert world.sync(TUESDAY).deliveries[0].notes == ()


@pytest.mark.parametrize("ours", [True, False])
def test_it_says_which_pupil_here_has_the_upn_or_that_none_has(world: World, ours: bool) -> None:
    world.mis[OAKS].pupils[0]["upn"] = UPN
    world.sync(MONDAY)
    [known] = [row for row in report.find_pupils(world.config, school=OAKS) if row.keys == ("p1",)]
    keep(world, news(1, {**FLAG, "pupil": {**PUPIL, "upn": UPN if ours else ANOTHER_UPN}}))
    said = report_news.one(world.config, 1).text[1]
    here = f"The pupil here with this UPN: `rollbook pupils show {known.pupil}`."
    assert said == (here if ours else "No pupil here has this UPN: ask the authority.")


def test_of_a_thing_the_highest_revision_holds_in_whatever_order_they_come(world: World) -> None:
    second = {**FLAG, "reason": "another last day"}
    assert keep(world, news(1, FLAG), news(2, second, action=Action.AMEND)) == [(1, False, {}), (2, True, second)]


def test_an_older_revision_that_comes_later_is_not_kept(world: World) -> None:
    assert keep(world, news(1, FLAG, revision=2), news(2, FLAG, revision=1)) == [(1, True, FLAG), (2, False, {})]


def test_what_the_feed_does_not_have_is_passed_over() -> None:
    told = {**FLAG, "story": "what happened", "held": {**FLAG["held"], "diagnosis": "x"}}
    assert held_to_form(news(1, told)) == (FLAG, [])


def test_what_is_wrong_is_named_by_its_place_and_never_by_its_value() -> None:
    told = {"pupil": {**PUPIL, "dob": "Quillfeather's"}, "held": {**FLAG["held"], "first_day": None}}
    content, wrong = held_to_form(news(1, told))
    assert wrong == ["held.first_day: Field may not be null.", "pupil.dob: Not a valid date."]
    assert content["held"]["authority"] == "802"


@pytest.mark.parametrize("kind", ["notice_outcome", "pupil_flags", "named_contacts"])
def test_every_example_of_the_feed_is_kept_whole(kind: str) -> None:
    told = example(kind)
    assert held_to_form(news(1, told["content"], kind, action=Action(told["action"]))) == (told["content"], [])


def test_a_kind_that_is_not_known_is_kept_and_named(world: World, talk: Talk) -> None:
    talk.tell("school_closures", OAKS, {"day": "2026-09-09", "who": {"by": "the council"}})
    world.sync(MONDAY)
    [row] = report_news.listed(world.config)
    assert report_news.one(world.config, row.news).text == (
        "Rollbook does not know this kind of news: this is all that came.",
        "day: 2026-09-09",
        "who.by: the council",
    )


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        (
            "notice_outcome",
            {**NOTICE, "notice": {**NOTICE["notice"], "outcome": "paid", "outcome_on": "2026-10-20"}},
            "Penalty notice issued on 5 October 2026, paid on 20 October 2026, to P. Quillfeather.",
        ),
        ("pupil_flags", FLAG, "The child is looked after by the authority 802, from 1 September 2026."),
        (
            "pupil_flags",
            {**FLAG, "held": {**FLAG["held"], "flag": "youth_justice"}},
            "The child has a worker of the youth justice service of the authority 802, from 1 September 2026.",
        ),
        ("named_contacts", CONTACTS, "- attendance: A. Officer"),
    ],
)
def test_news_is_told_in_plain_words(world: World, kind: str, content: dict[str, Any], said: str) -> None:
    keep(world, news(1, content, kind))
    assert said in report_news.one(world.config, 1).text


def test_a_notices_outcome_is_with_the_case_that_asked_for_it_and_without_a_name(world: World) -> None:
    keep(world, news(1, NOTICE, "notice_outcome"))
    with opened(world.config) as database, database.read() as conn:
        [row] = kept_news.of_case(conn, OAKS, pupil=7, episode=1)
        assert of_notice(row.content) == "penalty notice issued on 5 October 2026"
        assert kept_news.of_case(conn, OAKS, pupil=7, episode=2) == []
        assert kept_news.of_case(conn, ELMS, pupil=7, episode=1) == []


def test_what_was_taken_back_says_why(world: World) -> None:
    keep(world, news(1, FLAG), news(2, {"reason": "The order ended."}, action=Action.WITHDRAW))
    assert report_news.one(world.config, 2).text == ("It is taken back: The order ended.",)
    assert "overtook it" in report_news.one(world.config, 1).text[0]


def test_news_that_is_not_there_is_told(world: World) -> None:
    with pytest.raises(FixSettings, match="There is no news 7"):
        report_news.one(world.config, 7)
