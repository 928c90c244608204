"""A sender that was written from the feed's published pages alone keeps every clause that binds a sender."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from support import little_mis, little_sender
from support.little_school import School
from support.sender_checked import Checking, checking


def test_it_meets_each_clause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with checking(tmp_path) as check:
        check.anew()
        state = little_sender.State(tmp_path / "state.json")
        on_the_clock_of(check, monkeypatch)
        records = little_mis.records()
        said = [run(check, state, records, tmp_path) for _ in range(2)]
        little_mis.correct(records)
        said += [run(check, state, records, tmp_path) for _ in range(2)]
        state.lock.release()
        assert [row for row in check.result()["clauses"] if row["verdict"] != "met"] == []
        assert said == [False, True, True, True]  # the first has to stop (F-7)


def run(check: Checking, state: little_sender.State, records: little_mis.Json, folder: Path) -> bool:
    """One sync, as its own command has it; an hour later the next."""
    about = {"url": "http://127.0.0.1", "client_id": check.client[0], "secret_env": "SECRET_801"}
    school = School(little_mis.write(records, folder))
    well = little_sender.sync([little_sender.Authority("801", about, state, school)], patience=600)
    check.wait(3600)
    return well


def on_the_clock_of(check: Checking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sleep moves the receiver's clock, and its requests go there without a socket."""
    clock = SimpleNamespace(time=lambda: check.clock.at.timestamp(), sleep=check.wait)
    monkeypatch.setattr(little_sender, "time", clock)
    monkeypatch.setattr(httpx, "Client", lambda **_: check.http)
    monkeypatch.setenv("SECRET_801", check.client[1])
