"""A result on a terminal or in a file, and how the command ends."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click


def end(made: Mapping[str, Any], file: Path | None, form: str) -> None:
    """Show a result, keep it where that is asked, and end with 1 where a clause that can be seen is not met."""
    from rollbook_receiver.conformance.result import is_good

    text = json.dumps(made, indent=2, ensure_ascii=False)
    if file is not None:
        file.write_text(text + "\n", encoding="utf-8")
    if form == "json":
        click.echo(text)
    else:
        _table(made)
    raise SystemExit(0 if is_good(made) else 1)


def _table(made: Mapping[str, Any]) -> None:
    from rollbook_feed.clauses import clause
    from rollbook_receiver.conformance.result import BROKEN, NOT_ANSWERED, NOT_SEEN, is_good

    width = max(60, min(shutil.get_terminal_size().columns, 120))
    for row in made["clauses"]:
        words = [f"Asked: {row['asked']}.", f"Came: {row['came']}."]
        words += [f"Not seen from here: {row['beyond']}."] if row["beyond"] else []
        click.echo(f"{row['clause']:<6}{row['verdict']}")
        if row["verdict"] == BROKEN:
            words.insert(0, f"The clause: {clause(row['clause']).text}")
        for line in words:
            click.echo(textwrap.fill(line, width, initial_indent=" " * 6, subsequent_indent=" " * 8))
    click.echo()
    for verdict in (BROKEN, NOT_ANSWERED, NOT_SEEN):
        named = [row["clause"] for row in made["clauses"] if row["verdict"] == verdict]
        if named:
            click.echo(f"{verdict.capitalize()}: {', '.join(named)}.")
    if not is_good(made):
        click.echo("It is good when every clause that can be seen from here is met.")
    click.echo(f"{totals(made)}. Feed {made['feed_version']}, {made['feed']}.\nThis result: {made['digest']}")


def totals(made: Mapping[str, Any]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in made["totals"].items())


def plain(text: str) -> str:
    """Another's words without what moves a terminal's cursor, and not at length."""
    return "".join(letter for letter in text if letter.isprintable())[:200]
