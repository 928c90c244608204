"""What a dry run says of the regular feed: it goes without anybody's yes, so it is said before it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import sqlalchemy as sa

from rollbook.contract.regular import Regular
from rollbook.host import kept_reports
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.registers import RegisterFiles
from rollbook.host.regular_bodies import Bodies
from rollbook.host.reporting import is_due
from rollbook.host.run_rows import DeliveryResult
from rollbook.host.team import Team

Would = Counter[tuple[str, Regular]]  # a destination and a kind of report -> how many would go


def would_report(
    conn: sa.Connection, files: RegisterFiles, config: Config, team: Team, school: SchoolConfig, as_at: date
) -> Would:
    """How many reports of a school would go where, as its register stands in this transaction. No authority is asked
    what it wants: a dry run says nothing to anybody.
    """
    found: Would = Counter()
    carried = {name: kinds for name, kinds in _carried(config, team, school) if kinds}
    bodies = Bodies(conn, files, school.urn, as_at) if carried else None
    if bodies is None or bodies.empty:
        return found
    for name, kinds in carried.items():
        for kind in kinds:
            said = kept_reports.of_school(conn, name, school.urn, kind)
            due = [body for body in bodies.of(kind, said) if is_due(kind, body, said.get(body.day), as_at)]
            found[name, kind] += len(due)
    return found


def _carried(config: Config, team: Team, school: SchoolConfig) -> Iterator[tuple[str, frozenset[Regular]]]:
    for name, there in config.destinations.items():
        _, description = team.destination(name) if school.la in there.authorities else (None, None)
        yield name, there.regular & description.regular if description else frozenset()


def as_results(would: Mapping[tuple[str, Regular], int]) -> list[DeliveryResult]:
    """What would go to each destination, and how to stop it."""
    found = []
    for name in sorted({name for name, _ in would}):
        numbers = {kind.value: would[name, kind] for kind in Regular if would.get((name, kind))}
        if numbers:
            total = sum(numbers.values())
            reports = "1 report" if total == 1 else f"{total} reports"
            said = (
                f"About {reports} of the regular feed ({', '.join(numbers)}) would go to {name} without anybody's yes, "
                f"where the authority asks for them; `regular = []` in [destinations.{name}] stops them."
            )
            found.append(DeliveryResult(name, {}, notes=(said,), reports=numbers))
    return found
