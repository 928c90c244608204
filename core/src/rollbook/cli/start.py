"""The command `rollbook`: which commands there are and how each of them ends.

`rollbook --help` must answer at once, so nothing is imported here but click: a command's module is loaded when that
command is typed, and the entry points of plugins are read only when a command is typed that is none of ours.
"""

from __future__ import annotations

import importlib
import signal
from pathlib import Path
from typing import Any, NoReturn

import click

from rollbook.cli import ending
from rollbook.cli.exits import Exit

# Section -> command -> (module, one line of help). The line is the first of the command's own help: a test compares.
SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "To begin with": {
        "demo": ("demo", "Show a whole run: three made-up schools, and the two authorities that they are in."),
        "init": ("init", "Write a commented configuration to fill in."),
        "check": ("check", "Try settings, credentials, files and destinations; send nothing."),
    },
    "Every day": {
        "sync": ("sync", "Bring registers in, judge them, deliver what follows."),
        "status": ("status", "Say how fresh each school is, and what waits for a person."),
    },
    "What is kept": {
        "cases": ("cases", "What has to be followed up, with its evidence and its law."),
        "explain": ("explain_command", "Why: the sessions, the values, the law, and what would change it."),
        "outbox": ("outbox", "What must be sent, was sent or was refused."),
        "news": ("news", "What authorities tell their schools: outcomes of notices, flags of pupils, contacts."),
        "quarantine": ("quarantine", "Rows that were set aside, and why."),
        "pupils": ("pupils", "Find Rollbook's number of a pupil."),
        "runs": ("runs", "What each sync did."),
    },
    "What it goes by": {
        "rules": ("rules", "What law and policy say; try worked cases."),
        "evaluate": ("evaluate", "Judge a folder of canonical tables."),
        "reproduce": ("reproduce", "Recompute the totals of a table that DfE published."),
        "codes": ("codes", "The attendance codes, with their categories and dates."),
        "plugins": ("plugins", "What is installed, and whether it works."),
    },
}
OURS = {name: entry for commands in SECTIONS.values() for name, entry in commands.items()}


class Start(click.Group):
    """Commands by name, loaded when typed; one ending for all of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Ours, in the order in which a newcomer meets them."""
        return list(OURS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command: ours, or one that a plugin adds by the entry point group `rollbook.commands`."""
        if cmd_name in OURS:
            module = importlib.import_module(f"rollbook.cli.{OURS[cmd_name][0]}")
            command: click.Command = module.command
            return command
        from rollbook.cli.extra import added_command

        return added_command(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with the nearest name of ours where there is none so called."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not name.startswith("-"):
            ctx.fail(f"There is no command {name!r}.{_nearest(name)} `rollbook --help` lists them all.")
        return name, command, args[1:]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The sections, without loading any command."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, line) for name, (_, line) in commands.items()])

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run, and end the process with one of the statuses of `Exit`, whatever happens."""
        extra = {"prog_name": "rollbook", **extra, "standalone_mode": False}
        ending.end(lambda: super(Start, self).main(*args, **extra))


def _nearest(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, OURS, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"rollbook {version('rollbook')}")
        ctx.exit(Exit.WELL)


@click.group(
    "rollbook",
    cls=Start,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Plugins may add commands of their own: `rollbook plugins` names them. "
    "What each command ends with: 0 well, 1 the answer is no, 2 not understood, 3 some schools failed, "
    "4 nothing could be done, 5 a fault of ours.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The configuration; else what ROLLBOOK_CONFIG names, else rollbook.toml here or in the system's folder.",
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Say which.")
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """From a school's registers to what the law says must follow.

    \b
    Example:
      rollbook demo
      rollbook --config D:\\rollbook\\rollbook.toml sync
    """
    ctx.obj = config


def main() -> NoReturn:
    """What the installed script calls. A scheduler's stop (SIGTERM) ends a command as Ctrl-C does: nothing is left."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    cli.main()
