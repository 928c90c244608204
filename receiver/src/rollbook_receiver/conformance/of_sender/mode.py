"""The mode itself, round the receiver: it passes requests on, provokes, and writes down what it sees."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from rollbook_feed import NEWS_KINDS, example, problems
from rollbook_receiver import clients, judging, news
from rollbook_receiver.conformance.of_sender import (
    exchange,
    journal,
    judge_besides,
    judge_messages,
    judge_trials,
    pages,
    provoke,
)
from rollbook_receiver.conformance.of_sender.exchange import Asked, Given
from rollbook_receiver.conformance.of_sender.journal import Note
from rollbook_receiver.conformance.of_sender.memory import Memory, Trial, key_of
from rollbook_receiver.conformance.of_sender.parts import LEFT_OUT
from rollbook_receiver.store import Store

WHO = "the check of conformance"
TO_COME = {"feed_versions": "1.1", "kinds": "a_kind_to_come", "news": "news_to_come", "regular": "figures_to_come"}
REASON = {"pointer": "/content/pupil/dob", "problem": "refused by a check of conformance: nothing is wrong with it"}
T = TypeVar("T")
log = logging.getLogger("rollbook_receiver")


def put_round(app: Starlette, authority: str | None = None) -> Mode:
    """The receiver's application with the mode round it, and its page."""
    mode = Mode(app, authority)
    app.state.conformance = mode
    app.router.routes.append(pages.route())
    return mode


def may_serve(store: Store, *, conformance: bool) -> None:
    """Mark the database for checks, or see that it is none of those. Raises NotForChecks."""
    with store.writing() as connection:
        if conformance:
            journal.mark(connection)
        elif journal.is_marked(connection):
            raise journal.NotForChecks(
                "This database is for checks of senders: name another with --database, or add --conformance."
            )


