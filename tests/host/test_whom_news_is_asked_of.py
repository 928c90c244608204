"""News is asked for where a school's pupils may concern an authority, and not while it asked to be left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rollbook.contract import NewsPage, Regular, RetryLater
from rollbook.contract.errors import FixSettings
from rollbook.host import decide, report, run
from rollbook.host.config import DestinationConfig
from rollbook.tables.schemas import Table
from support import host_talking
from support.host_talking import Talk, talking_world
from support.host_world import OAKS, World

MONDAY, TENTH = date(2026, 9, 7), date(2026, 10, 2)
SIX = datetime(2026, 9, 7, 18, tzinfo=UTC)


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[World, Talk]:
    world, talk = talking_world(tmp_path, monkeypatch)
    talk.wants = {OAKS: frozenset()}
    return world, talk


@pytest.fixture
def world(both: tuple[World, Talk]) -> World:
    return both[0]


@pytest.fixture
def talk(both: tuple[World, Talk]) -> Talk:
    return both[1]


def with_another_authority(world: World) -> None:
    """It has a destination of its own, and a worker of a pupil."""
    another = DestinationConfig("at_802", "talkportal", role="destination", authorities=("802",))
    world.config = replace(world.config, destinations={**world.config.destinations, "at_802": another})
    world.mis[OAKS].extra[Table.FLAGS] = [{"pupil": "p1", "flag": "looked_after", "authority": "802"}]


def test_an_authority_that_has_a_worker_of_a_pupil_is_asked_too(world: World, talk: Talk) -> None:
    talk.wants = {OAKS: frozenset({Regular.DAY})}
    with_another_authority(world)
    world.sync(MONDAY)
    assert talk.asked == [(OAKS, 0), (OAKS, 0)]
    assert len(talk.came) == len(talk.newest(Regular.DAY)) > 0  # the regular feed goes to the school's own alone


def test_an_authority_that_none_of_the_pupils_concerns_is_not_asked(world: World, talk: Talk) -> None:
    with_another_authority(world)
    world.mis[OAKS].extra.clear()
    world.sync(MONDAY)
    assert talk.asked == [(OAKS, 0)]


def test_an_authority_that_was_told_is_asked_when_it_has_no_worker_any_more(world: World, talk: Talk) -> None:
    world.mis[OAKS].mark("p1", date(2026, 9, 21), TENTH, "O")
    with_another_authority(world)
    world.sync(TENTH)
    [notice] = [row for row in report.cases(world.config, kind="worker_notice") if row.held_for == ("approval",)]
    decide.approve(world.config, notice.case, by="A. Officer", in_process=True)
    world.mis[OAKS].extra.clear()
    world.sync(TENTH + timedelta(days=3))
    talk.asked.clear()
    world.sync(TENTH + timedelta(days=4))
    assert talk.asked == [(OAKS, 0), (OAKS, 0)]


def test_another_authority_that_has_no_news_for_the_school_is_no_trouble(
    world: World, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_another_authority(world)
    news = host_talking.TalkPortal.news

    def for_its_own(portal: host_talking.TalkPortal, school: int, after: int) -> NewsPage:
        if talk.asked:
            raise FixSettings("The portal does not let this client speak for the school.")
        return news(portal, school, after)

    monkeypatch.setattr(host_talking.TalkPortal, "news", for_its_own)
    result = world.sync(MONDAY)
    assert (result.exit_status, [one.sentences for one in result.deliveries]) == (0, [(), ()])


def test_news_is_not_asked_for_before_the_time_that_the_authority_asked_for_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def busy(school: int) -> None:
        asked.append(school)
        raise RetryLater("The portal is busy.", after=7200)

    monkeypatch.setattr(host_talking.TalkPortal, "news", lambda portal, school, after: busy(school))
    for minutes, times in ((0, 1), (119, 1), (121, 2)):
        world.clock[:] = [SIX + timedelta(minutes=minutes)]
        run.sync(world.config, as_at=MONDAY, now=lambda: world.clock[0], in_process=True)
        assert len(asked) == times
