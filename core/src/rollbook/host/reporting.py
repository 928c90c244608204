"""The regular feed to one destination: what changed since it was last said, for each school that it serves.

A revision is committed before it leaves. Whatever then happens to it, the next sync says the report again under the
next revision, unless an answer said that it is there: so no number is used for two bodies, and no reply need be looked
for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from rollbook.contract.destination import Outcome, Receipt
from rollbook.contract.regular import Regular, Report
from rollbook.host import kept_reports
from rollbook.host.clock import Clock
from rollbook.host.config import DestinationConfig, SchoolConfig
from rollbook.host.kept_reports import Said
from rollbook.host.logs import event as log_event
from rollbook.host.registers import RegisterFiles
from rollbook.host.regular_bodies import Bodies, Body
from rollbook.host.rounds import Round
from rollbook.host.store.database import Database

BATCH = {Regular.SESSIONS: 5}  # days of marks, of which one may be a megabyte
_BATCH = 50


class Reporter(Protocol):
    """What of a worker this needs."""

    def wanted(self, school: int) -> frozenset[Regular]:
        """What the authority asks of the school."""

    def report(self, reports: Sequence[Report]) -> Iterator[Receipt]:
        """A receipt for each, in order."""


@dataclass
class Reported:
    """What came of it. `counts`: said, refused, unknown; `sentences`: what went wrong, which a person should act on."""

    counts: Counter[str] = field(default_factory=Counter)
    sentences: list[str] = field(default_factory=list)


class Reporting:
    """One destination's part, once."""

    def __init__(
        self,
        database: Database,
        files: RegisterFiles,
        there: DestinationConfig,
        worker: Reporter,
        *,
        as_at: date,
        now: Clock,
        progress: Callable[[int, int], None],
    ) -> None:
        self.database, self.files, self.there, self.worker = database, files, there, worker
        self.as_at, self.now = as_at, now
        self.result = Reported()
        self.round = Round(now, progress, self.result.sentences)
        self._refused: list[tuple[SchoolConfig, Report, Receipt]] = []

    def run(self, schools: Sequence[SchoolConfig]) -> Reported:
        """Report what is new of each school. Ends early where the destination is away."""
        self.round.run(schools, self._school)
        self._say_refused()
        return self.result

    def _school(self, school: SchoolConfig) -> None:
        wanted = self.worker.wanted(school.urn) & self.there.regular
        if not wanted:
            return
        with self.database.read() as conn:
            bodies = Bodies(conn, self.files, school.urn, self.as_at)
            said = {kind: kept_reports.of_school(conn, self.there.name, school.urn, kind) for kind in wanted}
        for kind in (kind for kind in Regular if kind in wanted and not bodies.empty):
            due = [
                body for body in bodies.of(kind, said[kind]) if is_due(kind, body, said[kind].get(body.day), self.as_at)
            ]
            size = BATCH.get(kind, _BATCH)
            for start in range(0, len(due), size):
                self._send(school, [self._report(bodies, kind, body, said[kind]) for body in due[start : start + size]])

    def _report(self, bodies: Bodies, kind: Regular, body: Body, said: dict[date, Said]) -> tuple[Report, str]:
        revision = said[body.day].revision + 1 if body.day in said else 1
        content = body.content(kind, self.now(), bodies.read)
        return Report(kind, bodies.school, body.day, revision, content), body.digest

    def _send(self, school: SchoolConfig, batch: Sequence[tuple[Report, str]]) -> None:
        """Say some. What was answered before a problem is kept."""
        with self.database.write() as conn:
            kept_reports.begin(conn, self.there.name, batch, self.now())
        reports = [report for report, _ in batch]
        answered: list[tuple[Report, Receipt]] = []
        try:
            for receipt in self.worker.report(reports):
                answered.append((reports[len(answered)], receipt))
        finally:
            with self.database.write() as conn:
                kept_reports.end(conn, self.there.name, answered, self.now())
            self._count(school, answered, len(batch))

    def _count(self, school: SchoolConfig, answered: Sequence[tuple[Report, Receipt]], sent: int) -> None:
        refused = [(school, *one) for one in answered if one[1].outcome is Outcome.REFUSED]
        self._refused += refused
        found = {"said": len(answered) - len(refused), "refused": len(refused), "unknown": sent - len(answered)}
        self.result.counts.update({name: number for name, number in found.items() if number})
        log_event(
            "reports_answered",
            destination=self.there.name,
            school=school.urn,
            count=found["said"],
            rejects=found["refused"],
        )

    def _say_refused(self) -> None:
        """One sentence, however many: what one school's is refused for, another's is."""
        if not self._refused:
            return
        school, report, receipt = self._refused[0]
        others = f" and {len(self._refused) - 1} more" if len(self._refused) > 1 else ""
        why = "; ".join(receipt.reasons) or "no reason was given"
        self.result.sentences.append(
            f"{self.there.name} refused the report {report.kind.value} {report.day.isoformat()} of {school.name} "
            f"({school.urn}){others}: {why}. "
            f"They are made again at each sync: where the reason stays, ask the authority."
        )


def is_due(kind: Regular, body: Body, said: Said | None, as_at: date) -> bool:
    """Whether it is not known to be there. Today's goes each time: it says how fresh the registers are."""
    fresh = kind is Regular.DAY and body.day == as_at
    return fresh or said is None or (said.digest, said.state) != (body.digest, kept_reports.SAID)
