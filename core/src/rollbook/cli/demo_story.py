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
from rollbook.cli.summary import print_findings, print_sentences

if TYPE_CHECKING:
    from rollbook.cli.demo_receiver import Receiver
    from rollbook.host.config import Config
    from rollbook.host.report import MessageRow, RunResult

AMENDED_FIRST = ("amend", "withdraw", "send")


def tell(config: Config, results: Sequence[RunResult]) -> None:
    """The whole story of both nights."""
    from rollbook.host import report

    last = results[-1]
    show.heading("Schools")
    print_status(report.status(config, now=lambda: last.ended))
    _say_set_aside(config)
    print_findings(last.schools)
    outbox = report.outbox(config)
    _say_messages(outbox)
    print_sentences(last)
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


def _say_messages(outbox: Sequence[MessageRow]) -> None:
    """How many messages of each sort are in which state; those held, with what they wait for."""
    counts = Counter((row.kind, row.action, row.state) for row in outbox)
    show.heading("Messages to the local authority")
    rows = [(kind, action, state, number) for (kind, action, state), number in sorted(counts.items())]
    show.table(["kind", "action", "state", "messages"], rows, otherwise="No message was made.")
    held = [row for row in outbox if row.state == "held"]
    if held:
        show.heading("Held for a person")
        rows_held = [(row.case, row.school_name, row.kind, row.lacks or "approval") for row in held]
        show.table(["case", "school", "kind", "waits for"], rows_held, otherwise="")


def _most_telling(outbox: Sequence[MessageRow]) -> int | None:
    """The case to explain: one whose return was amended, else withdrawn, else sent."""
    for action in AMENDED_FIRST:
        for row in outbox:
            if row.action == action and row.state == "delivered" and row.case is not None:
                return row.case
    return next((row.case for row in outbox if row.case is not None), None)


def _program() -> str:
    """How to type this command from here: a fresh clone's is not on the path."""
    ran = Path(sys.argv[0])
    on_path = shutil.which("rollbook")
    if not ran.exists() or (on_path and Path(on_path).samefile(ran)):
        return "rollbook"
    here = Path.cwd()
    return str(ran.absolute().relative_to(here) if ran.absolute().is_relative_to(here) else ran.absolute())


def say_where_next(config: Config, receiver: Receiver | None) -> None:
    """Commands to go on with."""
    program = _program()
    named = f"{program} --config {config.path}"
    show.heading("Where to look next")
    show.say(f"  {named} status")
    show.say(f"  {named} cases                 then: cases show ID, cases approve ID --by NAME")
    show.say(f"  {named} outbox")
    show.say(f"  {named} quarantine")
    show.say(f"  {program} init                 to begin with a school of your own")
    if receiver is not None:
        stop = f"taskkill /PID {receiver.process_id} /F" if sys.platform == "win32" else f"kill {receiver.process_id}"
        show.say(f"  {receiver.url}         what the local authority received; to end it: {stop}")
    show.say(f"Everything is in {config.folder}; delete that folder when you like.")
