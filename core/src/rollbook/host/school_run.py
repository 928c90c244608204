"""One school's part of a sync: pulled, kept, judged. Whatever goes wrong is this school's alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from rollbook.contract.errors import Problem
from rollbook.host import guard, logs, set_aside
from rollbook.host.bring import Brought, bring, kept_checkpoints
from rollbook.host.calendars import kept_calendar
from rollbook.host.clock import Clock
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.judge import Judged, judge
from rollbook.host.outcome import OUR_FAULT_SAID
from rollbook.host.pull import Progress, Staged, first_window, pull_school, window_of
from rollbook.host.recipients import concerned
from rollbook.host.registers import RegisterFiles
from rollbook.host.report_messages import message_rows
from rollbook.host.run_rows import SchoolResult, Status
from rollbook.host.store.database import Database
from rollbook.host.team import Team
from rollbook.host.worker import PluginDescription
from rollbook.host.would_report import Would, would_report
from rollbook.register.quarantine import waits_since


@dataclass
class _Sofar:
    """What is known of the school's run, however far it comes."""

    brought: Brought | None = None
    judged: Judged = field(default_factory=Judged)


class _UndoneError(Exception):
    """Ends the transaction of a dry run, so that nothing of it is kept."""


class SchoolRun:
    """`kept()` or `dry()`, once."""

    def __init__(
        self,
        config: Config,
        database: Database,
        files: RegisterFiles,
        team: Team,
        school: SchoolConfig,
        *,
        as_at: date,
        run: int,
        now: Clock,
        tell: Progress,
        accepted_by: str | None,
    ) -> None:
        self.config, self.database, self.files, self.team, self.school = config, database, files, team, school
        self.as_at, self.run, self.now, self.tell, self.accepted_by = as_at, run, now, tell, accepted_by
        self.sofar = _Sofar()
        self.would: Would = Counter()  # of a dry run: the reports of the regular feed that would go

    def kept(self) -> SchoolResult:
        """Pull, keep in one transaction, judge in another."""
        return self._attempted(self._keep)

    def dry(self) -> SchoolResult:
        """The very same, in one transaction that is undone."""
        result = self._attempted(self._try)
        return replace(result, messages=tuple(replace(row, message=None, case=None) for row in result.messages))

    def _keep(self, staged: Staged, description: PluginDescription) -> None:
        self.tell(self.school.name, "register", 0, None)
        with self.database.write() as conn:
            brought = self._bring(conn, staged, description)
        self.sofar.brought = brought
        self.tell(self.school.name, "judge", 0, None)
        with self.database.write() as conn:
            judged = self._judge(conn)
        self.sofar.judged = judged

    def _try(self, staged: Staged, description: PluginDescription) -> None:
        with suppress(_UndoneError), self.database.write() as conn:
            self.tell(self.school.name, "register", 0, None)
            self.sofar.brought = self._bring(conn, staged, description)
            self.tell(self.school.name, "judge", 0, None)
            self.sofar.judged = self._judge(conn)
            self.would = would_report(conn, self.files, self.config, self.team, self.school, self.as_at)
            raise _UndoneError

    def _attempted(self, then: Callable[[Staged, PluginDescription], None]) -> SchoolResult:
        try:
            worker, description = self.team.source(self.school)
            with self.database.read() as conn:
                checkpoints, covered = kept_checkpoints(conn, self.school)
                aside = set_aside.open_rows(conn, self.school.urn)
                opened = kept_calendar(conn, self.school.urn).open_days(first_window(self.as_at).first, self.as_at)
            waiting = waits_since(aside, first_window(self.as_at).first)
            staged = pull_school(
                worker,
                self.school,
                window_of(self.school, self.as_at, covered, opened, waiting),
                tables=description.tables,
                window_days=description.window_days,
                checkpoints=checkpoints,
                progress=self.tell,
            )
            then(staged, description)
        except Problem as problem:
            self.team.refused(self.school, problem)
            logs.event("school_failed", school=self.school.urn, sentence=problem.sentence, detail=problem.detail)
            return self._result(self._named(problem.sentence))
        except Exception as error:  # noqa: BLE001 - a fault of ours at one school must not harm the others
            detail = guard.failure(error, "rollbook")
            logs.event("school_failed", school=self.school.urn, detail=detail, kind=type(error).__name__)
            return self._result(self._named(f"{OUR_FAULT_SAID} ({detail}): please report it."))
        return self._result(None)

    def _bring(self, conn: sa.Connection, staged: Staged, description: PluginDescription) -> Brought:
        return bring(
            conn,
            self.files,
            self.school,
            staged,
            code_map=description.code_map,
            as_at=self.as_at,
            moment=self.now(),
            run=self.run,
            accepted_by=self.accepted_by,
        )

    def _judge(self, conn: sa.Connection) -> Judged:
        recipients = self.team.recipients(self.school, concerned(conn, self.school))
        return judge(
            conn,
            self.files,
            self.config,
            self.school,
            recipients,
            as_at=self.as_at,
            moment=self.now(),
            run=self.run,
        )

    def _named(self, sentence: str) -> str:
        """A sentence that says which school, whoever wrote it."""
        if str(self.school.urn) in sentence:
            return sentence
        return f"{self.school.name} ({self.school.urn}): {sentence}"

    def _result(self, failure: str | None) -> SchoolResult:
        brought, judged = self.sofar.brought, self.sofar.judged
        sentences = [*(brought.sentences if brought else ()), *judged.sentences, *([failure] if failure else [])]
        status: Status = "ok" if not sentences else "degraded"
        if failure and brought is None:
            status = "failed"
        found: dict[str, Any] = {}
        if brought:
            found["newest_session"] = brought.newest_session
        return SchoolResult(
            school=self.school.urn,
            name=self.school.name,
            connection=self.school.connection,
            status=status,
            sentences=tuple(sentences),
            notes=(*(brought.notes if brought else ()), *judged.notes),
            counts={**(brought.counts if brought else {}), **judged.counts},
            findings=judged.findings,
            messages=tuple(message_rows(self.config, judged.messages)),
            **found,
        )
