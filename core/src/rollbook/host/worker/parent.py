"""The host's side: `Worker` asks a plugin, in a process of its own, and gives back checked answers or a Problem."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from rollbook.contract.destination import Key, Message, Receipt
from rollbook.contract.errors import DeliveryUnknown, Problem, RetryLater, VendorMustAct
from rollbook.contract.news import NewsPage
from rollbook.contract.regular import Regular, Report
from rollbook.contract.source import Checkpoint, Done, Page, Remark, SchoolRef, Window
from rollbook.host.config import MEMORY_MB, SECONDS, ConnectionConfig
from rollbook.host.guard import Attribution, attributed
from rollbook.host.logs import NAME, event, plain
from rollbook.host.page_checks import whole_pull
from rollbook.host.plugins import PluginRecord, installed
from rollbook.host.worker import wire
from rollbook.host.worker.answers import checked_news
from rollbook.host.worker.calls import SENDING, Plugin, PluginDescription, Request, Spec
from rollbook.host.worker.process import Deadline, Gone, OutOfMemory, OutOfTime, Process
from rollbook.tables.schemas import Table

T = TypeVar("T")


class Worker:
    """One connection's plugin, kept for many schools; a context manager.

    `seconds` bounds each call (None: the plugin's `call_seconds`, else 900), `memory_mb` the process with all that it
    starts. Past either the process is ended and the call ends in a Problem; the next call starts a new one. Every
    method raises Problem kinds and nothing else, each saying which plugin, connection, school and table.
    `in_process`: no process and no bounds, for tests.
    """

    def __init__(
        self,
        connection: ConnectionConfig,
        config_folder: Path,
        *,
        seconds: float | None,
        memory_mb: int,
        in_process: bool = False,
    ) -> None:
        self._spec = Spec(connection.name, connection.plugin, connection.role, connection.settings, config_folder)
        self.seconds, self._memory_mb = seconds, memory_mb  # of the next call, and of the process
        self._here = Plugin(self._spec) if in_process else None
        self._process: Process | None = None
        self._busy = False
        self._description: PluginDescription | None = None
        self._schools: list[SchoolRef] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if one runs, and all that it started."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def describe(self) -> PluginDescription:
        """What the plugin says of itself; its settings are not looked at. Raises FixSettings when it cannot be used."""
        with self._attributing():
            return self._described()

    def record(self) -> PluginRecord:
        """The plugin's record, as it was loaded in the worker."""
        with self._attributing():
            return self._one(Request("examine"), PluginRecord)

    def check(self) -> Iterator[Remark]:
        """The plugin's own remarks, as they come."""
        with self._attributing():
            yield from self._ask(Request("check"), Remark)

    def schools(self) -> list[SchoolRef]:
        """The schools that the credential can see; asked once."""
        if self._schools is None:
            with self._attributing():
                self._schools = list(self._ask(Request("schools"), SchoolRef))
        return self._schools

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        """Checked pages, then one Done. What came before a Problem is to be thrown away."""
        request = Request("pull", table, school, window, checkpoint)
        with self._attributing(school.urn or school.key, table.value), closing(self._ask(request, Page, Done)) as items:
            yield from whole_pull(items, table, window)

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """A receipt for each message, in order. Whatever goes wrong on the way, those not answered are unknown, unless
        the Problem says that nothing of them was sent.
        """
        with self._attributing():
            yield from self._receipts(Request("deliver", messages=messages), len(messages), "messages")

    def lookup(self, key: Key) -> Receipt | None:
        """The newest revision that the destination holds under `key`."""
        with self._attributing(key.school):
            return next(iter(list(self._ask(Request("lookup", key=key), Receipt))), None)

    def wanted(self, school: int) -> frozenset[Regular]:
        """Which reports of the regular feed the destination asks of the school, of those that the plugin carries."""
        with self._attributing(school):
            return self._one(Request("wanted", urn=school), frozenset)

    def report(self, reports: Sequence[Report]) -> Iterator[Receipt]:
        """A receipt for each report of one school, in order; likewise."""
        with self._attributing(reports[0].school if reports else ""):
            yield from self._receipts(Request("report", reports=reports), len(reports), "reports")

    def news(self, school: int, after: int) -> NewsPage:
        """A page of the news for the school after that number."""
        with self._attributing(school):
            return checked_news(self._one(Request("news", urn=school, after=after), NewsPage), school, after)

    def _receipts(self, request: Request, most: int, what: str) -> Iterator[Receipt]:
        with closing(self._ask(request, Receipt)) as receipts:
            yield from islice(receipts, most)
            if next(receipts, None) is not None:
                raise DeliveryUnknown(f"More receipts came than {what} were sent.")

    def _described(self) -> PluginDescription:
        if self._description is None:
            self._description = self._one(Request("describe"), PluginDescription)
        return self._description

    def _one(self, request: Request, kind: type[T]) -> T:
        found = list(self._ask(request, kind))
        if len(found) != 1:
            raise VendorMustAct("The plugin's process did not answer as it was asked.")
        answer: T = found[0]
        return answer

    def _bound(self, request: Request) -> float:
        """The seconds that this call may take. What the plugin says of it must be asked for first, within the usual."""
        if self.seconds is not None:
            return self.seconds
        asks_the_class = request.verb in ("examine", "describe")
        return (None if asks_the_class else self._described().call_seconds) or SECONDS

    @contextmanager
    def _attributing(self, school: int | str = "", table: str = "") -> Iterator[None]:
        try:
            yield
        except Problem as problem:
            version = self._description.version if self._description else version_of(self._spec.plugin)
            whose = Attribution(self._spec.connection, self._spec.plugin, version, school, table)
            raise attributed(problem, whose) from None

    def _ask(self, request: Request, *kinds: type) -> Generator[Any]:
        """The answers, each of one of the kinds. Raises Problem, not yet attributed."""
        answers = self._here.run(request) if self._here else self._away(request)
        for answer in answers:
            if not isinstance(answer, kinds):
                raise VendorMustAct(f"The plugin's process answered {request.verb} with a {type(answer).__name__}.")
            yield answer

    def _away(self, request: Request) -> Iterator[Any]:
        if self._busy:
            raise RuntimeError("a worker answers one call at a time: finish or close the one before")
        seconds = self._bound(request)
        self._busy, finished = True, False
        try:
            process = self._running()
            deadline = Deadline(seconds)  # starting a process is not the plugin's time
            process.send(wire.request_frame(request))
            while (frame := process.receive(deadline)).header.get("is") != "end":
                if frame.header.get("is") == "log":
                    _log(frame.header, self._spec)
                    continue
                answer = wire.answer_of(frame)
                if isinstance(answer, Problem):
                    finished = True
                    raise answer
                yield answer
            finished = True
        except (OutOfTime, OutOfMemory, Gone) as overrun:
            raise self._problem_of(overrun, seconds, delivering=request.verb in SENDING) from None
        finally:
            self._busy = False
            if not finished:  # whatever it is doing, nobody waits for it any more
                self.close()

    def _running(self) -> Process:
        if self._process is not None and not self._process.alive():
            self.close()
        if self._process is None:
            self._process = Process(self._memory_mb)
            if not self._process.ready():
                raise Gone(None)
            self._process.send(wire.spec_frame(self._spec))
        return self._process

    def _problem_of(self, overrun: Exception, seconds: float, *, delivering: bool) -> Problem:
        told = {
            OutOfTime: f"It did not finish within {seconds:g} seconds (limits.seconds), and was ended.",
            OutOfMemory: f"It took more than {self._memory_mb} MB of memory (limits.memory_mb), and was ended.",
        }.get(type(overrun))
        if isinstance(overrun, Gone):
            told = f"Its process ended by itself{_status(overrun)}."
        event("worker_ended", connection=self._spec.connection, plugin=self._spec.plugin, reason=told)
        if delivering:
            return DeliveryUnknown(f"{told} Whether all arrived is not known.")
        if isinstance(overrun, OutOfTime):
            return RetryLater(f"{told} It is tried again at the next sync; if it is only slow, raise that limit.")
        return VendorMustAct(f"{told} Nothing of this call was kept. Tell the plugin's maker.")


def examine(name: str, *, seconds: float = 30.0, memory_mb: int = MEMORY_MB) -> PluginRecord:
    """A plugin's record, loaded in a process of its own: whatever its import does, it harms nothing here."""
    spec = ConnectionConfig(name, name, seconds=seconds, memory_mb=memory_mb)
    with Worker(spec, Path(), seconds=seconds, memory_mb=memory_mb) as worker:
        try:
            return worker.record()
        except Problem as problem:
            found = next((record for record in installed() if record.name == name), PluginRecord(name))
            return replace(found, status="failed", reason=problem.sentence)


def version_of(plugin: str) -> str:
    """The version of an installed plugin, without importing it; empty where it is not known."""
    return next((record.version for record in installed() if record.name == plugin), "")


def _status(gone: Gone) -> str:
    if gone.status is None:
        return ""
    return f" (exit status {gone.status})" if gone.status >= 0 else f" (signal {-gone.status})"


def _log(header: Mapping[str, Any], spec: Spec) -> None:
    name, fields, level = header.get("event"), header.get("fields"), header.get("level")
    if isinstance(name, str) and NAME.fullmatch(name) and isinstance(fields, dict):
        whose = {"connection": spec.connection, "plugin": spec.plugin}
        severe = isinstance(level, int) and level >= logging.WARNING
        told = {key: plain(value) for key, value in fields.items() if key != "level"}
        event(name, level=logging.WARNING if severe else logging.INFO, **(told | whose))
