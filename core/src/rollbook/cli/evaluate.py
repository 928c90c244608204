"""`rollbook evaluate`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
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

    config = config_if_any(ctx)
    answers = judge_folder.judge_folder(folder, as_at, rules=rules or None, config=config)
    if form == "jsonl":
        for answer in answers:
            show.say(json.dumps(answer, ensure_ascii=False))
    else:
        from rollbook.host import rulebook

        _print_due(answers, as_at, {row.rule: row.due for row in rulebook.rules(config)})


def _print_due(answers: Iterable[dict[str, Any]], as_at: date, dues: Mapping[str, str | None]) -> None:
    from rollbook.host.judge_folder import is_due, why_not_judged

    asked: Counter[str] = Counter()
    unjudged: Counter[tuple[str, str]] = Counter()
    due: list[dict[str, Any]] = []
    for answer in answers:
        rule = answer["rule"]
        asked[rule] += 1
        if reason := why_not_judged(dues[rule], answer):
            unjudged[rule, reason.removeprefix("not judged: ")] += 1
        elif is_due(answer):
            due.append(answer)
    show.say(f"As at {as_at}")
    lacking, found = Counter[str](), Counter(one["rule"] for one in due)
    for (rule, _), number in unjudged.items():
        lacking[rule] += number
    judged = {rule: number - lacking[rule] for rule, number in asked.items()}
    # Where nobody was judged nothing is said to be "not due", and of some rules nothing ever is due.
    rows = [(rule, n, found[rule] if n and dues[rule] else None, lacking[rule]) for rule, n in judged.items()]
    none = "No rule that judges a register was in force then."
    show.table(["rule", "pupils judged", "due", "not judged"], rows, otherwise=none)
    if unjudged:
        show.heading("Not judged")
        show.table(["rule", "pupils", "why"], [(rule, n, why) for (rule, why), n in unjudged.items()], otherwise="")
    if due:
        show.heading("Due")
        lines = [(one["rule"], one["school"], one["pupil"], _figures(one)) for one in due]
        show.table(["rule", "urn", "pupil", "figures"], lines, otherwise="")


def _figures(answer: dict[str, Any]) -> str:
    return ", ".join(f"{name} {show.cell(value)}" for name, value in answer.items() if name not in GROUNDS)
