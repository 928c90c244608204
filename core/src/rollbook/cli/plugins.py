"""`rollbook plugins`: what is installed. Each is loaded in a process of its own: a broken one harms nothing here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rollbook.cli import show
from rollbook.cli.exits import Exit, Stop
from rollbook.cli.nouns import Noun
from rollbook.cli.options import format_option

if TYPE_CHECKING:
    from rollbook.host.new_plugin import Kind
    from rollbook.host.plugins import PluginRecord

CONTRACT = ("contract", "contract-tables", "compatibility")


@click.group("plugins", cls=Noun)
def command() -> None:
    """What is installed, and whether it works.

    \b
    Example:
      rollbook plugins
      rollbook plugins show csv
      rollbook plugins new acme
      rollbook plugins clause 4.2
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
        said = {"conformance": grade.text, "sound": grade.sound, "passes": grade.passes, "open": grade.open}
        show.as_json(_told(record) | said)
    else:
        for key, value in _told(record).items():
            show.say(f"{key.replace('_', ' ')}: {show.cell(value)}")
        show.say(f"conformance: {grade.text}")
        for line in grade.open:
            show.say(f"  {line}")
    return Exit.WELL if record.status == "ok" else Exit.NO


@command.command("new")
@click.argument("name", metavar="NAME")
@click.option("--kind", type=click.Choice(["source", "destination"]), default="source", show_default=True)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Where the new folder goes; else here.",
)
@click.option("--dry-run", is_flag=True, help="List the files, and write none.")
def new_plugin(name: str, kind: Kind, folder: Path, dry_run: bool) -> None:
    """Write a new plugin to fill in: a distribution that installs, with a simulator and the checks of the contract.

    It goes into a folder of its own, rollbook-NAME. A configuration will call it NAME: small letters, digits, _.

    \b
    Example:
      rollbook plugins new acme
      rollbook plugins new county_hub --kind destination --folder ~/src
    """
    from rollbook.host import new_plugin as starter
    from rollbook.host import pages

    texts = starter.new_plugin(name, kind)
    target = folder / starter.distribution(name)
    if dry_run:
        for path in texts:
            show.say(str(target / path))
        return
    starter.write(target, texts)
    show.say(f"Wrote {len(texts)} files into {target.absolute()}.")
    show.say("Now, in that folder:")
    show.say('  1. pip install -e ".[test]"  (in an environment of its own; Rollbook from a clone: -e its core/ too)')
    show.say("  2. pytest -q                (what is still to be written fails, and says what to read)")
    show.say(f"  3. follow docs/writing-a-{kind}.md, step by step: {pages.page(f'writing-a-{kind}.md')}")


@command.command("clause")
@click.argument("number", metavar="[CLAUSE]", required=False)
def clause(number: str | None) -> None:
    """A clause of the contract for plugins, as a failed check names it, and the page that it is in; without a number,
    where the pages for makers of plugins are.

    \b
    Example:
      rollbook plugins clause 4.2
    """
    from rollbook.host import pages

    if number is None:
        for name in ("writing-a-source", "writing-a-destination", "shapes", "simulators", *CONTRACT):
            show.say(str(pages.page(f"{name}.md")))
        return
    found = pages.clauses()
    if number not in found:
        ends = f"1.1 to {list(found)[-1]}" if found else "nothing, where that page is missing"
        raise Stop(f"There is no clause {show.cell(number)} in {pages.page('contract.md')}: it has {ends}.")
    show.say(f"{number}  {found[number]}")
    show.say(f"Page: {pages.page('contract.md')}")


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
