"""la_portal against the mode of the receiver that checks a sender, on loopback, over several nights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from rollbook.contract import Action, Client, Key, Kind, Limits, Message, Problem, Regular, Report, Secret
from rollbook_la_portal.destination import LaPortal
from rollbook_receiver.conformance.of_sender.found import sender_result
from rollbook_receiver.conformance.of_sender.mode import Mode, may_serve, put_round
from support import feed_sender
from support.receiver import Receiver, running_receiver
from support.receiver_app import Clock

FRIDAY, MONDAY = date(2026, 10, 30), date(2026, 10, 26)


@dataclass
class Night:
    """la_portal and the mode, with one clock: what it waits, the mode sees."""

    receiver: Receiver
    mode: Mode
    clock: Clock

    def portal(self) -> LaPortal:
        limits = Limits(attempts=3, total_seconds=20, connect_seconds=2, read_seconds=5)
        known = {"least": 5, "url": self.receiver.url, "client_id": self.receiver.client_id}
        return LaPortal(known | {"client_secret": Secret(self.receiver.client_secret)}, Client(limits, sleep=self.wait))

    def wait(self, seconds: float) -> None:
        self.clock.at += timedelta(seconds=seconds)

    def deliver(self, batch: list[Message]) -> None:
        """As the host does it: what stays open is delivered again the next night."""
        for _ in range(6):
            with suppress(Problem):
                for _receipt in self.portal().deliver(list(batch)):
                    batch.pop(0)
            self.wait(24 * 3600)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    clock, modes = Clock(), []

    def within(app: Starlette) -> Mode:
        may_serve(app.state.store, conformance=True)
        modes.append(put_round(app, "801"))
        return modes[0]

    with running_receiver(tmp_path_factory.mktemp("checking"), now=clock, within=within) as receiver:
        yield Night(receiver, modes[0], clock)


def message(written: dict[str, Any]) -> Message:
    key = written["key"]
    about = Key(Kind(key["kind"]), key["school"], int(key["pupil"]), key["episode"])
    name = f"{about}-{written['revision']}".replace("/", "-")
    return Message(about, written["revision"], Action(written["action"]), written["content"], name)


def test_la_portal_keeps_every_clause_that_can_be_seen(night: Night) -> None:
    first = feed_sender.message(1)
    written = [first, *(feed_sender.message(pupil) for pupil in range(2, 9))]
    written += [feed_sender.message(9, "support_referral"), feed_sender.amended(first), feed_sender.withdrawn(first)]
    batch = [message(one) for one in written]
    night.deliver(batch)
    assert batch == []
    there = night.portal()
    there.lookup(message(feed_sender.message(9, "support_referral")).key)
    reports(there)
    after = 0
    for _ in range(5):
        after = there.news(feed_sender.SCHOOL, after).next
    with night.receiver.store.reading() as connection:
        seen = sender_result(connection, night.clock())["clauses"]
    assert [row for row in seen if row["verdict"] != "met"] == []


def reports(there: LaPortal) -> None:
    figures = {"pupils": 74, "possible": 740, "attended": 700, "authorised": 30, "unauthorised": 10}
    rows = [figures | {"cohort": "all"}, figures | {"cohort": "fsm", "pupils": 3}]
    said = {"as_of": "2026-10-30T15:59:00Z", "last_sync_ok": "2026-10-30T15:59:00Z", "registers": []}
    day = Report(Regular.DAY, feed_sender.SCHOOL, FRIDAY, 1, said)
    week = Report(Regular.WEEK, feed_sender.SCHOOL, MONDAY, 1, {"as_of": said["as_of"], "rows": rows})
    assert list(there.report([day, week]))
