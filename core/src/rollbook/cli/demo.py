"""`rollbook demo`: the whole of it on made-up schools, with real files and HTTP, real syncs and a real receiver."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rollbook.cli import show
from rollbook.cli.ending import if_stopped
from rollbook.cli.exits import Stop
from rollbook.cli.progress import shown

if TYPE_CHECKING:
    from rollbook.cli.demo_schools import Drop
    from rollbook.host.config import Config
    from rollbook.host.report import RunResult

FIRST, EVENINGS = date(2026, 9, 1), (date(2026, 11, 19), date(2026, 11, 20))
"""The first day of the made-up registers, and the two evenings on which they are synced. The second is their last."""


@click.command("demo")
@click.option("--keep", is_flag=True, help="Leave the receiver running at the end, and say where it is.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Where to put it all: a new or empty folder; a temporary one if not given.",
)
def command(keep: bool, folder: Path | None) -> int:
    """Show a whole run: three made-up schools, and the two authorities that they are in.

    One school exports files, one has a SIMS and one an Arbor, played on this machine as the authorities are. One
    authority takes the open feed, by the receiver; the other takes forms. On the first of two nights the receiver is
    closed; the second brings what waited, and corrections, which amend and withdraw. Nothing leaves this machine;
    nobody in it is real.

    \b
    Example:
      rollbook demo
      rollbook demo --keep
    """
    from rollbook.cli import demo_authorities, demo_receiver, demo_schools, demo_story

    place = _place(folder)
    if_stopped(f"The receiver was ended. What was made is in {place}: delete it when you like.")
    show.say(f"Making three schools up, from {FIRST} to {EVENINGS[-1]}, in {place}")
    with ExitStack() as ending:
        with shown() as progress:
            drops = ending.enter_context(demo_schools.running(place, FIRST, EVENINGS, progress))
        for drop in drops:
            show.say(f"  {drop.school.name}, authority {drop.school.la}: its registers come by {drop.way.plugin}")
            if drop.note:
                show.say(f"  {drop.note}")
        show.say("Authority 801 takes the open feed; its server is closed tonight. Authority 802 takes forms.")
        with demo_receiver.closed(place, [drop.school.urn for drop in drops]) as receiver:
            config = demo_schools.write_config(place, drops, receiver)
            _night(config, drops, EVENINGS[0])
        demo_authorities.approve(config, datetime.combine(EVENINGS[1], time(9), UTC))
        process = ending.enter_context(demo_receiver.running(receiver, keep=keep))
        result = _night(config, drops, EVENINGS[1])
        demo_story.tell(config, result)
        demo_authorities.tell(config, receiver)
        demo_story.say_where_next(config, receiver, process if keep else None)
    return result.exit_status


def _place(folder: Path | None) -> Path:
    """The folder to work in. Raises Stop when it holds something already."""
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="rollbook-demo-"))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Stop(f"{folder.absolute()} is there already and is not an empty folder: name another.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def _night(config: Config, drops: list[Drop], evening: date) -> RunResult:
    """One evening: what the schools hold at the end of that day is given out and synced, as if at seven o'clock."""
    from rollbook.host import run

    show.heading(f"Sync of the evening of {evening}")
    with shown() as progress:
        for drop in drops:
            progress(drop.school.name, "gives out what it holds", 0, None)
            drop.publish(evening)
        moment = datetime.combine(evening, time(19), UTC)
        result = run.sync(config, as_at=evening, now=lambda: moment, progress=progress)
    show.say(result.sentence)
    for there in result.deliveries:
        for sentence in there.sentences:
            show.say(f"{there.destination}: {sentence}")
    return result
