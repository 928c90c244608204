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

GROUNDS = frozenset({"rule", "school", "pupil", "as_at", "from", "evidence", "law", "settings"})


@click.command("evaluate")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--as-at", type=DAY, metavar="DATE", help="The day to judge, at its end.")
@click.option("--from", "first", type=DAY, metavar="DATE", help="With --to, in place of --as-at: a term, any window.")
@click.option("--to", "last", type=DAY, metavar="DATE", help="The last day of the window.")
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
def command(
    ctx: click.Context,
    folder: Path,
    as_at: date | None,
    first: date | None,
    last: date | None,
    rules: tuple[str, ...],
    form: str,
) -> None:
    """Judge a folder of canonical tables.

    FOLDER holds schools, sessions, pupils, roll and marks, and may hold leave, notices, contacts, flags and
    contact_log, as CSV (UTF-8, a header row, ISO dates) or Parquet. Marks are taken as known. Ends with 2 when a file
    or a column is missing or malformed.

    Some rules look at any window of days, from one day to another: absence, and sessions by code.

    \b
    Example:
      rollbook evaluate register --as-at 2026-11-09
      rollbook evaluate register --as-at 2026-11-09 --rule attendance_return --format jsonl
      rollbook evaluate register --rule absence --from 2026-09-03 --to 2026-10-23
    """
    day = _day(as_at, first, last)
    from rollbook.host import judge_folder

    config = config_if_any(ctx)
    answers = judge_folder.judge_folder(folder, day, rules=rules or None, config=config, first=first)
    if form == "jsonl":
        for answer in answers:
            show.say(json.dumps(answer, ensure_ascii=False))
    elif first is not None:
        show.say(f"From {first} to {day}")
        rows = [(one["rule"], one["school"], one["pupil"], _figures(one)) for one in answers]
        show.table(["rule", "urn", "pupil", "figures"], rows, otherwise="No rule that looks at a window was in force.")
    else:
        from rollbook.host import rulebook

        _print_due(answers, day, {row.rule: row.due for row in rulebook.rules(config)})


def _day(as_at: date | None, first: date | None, last: date | None) -> date:
    """The day to judge: the last one of a window."""
    if first is None and last is None:
        if as_at is None:
            raise click.UsageError("Name the day: --as-at DATE; or a window: --from DATE --to DATE.")
        return as_at
    if as_at is not None:
        raise click.UsageError("--from and --to stand in place of --as-at: leave it out.")
    if first is None or last is None:
        raise click.UsageError("A window needs both --from DATE and --to DATE.")
    return last


def _print_due(answers: Iterable[dict[str, Any]], as_at: date, dues: Mapping[str, str | None]) -> None:
    from rollbook.host.judge_folder import is_due, why_not_judged

    asked, lacking = Counter[str](), Counter[str]()
    reasons = Counter[tuple[str, str]]()
    due: list[dict[str, Any]] = []
    for answer in answers:
        rule = answer["rule"]
        whole = why_not_judged(dues[rule], answer)
        asked[rule] += 1
        lacking[rule] += whole is not None
        reasons.update((rule, why.removeprefix("not judged: ")) for why in [whole] if why)
        if whole is None:
            reasons.update((rule, f"in part: {why}") for why in _in_part(answer))
        if is_due(answer):
            due.append(answer)
    show.say(f"As at {as_at}")
    found = Counter(one["rule"] for one in due)
    judged = {rule: number - lacking[rule] for rule, number in asked.items()}
    # Where nobody was judged nothing is said to be "not due", and of some rules nothing ever is due.
    rows = [(rule, n, found[rule] if n and dues[rule] else None, lacking[rule]) for rule, n in judged.items()]
    none = "No rule that judges a register was in force then."
    show.table(["rule", "pupils judged", "due", "not judged"], rows, otherwise=none)
    if reasons:
        show.heading("Not judged")
        show.table(["rule", "pupils", "why"], [(rule, n, why) for (rule, why), n in reasons.items()], otherwise="")
    if due:
        show.heading("Due")
        lines = [(one["rule"], one["school"], one["pupil"], _figures(one)) for one in due]
        show.table(["rule", "urn", "pupil", "figures"], lines, otherwise="")


def _in_part(answer: Mapping[str, Any]) -> list[str]:
    """What a judged answer says that it could not judge beside the rest."""
    said = answer.get("not_judged") or []
    return [said] if isinstance(said, str) else list(said)


def _figures(answer: dict[str, Any]) -> str:
    return ", ".join(f"{name} {show.cell(value)}" for name, value in answer.items() if name not in GROUNDS)
