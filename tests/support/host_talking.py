"""An authority's end that takes reports of the regular feed and gives news, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from rollbook.contract import (
    Action,
    Destination,
    News,
    NewsPage,
    Outcome,
    Receipt,
    Regular,
    Report,
    hookimpl,
)
from rollbook.host.config import ConnectionConfig
from support import host_plugins
from support.host_plugins import AT, AllPortal
from support.host_world import ELMS, World, build, school
from support.plugins import installer


@dataclass
class Talk:
    """What came, in order, and what is told. `before` may raise; `lost` raises after a report was taken."""

    came: list[Report] = field(default_factory=list)
    told: list[News] = field(default_factory=list)
    wants: dict[int, frozenset[Regular]] = field(default_factory=dict)  # by school; all, where it is not there
    before: Callable[[int], None] = lambda school: None
    lost: Callable[[Report], None] = lambda report: None
    outcome: Outcome = Outcome.ACCEPTED
    page: int = 2
    asked: list[tuple[int, int]] = field(default_factory=list)

    def newest(self, kind: Regular = Regular.DAY) -> dict[date, Report]:
        """The highest revision of each day."""
        return {one.day: one for one in sorted(self.came, key=lambda one: one.revision) if one.kind is kind}

    def tell(self, kind: str, school: int, content: dict[str, Any], **more: Any) -> None:
        """A piece of news with the next number."""
        number = 1 + sum(one.school == school for one in self.told)
        named: dict[str, Any] = {"id": f"{kind}-{number}", "revision": 1, "action": Action.SEND} | more
        self.told.append(News(number, kind, school, at=AT, content=content, **named))


TALKS: dict[str, Talk] = {}


def talking_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[World, Talk]:
    """An installation of one school whose authority talks."""
    world = build(tmp_path, monkeypatch, destination="talkportal")
    site = tmp_path / "talk"
    site.mkdir()
    installer(site, monkeypatch)("talkportal", module="support.host_talking")
    TALKS["talk"] = Talk()
    return world, TALKS["talk"]


def with_second_school(world: World) -> None:
    """One more school at the same authority, with a MIS of its own."""
    second = replace(world.config.schools[0], urn=ELMS, name=f"School {ELMS}", connection=f"c{ELMS}")
    connections = {**world.config.connections, second.connection: ConnectionConfig(second.connection, "fakemis")}
    world.config = replace(world.config, schools=(*world.config.schools, second), connections=connections)
    world.mis[ELMS] = host_plugins.SCHOOLS[str(ELMS)] = school()


class TalkPortal(AllPortal):
    name: ClassVar[str] = "talkportal"
    regular: ClassVar[frozenset[Regular]] = frozenset(Regular)
    tells: ClassVar[bool] = True

    def wanted(self, school: int) -> frozenset[Regular]:
        TALKS["talk"].before(school)
        return TALKS["talk"].wants.get(school, frozenset(Regular))

    def report(self, reports: Sequence[Report]) -> Iterator[Receipt]:
        talk = TALKS["talk"]
        for report in reports:
            held = [one.revision for one in talk.came if (one.kind, one.school, one.day) == _about(report)]
            talk.came.append(report)
            talk.lost(report)
            reasons = () if talk.outcome is Outcome.ACCEPTED else ("a row of four pupils",)
            newest = max([report.revision, *held])
            yield Receipt(talk.outcome, f"{report.kind}/{report.day}", AT, reasons, revision=newest)

    def news(self, school: int, after: int) -> NewsPage:
        talk = TALKS["talk"]
        talk.before(school)
        talk.asked.append((school, after))
        items = [one for one in talk.told if one.school == school and one.number > after][: talk.page]
        return NewsPage(items, items[-1].number if items else after)


def _about(report: Report) -> tuple[Regular, int, date]:
    return report.kind, report.school, report.day


@hookimpl
def rollbook_destinations() -> list[type[Destination]]:
    return [TalkPortal]