class Mode:
    """An ASGI application round the receiver's own. `authority`: the number of its authority, where it was told.

    One sender is checked: the clients of the database are taken to be its own.
    """

    def __init__(self, app: Starlette, authority: str | None = None) -> None:
        self.app, self.authority, self.state = app, authority, app.state
        with self.state.store.reading() as connection:
            done = {note.part for note in journal.notes(connection) if note.kept}
        self.memory = Memory(done)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(("/v1/", "/oauth/", provoke.ELSEWHERE)):
            await self.app(scope, receive, send)
            return
        body, whole = await exchange.read(receive)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope.get("query_string", b"").decode("latin-1")
        asked = Asked(next(self._numbers), self.state.now(), scope["method"], path, query, headers, body)
        notes = [*judge_trials.as_time_goes(self.memory, asked.at), *judge_trials.any_request(self.memory, asked)]
        trial = await self._trial(asked, notes) if whole else None
        if trial:
            log.info("request %d is tried: %s", asked.number, trial.part)
        given = provoke.instead(self.memory, trial, asked) if trial else self._shut_out(asked)
        lost = trial is not None and trial.part == provoke.LOST_NOT_KEPT
        if given is None and not lost:
            await self._tell_something(asked)
            given = await exchange.pass_on(self.app, scope, receive, body, whole=whole)
            lost = await self._judged(asked, given, notes) or (trial is not None and trial.part == provoke.LOST_KEPT)
        await self._keep(notes, asked.at)
        if lost or given is None:
            await exchange.hang_up(receive, send)
        else:
            await exchange.give(given, send)

    async def settle(self) -> None:
        """Note what is known because nothing came."""
        at = self.state.now()
        notes = list(judge_trials.as_time_goes(self.memory, at))
        await self._keep(notes, at)

    async def _keep(self, notes: list[Note], at: datetime) -> None:
        still = list(judge_trials.still_open(self.memory))

        def write(connection: Connection) -> None:
            journal.keep(connection, notes, at)
            journal.keep_open(connection, still, at)

        await self._do(write)

    async def _trial(self, asked: Asked, notes: list[Note]) -> Trial | None:
        """The provocation that this request is for: of a well-formed message that a known client sends."""
        if not asked.is_message or not asked.name or problems(asked.said):
            return None
        client = await self._client(asked)
        if client is None or not client.may_speak_for(int(asked.said["key"]["school"])):
            return None
        notes += judge_trials.a_message(self.memory, asked)
        judge_trials.overtaken(self.memory, asked)
        return provoke.next_trial(self.memory, asked)

    def _shut_out(self, asked: Asked) -> Given | None:
        if not asked.token or asked.token not in self.memory.ended:
            return None
        log.info("request %d has a token that was ended", asked.number)
        return provoke.ended()

    async def _judged(self, asked: Asked, given: Given, notes: list[Note]) -> bool:
        """Note what a request and the receiver's answer say, change the answer, and say whether it is to be lost."""
        lost = False
        if given.status != 401:
            try:
                notes += self._notes(asked, given)
                lost = await self._change(asked, given)
            except Exception as error:  # noqa: BLE001 - the mode's own fault, and not the sender's
                log.error("could not be judged: %s", type(error).__name__)  # noqa: TRY400 - its text could name a pupil
        if given.said:
            given.say(to_come={"of": "a later version"})
        return lost

    def _notes(self, asked: Asked, given: Given) -> Iterator[Note]:
        yield from judge_besides.addresses(self.memory, asked)
        if asked.is_message:
            yield from judge_messages.a_message(self.memory, asked, given, self.authority)
        yield from judge_trials.a_look_up(self.memory, asked)
        yield from judge_besides.regular(self.memory, asked, given)
        yield from judge_besides.outcome(self.memory, asked, given)
        yield from judge_besides.news(self.memory, asked, given)

    async def _change(self, asked: Asked, given: Given) -> bool:
        if asked.path == "/v1/whoami" and given.status == 200:
            self.memory.knows_us = True
            told = {name: [*given.said[name], word] for name, word in TO_COME.items()}
            given.say(**told | {"kinds": [kind for kind in told["kinds"] if kind not in LEFT_OUT]})
        if asked.is_message and given.status == 202:
            await self._refuse_one(asked, given.said["reference"])
        if judge_besides.is_told_an_outcome(asked, given) and given.said["outcome"] == "pending":
            await self._judge(given.said["reference"], judging.ACCEPTED, [])
        return self._news(asked, given)

    async def _refuse_one(self, asked: Asked, reference: str) -> None:
        """The first message that waits for an officer is refused before it is asked for."""
        if "asked" not in self.memory.done:
            self.memory.done.add("asked")
            self.memory.waiting["F-24", "asked"] = reference
            self.memory.refused.add((key_of(asked.said), int(asked.said["revision"])))
            await self._judge(reference, judging.REFUSED, [REASON])

    async def _judge(self, reference: str, outcome: str, reasons: list[dict[str, str]]) -> None:
        at = self.state.now()
        with suppress(judging.CannotJudge):  # a later revision overtook it
            await self._do(lambda connection: judging.judge(connection, reference, outcome, reasons, WHO, at))

    async def _tell_something(self, asked: Asked) -> None:
        """Have some made-up news for a school whose sender asks, where there is none."""
        of = judge_besides.of_news(asked)
        client = await self._client(asked) if of else None
        if of and client and client.may_speak_for(of[0]):
            await self._do(lambda connection: _made_up(connection, of[0], asked.at))

    def _news(self, asked: Asked, given: Given) -> bool:
        """Give one piece at a time; whether this answer is lost: that of the first piece."""
        of = judge_besides.of_news(asked)
        if of is None or given.status != 200:
            return False
        school, after = of
        items = given.said["items"][:1]
        given.say(items=items, next=items[0]["number"] if items else given.said["next"])
        upto = self.memory.news.get(school, (after, False))[0]
        lost = bool(items) and "lost news" not in self.memory.done
        if lost:
            self.memory.done.add("lost news")
            self.memory.waiting["F-34", "lost news"] = asked.called
        self.memory.news[school] = (upto if lost else max(upto, given.said["next"]), lost)
        return lost

    async def _client(self, asked: Asked) -> clients.Client | None:
        """Whose token a request has, unless the mode has ended it."""
        if not asked.token or asked.token in self.memory.ended:
            return None
        found = await self._do(lambda connection: clients.of_token(connection, asked.token, asked.at))
        return found[0] if found else None

    async def _do(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.state.store.write(work))


def _made_up(connection: Connection, school: int, at: datetime) -> None:
    if news.listed(connection, school):
        return
    for kind in NEWS_KINDS:
        said = {name: value for name, value in example(kind)["content"].items() if name != "reason"}
        news.tell(connection, kind, school, f"made-up-{kind.replace('_', '-')}", said, WHO, at)
