"""`rollbook evaluate`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click

from rollbook.cli import show
from rollbook.cli.options import DAY, config_if_any

GROUNDS = frozenset({"rule", "school", "pupil", "as_at", "evidence", "law", "settings"})


@click.command("evaluate")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--as-at", type=DAY, metavar="DATE", required=True, help="The day to judge, at its end.")
@click.option("--rule", "rules", metavar="ID", multiple=True, help="Only this rule; may be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="jsonl: an object a line for each pupil and rule; text: what is due.",
)
@click.pass_context
def command(ctx: click.Context, folder: Path, as_at: date, rules: tuple[str, ...], form: str) -> None:
    """Judge a folder of canonical tables.

    FOLDER holds schools, sessions, pupils, roll and marks, and may hold leave, notices, contacts, flags and
    contact_log, as CSV (UTF-8, a header row, ISO dates) or Parquet. Marks are taken as known. Ends with 2 when a file
    or a column is missing or malformed.

    \b
    Example:
      rollbook evaluate register --as-at 2026-11-09
      rollbook evaluate register --as-at 2026-11-09 --rule attendance_return --format jsonl
    """
    from rollbook.host import judge_folder

    answers = judge_folder.judge_folder(folder, as_at, rules=rules or None, config=config_if_any(ctx))
    if form == "jsonl":
        for answer in answers:
            show.say(json.dumps(answer, ensure_ascii=False))
    else:
        _print_due(answers, as_at)


def _print_due(answers: Iterable[dict[str, Any]], as_at: date) -> None:
    from rollbook.host.judge_folder import is_due

    judged: Counter[str] = Counter()
    due: list[dict[str, Any]] = []
    for answer in answers:
        judged[answer["rule"]] += 1
        if is_due(answer):
            due.append(answer)
    found = Counter(answer["rule"] for answer in due)
    show.say(f"As at {as_at}")
    rows = [(rule, number, found[rule]) for rule, number in judged.items()]
    show.table(["rule", "pupils judged", "due"], rows, otherwise="No rule that judges a register was in force then.")
    if due:
        show.heading("Due")
        lines = [(one["rule"], one["school"], one["pupil"], _figures(one)) for one in due]
        show.table(["rule", "urn", "pupil", "figures"], lines, otherwise="")


def _figures(answer: dict[str, Any]) -> str:
    return ", ".join(f"{name} {show.cell(value)}" for name, value in answer.items() if name not in GROUNDS)
