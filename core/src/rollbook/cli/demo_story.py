"""What the demonstration ends with: how fresh each school is, what was found, what was sent, one case, what next."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rollbook.cli import show
from rollbook.cli.explain import print_case
from rollbook.cli.status import print_status

if TYPE_CHECKING:
    from rollbook.cli.demo_receiver import Receiver
    from rollbook.host.config import Config
    from rollbook.host.report import MessageRow, RunResult

AMENDED_FIRST = ("amend", "withdraw", "send")


def tell(config: Config, last: RunResult) -> None:
    """The whole story of both nights, after the last."""
    from rollbook.host import report

    show.heading("Schools")
    print_status(report.status(config, now=lambda: last.ended))
    _say_set_aside(config)
    _say_findings(last)
    outbox = report.outbox(config)
    _say_messages(outbox)
    chosen = _most_telling(outbox)
    if chosen is not None:
        show.heading("One case explained")
        print_case(report.case(config, chosen))


def _say_set_aside(config: Config) -> None:
    from rollbook.host import report

    names = {school.urn: school.name for school in config.schools}
    counts: Counter[tuple[int, str]] = Counter()
    for school, kind, _, number in report.quarantine_counts(config):
        counts[school, kind] += number
    show.heading("Set aside")
    rows = [(names[school], kind, number) for (school, kind), number in sorted(counts.items())]
    show.table(["school", "kind", "rows"], rows, otherwise="Nothing was set aside.")


def _say_findings(last: RunResult) -> None:
    """How many findings each rule made, a column a school."""
    rules = sorted({rule for school in last.schools for rule, number in school.findings.items() if number})
    rows = [(rule, *(school.findings.get(rule, 0) for school in last.schools)) for rule in rules]
    show.heading("Found")
    show.table(["rule", *(school.name for school in last.schools)], rows, otherwise="Nothing was found.")


def _say_messages(outbox: Sequence[MessageRow]) -> None:
    """How many messages of each sort are in which state; those held, by what they wait for."""
    from rollbook.host.kind_words import kind_words

    sent = [row for row in outbox if row.state != "held"]
    counts = Counter((row.destination, kind_words(row.kind), row.action, row.state) for row in sent)
    show.heading("Messages to the authorities")
    rows = [(*sort, number) for sort, number in sorted(counts.items())]
    columns = ["destination", "kind", "action", "state", "messages"]
    show.table(columns, rows, otherwise="No message was let go.")
    held = Counter((kind_words(row.kind), ", ".join(row.lacks) or "approval") for row in outbox if row.state == "held")
    show.heading("Held for a person")
    rows_held = [(*sort, number) for sort, number in sorted(held.items())]
    show.table(["kind", "waits for", "messages"], rows_held, otherwise="Nothing is held.")


def _most_telling(outbox: Sequence[MessageRow]) -> int | None:
    """The case to explain: one whose return was amended, else withdrawn, else sent."""
    for action in AMENDED_FIRST:
        for row in outbox:
            if row.action == action and row.state == "delivered" and row.case is not None:
                return row.case
    return next((row.case for row in outbox if row.case is not None), None)


def _program(ran: Path) -> str:
    """How to type a command from here: a fresh clone's is not on the path."""
    on_path = shutil.which(ran.stem)
    if not ran.exists() or (on_path and Path(on_path).samefile(ran)):
        return ran.stem
    here = Path.cwd()
    return str(ran.absolute().relative_to(here) if ran.absolute().is_relative_to(here) else ran.absolute())


def say_where_next(config: Config, receiver: Receiver, process: int | None) -> None:
    """Commands to go on with, on either side; `process`: of a receiver that is kept, how to end it."""
    program, council = _program(Path(sys.argv[0]).with_stem("rollbook")), _program(Path(receiver.command))
    named = f"{program} --config {config.path}"
    show.heading("Where to look next")
    show.say(f"  {named} status")
    show.say(f"  {named} cases                 then: cases show ID, cases approve ID --by NAME")
    show.say(f"  {named} outbox")
    show.say(f"  {named} quarantine")
    show.say(f"  {program} init                 to begin with a school of your own")
    show.say("At the authority that takes the open feed:")
    at = f"--database {receiver.database}"
    show.say(f"  {council} messages {at}")
    show.say(f"  {council} messages refuse REFERENCE --by NAME --reason TEXT {at}")
    show.say(f"  {council} news list {at}")
    show.say("Where revision 2 is the first that came, an earlier one was overtaken before it was sent.")
    if process is not None:
        stop = f"taskkill /PID {process} /F" if sys.platform == "win32" else f"kill {process}"
        show.say(f"  {receiver.url}         what the local authority received; to end it: {stop}")
    show.say(f"Everything is in {config.folder}; delete that folder when you like.")
