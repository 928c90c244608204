"""A line to a simulator that speaks HTTP: all that goes through it is passed on, until it is told to misbehave.

So no vendor's simulator has to know how to fail: the line fails for it, in every way in which a network, a server or
somebody else's program does.
"""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from urllib.parse import urlsplit

from rollbook.testing.kit import addresses, bodies
from rollbook.testing.web import Answer, Incoming, Server

MOST_SILENT = 20.0  # seconds
_OWN = ("connection", "content-length", "transfer-encoding", "date", "server", "content-type")
_NOT_ON = ("host", "connection", "accept-encoding")


class Fault(StrEnum):
    """What the line does to a request. Those from LOST_REPLY on let it reach the simulator first."""

    BUSY = "429, with Retry-After: 1"
    AWAY = "503"
    BAD_GATEWAY = "502"
    GATEWAY_TIMEOUT = "504"
    ERROR = "500"
    UNAUTHORISED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    SILENT = "no answer, and the connection stays open"
    CLOSED = "the connection ends without an answer"
    HTML = "a page for people, HTTP 200"
    NONSENSE = "JSON of another form, HTTP 200"
    LOST_REPLY = "it is done, and the answer is lost"
    CUT_OFF = "the connection ends in the middle of the answer"
    HALF_BODY = "half of the answer, with its length stated right"
    REPEATED = "the answer that the request before it got"
    SKIPPED = "the answer that the request after it will get"
    HALF_LIST = "the longest list in the answer is cut in half"
    UNKNOWN_FIELDS = "every object has a field that nobody knows"
    MISSING_FIELD = "every object in the longest list lacks a field"
    MARKED = "every text in the answer is followed by a marker"


@dataclass
class Plan:
    """What is to happen to which requests: the first `after` are spared, then `times` are met (None: all).

    done: the simulator gets the request all the same, and only its answer is another. instead: the answer, where it is
    another than the fault's own.
    """

    fault: Fault
    times: int | None
    after: int
    field: str
    done: bool = False
    instead: Answer | None = None


class Line:
    """Passes on to each of `onward`, addresses on loopback as "host:port": together they are the other end.

    requests: "METHOD /path" of each, without its query. failures: what went wrong in the simulator itself.
    credentials: what came in `Authorization`, without its scheme. altered: how many answers a fault made others.
    """

    def __init__(self, *onward: str) -> None:
        self.altered = 0
        self.requests: list[str] = []
        self.failures: list[str] = []
        self.credentials: set[str] = set()
        self.answers: list[Answer] = []
        self.tape: list[Answer] = []
        self._plans: list[Plan] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._ends = {there: Server(partial(self._answer, there)) for there in onward}

    def next(
        self,
        fault: Fault,
        *,
        times: int | None = 1,
        after: int = 0,
        field: str = "",
        done: bool = False,
        instead: Answer | None = None,
    ) -> None:
        """From now on `fault` meets the next `times` requests (None: all), the first `after` of them excepted.

        field: of MISSING_FIELD its name; of any other, what the vendor's message repeats: a pupil's name, a secret.
        done: the simulator gets them all the same. instead: how this vendor says what the fault is.
        """
        with self._lock:
            self._plans.append(Plan(fault, times, after, field, done, instead))

    def forget(self) -> None:
        """No fault is planned any more, and no request was made."""
        with self._lock:
            self.altered = 0
            self._plans.clear()
            self.requests.clear()
            self.answers.clear()

    def keep_tape(self) -> int:
        """The answers since `forget` are those that SKIPPED looks ahead in. Their number."""
        self.tape = list(self.answers)
        return len(self.tape)

    def addressed(self, text: str) -> str:
        """`text` with this end's addresses in place of the simulator's."""
        for there, server in self._ends.items():
            text = re.sub(addresses.pattern(there), f"127.0.0.1:{server.server_port}", text)
        return text

    @property
    def ports(self) -> dict[int, int]:
        """The port at this end for each of the simulator's."""
        return {int(there.rpartition(":")[2]): server.server_port for there, server in self._ends.items()}

    def close(self) -> None:
        """End the line; the simulator stays."""
        self._ended.set()
        for server in self._ends.values():
            server.close()

    def _answer(self, there: str, incoming: Incoming) -> Answer:
        with self._lock:
            number = len(self.requests)
            self.requests.append(f"{incoming.method} {urlsplit(incoming.target).path}")
            self.credentials.update(incoming.headers.get("authorization", "").split()[-1:])
            plan = self._take()
        answer = self._met(there, incoming, plan, number)
        with self._lock:
            self.answers.append(answer)
        return answer

    def _take(self) -> Plan | None:
        met = None
        for plan in self._plans:
            if plan.after:
                plan.after -= 1
            elif met is None and plan.times != 0:
                plan.times = None if plan.times is None else plan.times - 1
                met = plan
        return met

    def _met(self, there: str, incoming: Incoming, plan: Plan | None, number: int) -> Answer:
        if plan is None:
            return self._passed_on(there, incoming)
        self.altered += 1  # taken back below where the answer is as it was
        made = _INSTEAD.get(plan.fault)
        if made is not None:
            if plan.done:
                self._passed_on(there, incoming)
            return _repeating(plan.instead or made(), plan.field)
        if plan.fault is Fault.SILENT:
            self._ended.wait(MOST_SILENT)
            return Answer(200, b"", closed=True)
        if plan.fault is Fault.REPEATED and 0 < number <= len(self.answers):
            return self.answers[number - 1]
        if plan.fault is Fault.SKIPPED and number + 1 < len(self.tape):
            return self.tape[number + 1]
        whole = self._passed_on(there, incoming)
        spoilt = _spoilt(whole, plan)
        self.altered -= spoilt == whole
        return spoilt

    def _passed_on(self, there: str, incoming: Incoming) -> Answer:
        headers = {name: value for name, value in incoming.headers.items() if name not in _NOT_ON}
        target = incoming.target
        for one, server in self._ends.items():
            target = target.replace(f"127.0.0.1:{server.server_port}", one)
        host, _, port = there.rpartition(":")
        onward = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=60)
        try:
            onward.request(incoming.method, target, incoming.body or None, headers)
            reply = onward.getresponse()
            body = reply.read()
        finally:
            onward.close()
        if failure := reply.getheader("X-Failed"):
            self.failures.append(failure)
        kept = {name: self.addressed(value) for name, value in reply.getheaders() if name.lower() not in _OWN}
        for one, server in self._ends.items():
            body = re.sub(addresses.pattern(one).encode(), f"127.0.0.1:{server.server_port}".encode(), body)
        return Answer(reply.status, body, reply.getheader("Content-Type", ""), kept)


