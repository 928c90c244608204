"""Nights of two schools in two authorities: one takes the open feed and is shut for an hour, the other takes forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from rollbook.host import decide, report, run
from rollbook.host.config import DestinationConfig
from rollbook_feed import digest
from support.csv_school import PUPILS, csv_world, export
from support.host_world import ELMS, OAKS, World
from support.receiver import Receiver, running_receiver

FIRST, TENTH, MONDAY = date(2026, 9, 21), date(2026, 10, 2), date(2026, 10, 5)
OFFICER = "A. Officer"
# Oaks is in 801, which takes the feed; Elms in 802, which takes forms. Of Elms, 001 lives in 801, and 002 is looked
# after by 801. Of both schools 001 is missing; 002 was away for two days, and nobody knows why.
AWAY = {("001", FIRST, TENTH): "O", ("002", date(2026, 10, 1), TENTH): "N"}
# What a correction says on Monday: 001 of Oaks was ill all the time, 001 of Elms on the first day.
ILL = {("001", FIRST, TENTH): "I"}
ILL_AT_FIRST = {("001", FIRST, FIRST): "I", ("001", date(2026, 9, 22), MONDAY): "O", **dict([*AWAY.items()][1:])}
UPNS = {OAKS: ("B801200005001", "Q801200005002"), ELMS: ("E801200005003", "U801200005004")}


class Door:
    """Stands before an authority's server: while it is closed, whoever comes is told to come again in an hour."""

    def __init__(self, app: Any) -> None:
        self.app, self.closed, self.turned_away = app, False, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not self.closed:
            await self.app(scope, receive, send)
            return
        self.turned_away += 1
        headers = [(b"retry-after", b"3600"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


@dataclass
class Nights:
    """A trust of both schools; what each authority has, after each step by its name."""

    world: World
    receiver: Receiver
    door: Door
    forms: Path
    at_801: dict[str, list[tuple[str, int, int, str, str]]] = field(default_factory=dict)
    at_802: dict[str, list[str]] = field(default_factory=dict)
    states: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def sync(self, step: str, day: date, hour: int) -> None:
        """A run at that hour, and what there is afterwards."""
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        run.sync(self.world.config, as_at=day, now=lambda: moment, in_process=True)
        newest = self.receiver.stored()
        self.at_801[step] = sorted(
            (held.key.kind, held.key.school, held.revision, held.action, digest(dict(held.content)))
            for one in newest
            for held in self.receiver.history(one.key)
        )
        self.at_802[step] = sorted(path.name for path in self.forms.iterdir())
        self.states[step] = {(row.destination, row.state) for row in report.outbox(self.world.config)}

    def said_in_forms(self) -> list[tuple[str, str, str]]:
        """The name of each form and the digest of what it says; in the file is the time at which it was made, too."""
        lines = (self.forms.parent / "records" / "forms.jsonl").read_text("utf-8").splitlines()
        entries = [json.loads(line) for line in lines]
        return sorted((one["file"], one["state"], one["digest"]) for one in entries)

    def approve(self, day: date) -> None:
        """A person's yes to all that waits for nothing else."""
        moment = datetime(day.year, day.month, day.day, 19, 30, tzinfo=UTC)
        held = [row for row in report.outbox(self.world.config) if row.state == "held" and not row.lacks]
        for case in sorted({row.case for row in held if row.case}):
            decide.approve(self.world.config, case, by=OFFICER, now=lambda: moment, in_process=True)


def exported(world: World, until: date, *absences: Mapping[tuple[str, date, date], str]) -> None:
    """That evening's files of Oaks and of Elms."""
    for urn, absent, home in zip((OAKS, ELMS), absences, ("", "801"), strict=True):
        named = [
            f"{n},{upn},Surname-{n},Forename-{n},2014-03-10,{n} High Street"
            for n, upn in zip(PUPILS, UPNS[urn], strict=False)
        ]
        rest = [f"{n},,Surname-{n},Forename-{n},2014-03-10,{n} High Street," for n in PUPILS[2:]]
        people = (
            "Adno,UPN,Legal Surname,Legal Forename,DOB,Address,Home LA",
            f"{named[0]},{home}",
            f"{named[1]},",
            *rest,
        )
        export(
            world,
            until,
            absent,
            urn,
            pupils=people,
            roll=("Adno,From,To,Year", *(f"{n},2025-09-03,,7" for n in PUPILS)),
            contacts=("Adno,Name,Telephone", *(f"{n},Parent-{n},01632 960{n}" for n in PUPILS)),
            contact_log=("Adno,Date,Type,Outcome", "001,2026-09-21,call,no answer"),
            flags=("Adno,Flag,From,Authority", *(["002,looked after,2026-09-01,801"] if urn == ELMS else [])),
        )


def configured(world: World, receiver: Receiver, folder: Path) -> World:
    """Oaks in 801, Elms in 802, each authority with its destination."""
    for name in ("forms", "records"):
        (folder / name).mkdir()
    (folder / "secret").touch(mode=0o600)
    (folder / "secret").write_text(receiver.client_secret, "utf-8")
    secret = {"file": str(folder / "secret")}
    feed = {"url": receiver.url, "client_id": receiver.client_id, "client_secret": secret}
    forms = {"folder": str(folder / "forms"), "records": str(folder / "records")}
    there = {
        "feed": DestinationConfig("feed", "la_portal", role="destination", settings=feed, authorities=("801",)),
        "forms": DestinationConfig("forms", "la_files", role="destination", settings=forms, authorities=("802",)),
    }
    world.config = replace(world.config, destinations=there)
    world.with_school(ELMS, la="802")
    return world


@contextmanager
def nights(folder: Path, *, closed: bool) -> Iterator[Nights]:
    """All that happens, with 801 closed at seven on Friday or not."""
    doors: list[Door] = []

    def within(app: Any) -> Door:
        doors.append(Door(app))
        return doors[0]

    with pytest.MonkeyPatch.context() as patch, running_receiver(folder, within=within) as receiver:
        world = configured(csv_world(folder, patch, schools=2), receiver, folder)
        told = Nights(world, receiver, doors[0], folder / "forms")
        exported(world, TENTH, AWAY, AWAY)
        doors[0].closed = closed
        told.sync("friday at seven", TENTH, 19)
        told.approve(TENTH)
        doors[0].closed = False
        told.sync("friday at eight", TENTH, 20)
        exported(world, MONDAY, ILL, ILL_AT_FIRST)
        told.sync("monday at seven", MONDAY, 19)
        told.approve(MONDAY)
        told.sync("monday at eight", MONDAY, 20)
        yield told


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """801 was closed for an hour."""
    with nights(tmp_path_factory.mktemp("disturbed"), closed=True) as told:
        yield told


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """The same nights, and nothing was wrong."""
    with nights(tmp_path_factory.mktemp("well"), closed=False) as told:
        yield told


def test_what_is_for_the_other_authority_is_not_delayed(disturbed: Nights, well: Nights) -> None:
    assert disturbed.at_802["friday at seven"] == ["00001-attendance-return-100002.html"]
    assert disturbed.at_802 == well.at_802


def test_nothing_gets_through_to_the_one_that_is_closed_and_it_waits(disturbed: Nights) -> None:
    assert disturbed.door.turned_away == 1  # it said when to come again, and was left alone
    assert disturbed.at_801["friday at seven"] == []
    assert disturbed.states["friday at seven"] >= {("feed", "waiting"), ("forms", "delivered")}


def test_when_it_is_open_all_of_it_arrives_and_each_where_it_belongs(disturbed: Nights) -> None:
    assert [line[:4] for line in disturbed.at_801["friday at eight"]] == [
        ("attendance_return", OAKS, 1, "send"),
        ("missing_pupil_report", OAKS, 1, "send"),
        ("missing_pupil_report", ELMS, 1, "send"),  # to the home authority, and to the school's as a form
        ("support_referral", OAKS, 1, "send"),  # to the school's authority alone
        ("worker_notice", ELMS, 1, "send"),  # to the authority whose worker it is, and to no other
    ]
    assert disturbed.at_802["friday at eight"] == [
        "00001-attendance-return-100002.html",
        "00002-missing-pupil-report-100002.html",
        "00003-support-referral-100002.html",
    ]
    assert ("feed", "waiting") not in disturbed.states["friday at eight"]


def test_a_correction_withdraws_and_amends_each_message_once(disturbed: Nights) -> None:
    before, after = disturbed.at_801["friday at eight"], disturbed.at_801["monday at eight"]
    assert set(before) <= set(after)
    assert sorted(line[:4] for line in set(after) - set(before)) == [
        ("attendance_return", OAKS, 2, "withdraw"),
        ("missing_pupil_report", OAKS, 2, "withdraw"),
        ("missing_pupil_report", ELMS, 2, "amend"),
        ("support_referral", OAKS, 2, "amend"),  # illness is absence too: the counts are others, the share is the same
    ]
    assert disturbed.at_802["monday at eight"][3:] == [
        "00004-attendance-return-100002-amended.html",
        "00005-missing-pupil-report-100002-amended.html",
        "00006-support-referral-100002-amended.html",
    ]


def test_in_the_end_both_hold_what_they_would_hold_had_nothing_been_wrong(disturbed: Nights, well: Nights) -> None:
    assert disturbed.at_801["monday at eight"] == well.at_801["monday at eight"]
    assert disturbed.said_in_forms() == well.said_in_forms()
    assert disturbed.states["monday at eight"] == well.states["monday at eight"]
    assert all(ledger.ok for ledger in report.verify(disturbed.world.config))
