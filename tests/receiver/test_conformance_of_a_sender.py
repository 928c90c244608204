"""`rollbook-receiver serve --conformance`: a sender that keeps the clauses, and senders that are each broken at one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from rollbook_feed.clauses import clauses
from rollbook_receiver.conformance.of_sender.parts import LOOKED
from rollbook_receiver.conformance.of_sender.provoke import BUSY
from rollbook_receiver.conformance.result import digest_of
from support.feed_sender import Message, Sender, amended, withdrawn
from support.sender_checked import Checking, checking
from support.sender_mistakes import MISTAKES, DropsWhatFoundItBusy, ShowsFourPupils


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checking]:
    with checking(tmp_path_factory.mktemp("checking")) as made:
        yield made


def test_a_sender_that_keeps_the_clauses_is_seen_to(database: Checking) -> None:
    sender = database.anew().sender()
    first = database.message()
    for message in (first, *(database.message() for _ in range(7)), database.message("support_referral")):
        sender.put(message)
    sender.put(amended(first))
    sender.put(withdrawn(first))
    for _ in range(4):
        sender.run()
        database.wait(600)
    assert [row for row in database.result()["clauses"] if row["verdict"] != "met"] == []
    assert sender.outbox == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_sender_is_caught_that(database: Checking, mistake: str) -> None:
    about = MISTAKES[mistake]
    sender = database.anew(set(about.provoked)).sender(about.made)
    first, second = database.message(about.kind), database.message(about.kind)
    for message in (first, changed(second, about.said)):
        sender.put(message)
    if about.later:
        sender.put(about.later(first))
    for _ in range(about.runs):
        sender.run()
        database.wait(10)
    result = database.result()
    [found] = [row for row in result["clauses"] if row["clause"] == about.clause]
    assert found["verdict"] == "broken", found
    assert "Quillfeather" not in str(result)


def changed(message: Message, said: dict[str, Any]) -> Message:
    """With fields of parts of its content; `...` takes one away."""
    for part, fields in said.items():
        for name, value in fields.items():
            message["content"][part].pop(name, None)
            if value is not ...:
                message["content"][part][name] = value
    return message


def test_each_clause_that_binds_the_sender_has_a_mistake_that_is_caught() -> None:
    bound = {clause.id for clause in clauses() if clause.binds == "sender"}
    assert set(LOOKED) == bound
    assert {mistake.clause for mistake in MISTAKES.values()} == bound


def test_before_anything_came_it_says_what_to_send(database: Checking) -> None:
    made = database.anew().result()
    assert {row["verdict"] for row in made["clauses"]} == {"not seen"}
    assert all(row["came"].startswith("no occasion was given yet. To be judged: ") for row in made["clauses"])
    assert made["digest"] == digest_of(made)


def test_what_is_waited_for_is_named(database: Checking) -> None:
    sender = database.anew({BUSY}).sender(DropsWhatFoundItBusy)
    for _ in range(2):
        sender.put(database.message())
    sender.run()
    [found] = [row for row in database.result()["clauses"] if row["clause"] == "F-26"]
    assert found["verdict"] == "not answered"
    named = r"nothing came of it yet.*\(request \d+, at \d\d:\d\d:\d\d UTC, attendance_return\)"
    assert re.search(named, found["came"])


def test_what_was_refused_is_named_where_nothing_else_came(database: Checking) -> None:
    sender = database.anew(set()).sender(ShowsFourPupils)
    sender.put(changed(database.message(), {"pupil": {"dob": "9/3/2017"}}))
    sender.run()
    came = {row["clause"]: row["came"] for row in database.result()["clauses"]}
    assert "was refused: F-9 or F-29 says why" in came["F-28"]
    assert "was refused: F-9 or F-10 says why" in came["F-38"]


def test_what_comes_late_comes(database: Checking) -> None:
    """A sender may try again after all else."""
    sender = database.anew({BUSY}).sender(DropsWhatFoundItBusy)
    first, busy = database.message(), database.message()
    for said in ([first, busy], [], [], [], [busy]):
        for message in said:
            sender.put(message)
        before = database.verdicts()["F-26"]
        sender.run()
        database.wait(10)
    assert (before, database.verdicts()["F-26"]) == ("broken", "not seen")  # of 503 nothing was seen


def test_what_was_overtaken_before_it_was_taken_need_not_come(database: Checking) -> None:
    first, second = database.message(), database.message()
    database.anew({BUSY})
    for kind, said in ((DropsWhatFoundItBusy, [first, second]), *[(Sender, [second | {"revision": 2}])] * 4):
        sender = database.sender(kind)
        for message in said:
            sender.put(message)
        sender.run()
        database.wait(10)
    assert database.verdicts()["F-26"] == "not seen"


def test_what_was_refused_may_be_sent_anew(database: Checking) -> None:
    """Nothing of it is there that could be amended."""
    sender = database.anew({"asked"}).sender()
    first = database.message("support_referral")
    sender.put(first)
    sender.put(first | {"revision": 2})
    sender.run()
    assert database.verdicts()["F-20"] == "not seen"
    assert database.verdicts()["F-13"] == "not seen"
