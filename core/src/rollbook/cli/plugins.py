"""`rollbook plugins`: what is installed. Each is loaded in a process of its own: a broken one harms nothing here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rollbook.cli import show
from rollbook.cli.exits import Exit, Stop
from rollbook.cli.nouns import Noun
from rollbook.cli.options import format_option

if TYPE_CHECKING:
    from rollbook.host.plugins import PluginRecord


@click.group("plugins", cls=Noun)
def command() -> None:
    """What is installed, and whether it works.

    \b
    Example:
      rollbook plugins
      rollbook plugins show csv
    """


@command.command("list")
@format_option
def list_plugins(form: str) -> int:
    """Every plugin, and the commands that plugins add. Ends with 1 when one cannot be used.

    \b
    Example:
      rollbook plugins --format json
    """
    from rollbook.cli.extra import added_commands
    from rollbook.host import plugins, worker

    records = [
        worker.examine(record.name) if record.status == "installed" else record for record in plugins.installed()
    ]
    added = added_commands()
    if form == "json":
        rows = [_told(record) for record in records]
        show.as_json({"plugins": rows, "commands": [{"command": name, "from": whose} for name, whose in added]})
    else:
        lines = [
            (one.name, one.status, _gives(one), one.distribution, one.version, one.contract_version, one.reason)
            for one in records
        ]
        columns = ["plugin", "state", "gives", "distribution", "version", "contract", "why not"]
        show.table(columns, lines, otherwise="No plugin is installed: pip install rollbook-csv")
        for one in records:
            for remark in one.remarks:
                show.say(f"{one.name}: {show.cell(remark)}")
        if added:
            show.heading("Commands that plugins add")
            show.table(["command", "from"], added, otherwise="")
    return Exit.WELL if all(record.status == "ok" for record in records) else Exit.NO


@command.command("show")
@click.argument("name", metavar="NAME")
@format_option
def show_plugin(name: str, form: str) -> int:
    """One plugin: where it comes from, what it gives, how it did in the checks of the contract, and why it cannot be
    used. Ends with 1 when it cannot.

    \b
    Example:
      rollbook plugins show csv
    """
    from rollbook.host import conformance, worker

    record = worker.examine(name)
    if record.status == "missing":
        raise Stop(f"There is no plugin {show.cell(name)}. {record.reason}")
    grade = conformance.kept(record)
    if form == "json":
        show.as_json(_told(record) | {"conformance": grade.text, "sound": grade.sound, "open": grade.open})
    else:
        for key, value in _told(record).items():
            show.say(f"{key.replace('_', ' ')}: {show.cell(value)}")
        show.say(f"conformance: {grade.text}")
        for line in grade.open:
            show.say(f"  {line}")
    return Exit.WELL if record.status == "ok" else Exit.NO


def _told(record: PluginRecord) -> dict[str, object]:
    names = (
        "name",
        "status",
        "reason",
        "distribution",
        "version",
        "contract_version",
        "sources",
        "destinations",
        "rules",
        "remarks",
    )
    return {name: getattr(record, name) for name in names}


def _gives(record: PluginRecord) -> str:
    given = {"source": record.sources, "destination": record.destinations, "rule": record.rules}
    return ", ".join(f"{role} {name}" for role, names in given.items() for name in names)