def _repeating(answer: Answer, text: str) -> Answer:
    """The answer with that text in its message, as servers put in theirs what they were sent."""
    if not text or not answer.body:
        return answer
    said = bodies.with_marked_texts(answer.body, text)
    return replace(answer, body=said if said != answer.body else answer.body + text.encode())


def _spoilt(answer: Answer, plan: Plan) -> Answer:
    half = answer.body[: len(answer.body) // 2]
    if plan.fault is Fault.LOST_REPLY:
        return replace(answer, closed=True)
    if plan.fault is Fault.CUT_OFF:
        return replace(answer, cut=True)
    if plan.fault is Fault.HALF_BODY:
        return replace(answer, body=half)
    changes: dict[Fault, Callable[[bytes], bytes]] = {
        Fault.HALF_LIST: bodies.half_of_the_longest_list,
        Fault.UNKNOWN_FIELDS: bodies.with_unknown_fields,
        Fault.MISSING_FIELD: lambda body: bodies.without_field(body, plan.field),
        Fault.MARKED: lambda body: bodies.with_marked_texts(body, plan.field),
    }
    change = changes.get(plan.fault)
    return replace(answer, body=change(answer.body)) if change else answer


_INSTEAD: dict[Fault, Callable[[], Answer]] = {
    Fault.BUSY: lambda: Answer(429, b'{"message":"slow down"}', headers={"Retry-After": "1"}),
    Fault.AWAY: lambda: Answer(503, b"<html>Down for maintenance</html>", "text/html"),
    Fault.BAD_GATEWAY: lambda: Answer(502, b"<html>Bad gateway</html>", "text/html"),
    Fault.GATEWAY_TIMEOUT: lambda: Answer(504, b"<html>Gateway timeout</html>", "text/html"),
    Fault.ERROR: lambda: Answer(500, b'{"message":"something went wrong"}'),
    Fault.UNAUTHORISED: lambda: Answer(401, b'{"message":"who are you?"}'),
    Fault.FORBIDDEN: lambda: Answer(403, b'{"message":"you may not"}'),
    Fault.NOT_FOUND: lambda: Answer(404, b'{"message":"no such thing"}'),
    Fault.CLOSED: lambda: Answer(200, b"", closed=True),
    Fault.HTML: lambda: Answer(200, b"<!DOCTYPE html><html><body>Sign in</body></html>", "text/html"),
    Fault.NONSENSE: lambda: Answer(200, b'{"weather":{"today":"rain"},"rows":7}'),
}
