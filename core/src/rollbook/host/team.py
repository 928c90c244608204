"""The workers of a run: one for each connection and each destination, started when first needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack

from rollbook.contract.destination import Kind
from rollbook.contract.errors import FixSettings, NeedsCredentials, Problem
from rollbook.host.config import Config, ConnectionConfig, DestinationConfig, SchoolConfig
from rollbook.host.recipients import Recipient
from rollbook.host.run_rows import DeliveryResult
from rollbook.host.worker import PluginDescription, Worker
from rollbook.outbox.kinds import OF_CASES
from rollbook.outbox.routing import Audience

ELSEWHERE_TOO = frozenset(Kind(of.kind) for of in OF_CASES.values() if of.to is not Audience.SCHOOL)


class Team:
    """A context manager: all workers are ended at its end.

    A plugin that cannot be used fails every school of the connections that name it, and is tried once. So does a
    connection whose credential was refused: it is not tried again at the next school, which may lock an account.
    """

    def __init__(self, config: Config, *, in_process: bool = False) -> None:
        self.config, self.in_process = config, in_process
        self.unusable_plugins: dict[str, Problem] = {}
        self._refused: dict[str, Problem] = {}
        self._workers: dict[str, Worker] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Team:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def source(self, school: SchoolConfig) -> tuple[Worker, PluginDescription]:
        """The worker of a school's connection. Raises the Problem for which the connection cannot be used."""
        if school.connection in self._refused:
            raise self._refused[school.connection]
        return self._described(self.config.connections[school.connection])

    def refused(self, school: SchoolConfig, problem: Problem) -> None:
        """Stop a connection whose credential was refused. After other problems its other schools are still tried."""
        if isinstance(problem, NeedsCredentials):
            self._refused[school.connection] = problem

    def rest(self, connection: str) -> None:
        """End the process of a connection that has no more schools in this run: each takes a hundred megabytes."""
        if connection in self._workers:
            self._workers[connection].close()

    def destination(self, name: str) -> tuple[Worker | None, PluginDescription | None]:
        """The worker of a destination; None, and noted as unusable, where it cannot be used."""
        try:
            return self._described(self.config.destinations[name])
        except Problem:
            return None, None

    def recipients(self, school: SchoolConfig, others: Collection[str] = ()) -> dict[Kind, dict[str, Recipient]]:
        """Who is told about a school: for each kind, and each authority that it may concern, who takes it; without
        those for which nobody does, or whose destination cannot be used. others: authorities beside the school's.
        """
        found: dict[Kind, dict[str, Recipient]] = {}
        for kind in Kind:
            for la in [school.la, *(sorted(set(others) - {school.la}) if kind in ELSEWHERE_TOO else ())]:
                there = self.config.destination_of(la, kind.value)
                _, description = self.destination(there.name) if there else (None, None)
                if there is not None and description is not None and kind in description.kinds:
                    needed = description.required.get(kind, frozenset())
                    found.setdefault(kind, {})[la] = Recipient(there.name, needed)
        return found

    def unusable(self, already: Sequence[DeliveryResult]) -> list[DeliveryResult]:
        """What is to be said of the destinations that could not be used."""
        said = {one.destination for one in already}
        return [
            DeliveryResult(name, {}, (problem.sentence,))
            for name, problem in self.unusable_plugins.items()
            if name in self.config.destinations and name not in said
        ]

    def _described(self, connection: ConnectionConfig) -> tuple[Worker, PluginDescription]:
        if connection.name in self.unusable_plugins:
            raise self.unusable_plugins[connection.name]
        worker = self._worker(connection)
        try:
            description = worker.describe()
            check_kinds(connection, description)
        except Problem as problem:
            self.unusable_plugins[connection.name] = problem
            raise
        return worker, description

    def _worker(self, connection: ConnectionConfig) -> Worker:
        if connection.name not in self._workers:
            worker = Worker(
                connection,
                self.config.folder,
                seconds=connection.seconds,
                memory_mb=connection.memory_mb,
                in_process=self.in_process,
            )
            self._workers[connection.name] = self._stack.enter_context(worker)
        return self._workers[connection.name]


def check_kinds(connection: ConnectionConfig, description: PluginDescription) -> None:
    """Raises FixSettings where the `kinds` of a destination name what its plugin does not take."""
    wanted = set(connection.kinds) if isinstance(connection, DestinationConfig) else set()
    taken = {kind.value for kind in description.kinds}
    if strange := sorted(wanted - taken):
        raise FixSettings(
            f"{connection.place}.kinds: the plugin {description.name} does not take {', '.join(strange)}; it takes "
            f"{', '.join(sorted(taken))}. Correct `kinds`, or use another plugin."
        )
