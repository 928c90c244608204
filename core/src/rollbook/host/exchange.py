"""All that passes between us and one destination in a run: messages, then the regular feed, then news."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from datetime import date, datetime
from functools import partial

from rollbook.contract.errors import Problem
from rollbook.host import guard, kept_messages, left_alone, logs
from rollbook.host.asking import Asking
from rollbook.host.clock import Clock
from rollbook.host.config import DestinationConfig, SchoolConfig
from rollbook.host.deliver import Delivery
from rollbook.host.outcome import OUR_FAULT_SAID
from rollbook.host.pull import Progress
from rollbook.host.registers import RegisterFiles
from rollbook.host.reporting import Reporting
from rollbook.host.run_rows import DeliveryResult
from rollbook.host.store.database import Database
from rollbook.host.worker import PluginDescription, Worker

Concerned = Callable[[int], Set[str]]  # the authorities that the pupils of a school (its URN) may concern


class Exchange:
    """With one destination, once. A fault of ours in one part keeps the other parts back no more than other schools."""

    def __init__(
        self,
        database: Database,
        files: RegisterFiles,
        there: DestinationConfig,
        worker: Worker,
        description: PluginDescription,
        *,
        as_at: date,
        now: Clock,
        tell: Progress,
        not_before: datetime | None = None,
    ) -> None:
        self.database, self.there, self.description = database, there, description
        self._faults: list[str] = []
        self.delivery = Delivery(
            database,
            there.name,
            worker,
            repeat_is_safe=description.repeat_is_safe,
            now=now,
            not_before=not_before,
            progress=partial(tell, there.name, "deliver"),
        )
        told = partial(tell, there.name, "report")
        self.reporting = Reporting(database, files, there, worker, as_at=as_at, now=now, progress=told)
        self.asking = Asking(database, there, worker, now=now, progress=partial(tell, there.name, "news"))

    def run(self, schools: Sequence[SchoolConfig], concerned: Concerned) -> DeliveryResult:
        """What waits goes; of these schools of its authorities, what is new is reported; and of those whose pupils may
        concern one of them (`concerned`), or of which it was told, what is new is asked for. Where the destination is
        away, or refused our credential, it is not asked again.
        """
        served = [school for school in schools if school.la in self.there.authorities]
        self._contained(self.delivery.run)
        if self.description.regular and not self.delivery.stopped:
            self._contained(partial(self.reporting.run, served))
        if self.description.tells and not (self.delivery.stopped or self.reporting.round.stopped):
            self._contained(partial(self._ask, schools, concerned))
        return self._result()

    def _ask(self, schools: Sequence[SchoolConfig], concerned: Concerned) -> None:
        """A child who moved away, or has no worker there any more: of what it was told it may still have news."""
        with self.database.read() as conn:
            told = kept_messages.schools_told(conn, self.there.name)
        authorities = {*self.there.authorities}
        self.asking.run([one for one in schools if one.urn in told or concerned(one.urn) & authorities])

    def _contained(self, part: Callable[[], object]) -> None:
        try:
            part()
        except Problem:
            raise  # of the state, which all of them share
        except Exception as error:  # noqa: BLE001 - said, logged, and the run goes on
            detail = guard.failure(error, "rollbook")
            logs.event("delivery_failed", destination=self.there.name, detail=detail, kind=type(error).__name__)
            self._faults.append(f"{self.there.name}: {OUR_FAULT_SAID} ({detail}): please report it.")

    def _result(self) -> DeliveryResult:
        delivered, reported, asked = self.delivery.result, self.reporting.result, self.asking.result
        reporting, asking = self.reporting.round, self.asking.round
        sentences = [*delivered.sentences, *self._faults, *reported.sentences, *asked.sentences]
        return DeliveryResult(
            self.there.name,
            dict(delivered.counts),
            tuple(dict.fromkeys(sentences)),
            (*delivered.notes, *asked.notes),
            reports=dict(reported.counts),
            news=asked.came,
            not_before=left_alone.latest([self.delivery.not_before, reporting.not_before, asking.not_before]),
            silent=self.delivery.silent,
        )
