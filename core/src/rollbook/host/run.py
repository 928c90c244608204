"""A sync: pull, keep and judge each school on its own, then deliver what waits, then say how it went."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from rollbook.contract.errors import FixSettings
from rollbook.host import clock, kept_messages, kept_runs, logs, refusals
from rollbook.host.clock import Clock
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.exchange import Exchange
from rollbook.host.judge import local_settings
from rollbook.host.lock import only_one
from rollbook.host.manifests import named_files
from rollbook.host.outcome import exit_status, summary
from rollbook.host.pull import Progress
from rollbook.host.recipients import concerned
from rollbook.host.registers import RegisterFiles
from rollbook.host.report_messages import message_rows
from rollbook.host.rows import MessageRow
from rollbook.host.run_rows import DeliveryResult, RunResult, SchoolResult
from rollbook.host.school_run import SchoolRun
from rollbook.host.state import opened
from rollbook.host.store.database import Database
from rollbook.host.store.followup import messages
from rollbook.host.team import Team
from rollbook.host.undelivered import after_a_kill, left_behind
from rollbook.host.would_report import Would, as_results


def sync(
    config: Config,
    *,
    schools: list[int] | None = None,
    as_at: date | None = None,
    dry_run: bool = False,
    accept_smaller_roll_by: str | None = None,
    progress: Progress | None = None,
    now: Clock = clock.now,
    in_process: bool = False,
) -> RunResult:
    """Bring registers in, judge them as at a day (today's), deliver what follows.

    schools: URNs (None: all). A dry run pulls and judges, and neither keeps nor sends anything.
    accept_smaller_roll_by: who looked at a roll of which a third or more are gone, on which many begin later than was
    known or whose pupils seem another school's, or at marks that are gone, and says that it is right.
    in_process: plugins run in this process, without bounds; for tests.

    What goes wrong at one school or destination is in the result and harms no other. Raises: `lock.Busy` (another sync
    is at work), `FixSettings` (an unknown URN, a day to come, a local setting that the law does not leave open, a state
    that cannot be opened, a disk that is full), `NeedsCredentials` (of the state), `RetryLater` (the state is locked).
    """
    chosen = _chosen(config, schools)
    local_settings(config)
    if as_at is not None and as_at > clock.day_of(now()):
        raise FixSettings(
            f"{as_at.isoformat()} has not come yet: no day can be judged before its end. Correct --as-at."
        )
    tell = progress or _silent
    with (
        only_one(config.installation.state),
        _logging(config),
        opened(config) as database,
        Team(config, in_process=in_process) as team,
        _files(config, dry_run=dry_run) as files,
    ):
        run = _Run(config, database, files, team, tell, now, as_at or clock.day_of(now()), dry_run=dry_run)
        return run.whole(chosen, accept_smaller_roll_by)


class _Run:
    def __init__(
        self,
        config: Config,
        database: Database,
        files: RegisterFiles,
        team: Team,
        tell: Progress,
        now: Clock,
        as_at: date,
        *,
        dry_run: bool,
    ) -> None:
        self.config, self.database, self.files, self.team = config, database, files, team
        self.tell, self.now, self.as_at, self.dry_run = tell, now, as_at, dry_run
        self.run = 0
        self.would: Would = Counter()

    def whole(self, schools: list[SchoolConfig], accepted_by: str | None) -> RunResult:
        """All of it."""
        started = self.now()
        if not self.dry_run:
            self._begin(started)
        for school in schools:
            self.tell(school.name, "waiting", 0, None)
        results = []
        for number, school in enumerate(schools, start=1):
            results.append(self._school(school, accepted_by))
            if all(later.connection != school.connection for later in schools[number:]):
                self.team.rest(school.connection)
        deliveries = as_results(self.would) if self.dry_run else self._deliver(schools)
        deliveries += self.team.unusable(deliveries)
        status = exit_status(results, deliveries, self.team)
        said = summary(results, deliveries, dry_run=self.dry_run)
        ended = self.now()
        if not self.dry_run:
            self._end(deliveries, status, said, ended)
        logs.event("sync_ended", run=self.run, exit=status)
        return RunResult(
            run=None if self.dry_run else self.run,
            as_at=self.as_at,
            started=started,
            ended=ended,
            dry_run=self.dry_run,
            schools=tuple(self._as_they_stand(result) for result in results),
            deliveries=tuple(deliveries),
            exit_status=status,
            sentence=said,
        )

    def _begin(self, started: datetime) -> None:
        with self.database.write() as conn:
            self.run = kept_runs.begin(conn, self.as_at, started)
        logs.event("sync_began", run=self.run, as_at=self.as_at.isoformat())
        after_a_kill(self.database, self.now)

    def _school(self, school: SchoolConfig, accepted_by: str | None) -> SchoolResult:
        started = self.now()
        one = SchoolRun(
            self.config, self.database, self.files, self.team, school,
            as_at=self.as_at, run=self.run, now=self.now, tell=self.tell, accepted_by=accepted_by,
        )  # fmt: skip
        result = one.dry() if self.dry_run else one.kept()
        self.would += one.would
        if not self.dry_run:
            with self.database.write() as conn:
                kept_runs.keep_school(conn, self.run, result, started, self.now())
        logs.event("school_done", run=self.run, school=school.urn, connection=school.connection, status=result.status)
        self.tell(school.name, "failed" if result.status == "failed" else "done", 1, 1)
        return result

    def _deliver(self, schools: list[SchoolConfig]) -> list[DeliveryResult]:
        found = []
        of_school = cache(self._concerned)
        with self.database.read() as conn:
            first = kept_messages.withdrawing(conn)
        # An authority that is told in another way now does not hold the same twice meanwhile.
        for name, there in sorted(self.config.destinations.items(), key=lambda one: one[0] not in first):
            worker, description = self.team.destination(name)
            if worker is None or description is None:
                continue
            with self.database.read() as conn:
                not_before = kept_runs.left_alone_until(conn, name)
            exchange = Exchange(
                self.database, self.files, there, worker, description,
                as_at=self.as_at, now=self.now, tell=self.tell, not_before=not_before,
            )  # fmt: skip
            found.append(exchange.run(schools, of_school))
        with self.database.read() as conn:
            return [_with_refusals(conn, one) for one in found + left_behind(conn, self.config.destinations)]

    def _concerned(self, school: int) -> Set[str]:
        with self.database.read() as conn:
            return concerned(conn, self.config.school(school)).keys()

    def _end(self, deliveries: list[DeliveryResult], status: int, said: str, ended: datetime) -> None:
        with self.database.write() as conn:
            kept_runs.end(conn, self.run, deliveries, status, said, ended)
            named = named_files(conn)
        swept = self.files.sweep(named, ended)
        if swept:
            logs.event("files_swept", count=len(swept))

    def _as_they_stand(self, result: SchoolResult) -> SchoolResult:
        """With its messages in the state in which the delivery left them."""
        if self.dry_run or not result.messages:
            return result
        numbers = [row.message for row in result.messages]
        with self.database.read() as conn:
            kept = kept_messages.select(conn, messages.c.id.in_(numbers))
        rows: tuple[MessageRow, ...] = tuple(message_rows(self.config, kept))
        return replace(result, messages=rows)


def _with_refusals(conn: sa.Connection, there: DeliveryResult) -> DeliveryResult:
    """With what it refused, tonight or before, and nobody has seen to."""
    refused = refusals.sentences(conn, messages.c.destination == there.destination)
    return replace(there, sentences=(*there.sentences, *refused))


def _chosen(config: Config, schools: list[int] | None) -> list[SchoolConfig]:
    wanted = list(config.schools) if schools is None else [config.school(urn) for urn in dict.fromkeys(schools)]
    if not wanted:
        raise FixSettings(f"{config.path} has no school. Add one: [[schools]].")
    return wanted


@contextmanager
def _files(config: Config, *, dry_run: bool) -> Iterator[RegisterFiles]:
    if not dry_run:
        yield RegisterFiles(config.installation.state)
        return
    with tempfile.TemporaryDirectory(prefix="rollbook-dry-") as scratch:
        yield RegisterFiles(config.installation.state, Path(scratch))


@contextmanager
def _logging(config: Config) -> Iterator[None]:
    try:
        logs.install(config.installation.state)
    except OSError as error:
        raise FixSettings(f"The log cannot be kept in {config.installation.state}: {error.strerror}.") from error
    try:
        yield
    finally:
        logs.uninstall()


def _silent(name: str, stage: str, done: int, total: int | None) -> None:
    """Nobody watches."""
