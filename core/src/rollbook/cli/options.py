"""Options and arguments that several commands share, so that they read and behave alike."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rollbook.cli import show
from rollbook.cli.exits import Exit, Stop

if TYPE_CHECKING:
    from rollbook.host.config import Config

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A day, written as 2026-11-20 and in no other way."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day. Fails when it is not one, or is not written in full."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is not None and day.isoformat() == value:  # not 20261120, nor a week's number
            return day
        return self.fail(f"{value!r} is not a day: write it as year-month-day, for example 2026-11-20.", param, ctx)


_QUIET = logging.NullHandler()
URN = click.IntRange(100000, 999999)
DAY = Day()


def school_option(f: F) -> F:
    """One school, for what lists."""
    return click.option("--school", type=URN, metavar="URN", help="Only this school.")(f)


def format_option(f: F) -> F:
    """Text for people, JSON for programs."""
    choice = click.Choice(["text", "json"])
    return click.option("--format", "form", type=choice, default="text", show_default=True, help="How to print.")(f)


def by_option(f: F) -> F:
    """Who decides. It is kept with the decision."""
    return click.option("--by", required=True, metavar="NAME", callback=_a_name, help="Who decides; it is kept.")(f)


def reason_option(f: F) -> F:
    """Why. It is kept with the decision."""
    what = "Why; it is kept. No pupil's name."
    return click.option("--reason", required=True, metavar="TEXT", callback=_a_name, help=what)(f)


def dry_run_option(f: F) -> F:
    """Say what would be, and change nothing."""
    return click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")(f)


def to_a_person_only(what: str) -> None:
    """Refuse to print `what` where output goes to a file or another program. Raises Stop."""
    if not show.on_terminal():
        raise Stop(f"{what} is shown on a terminal only, never written to a file or handed to a program.", Exit.NO)


def _a_name(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and not value.strip():
        raise click.BadParameter("it is empty.", ctx, param)
    return value.strip() if value else value


def load_config(ctx: click.Context) -> Config:
    """The configuration that `--config` names, or the usual one. Raises FixSettings with every mistake in it."""
    from rollbook.cli import faults
    from rollbook.host import config

    # Events belong in the log that the host opens; without a handler Python would print them to the screen.
    logging.getLogger("rollbook").addHandler(_QUIET)
    asked: Path | None = ctx.find_root().obj
    found = config.load(config.find_config(asked))
    faults.write_to(found.installation.state)
    return found


def config_if_any(ctx: click.Context) -> Config | None:
    """The same, or None where none is named and none is in a usual place: for what works without one."""
    from rollbook.host import config

    asked: Path | None = ctx.find_root().obj
    named = asked is not None or bool(os.environ.get("ROLLBOOK_CONFIG"))
    if not named and not any(place.is_file() for place in config.usual_places()):
        return None
    return load_config(ctx)
