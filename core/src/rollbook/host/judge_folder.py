"""A folder of canonical tables, judged: what `rollbook evaluate` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rollbook.contract.errors import FixSettings
from rollbook.host import rule_plugins
from rollbook.host.config import Config
from rollbook.host.folder import read_folder
from rollbook.rules import answers
from rollbook.rules.evaluate import evaluate
from rollbook.rules.problems import RulesProblem


def judge_folder(
    path: Path,
    as_at: date,
    rules: Sequence[str] | None = None,
    config: Config | None = None,
    first: date | None = None,
) -> Iterator[dict[str, Any]]:
    """One object for each rule and pupil, whatever the outcome: see `rules.answers.objects`.

    `rules`: their ids; None is all that were in force on that day. `config`: where plugins with rules of their own are
    named. `first`: look at the days from this one to `as_at`. Raises FixSettings, before the first object, when a file
    or a column is missing or malformed, or a rule is not known, was not in force on that day or looks at no window.
    """
    folder = read_folder(path)
    try:
        evaluation = evaluate(folder.registers, as_at, rules=rules, known=rule_plugins.known(config), first=first)
    except RulesProblem as problem:
        raise FixSettings(f"{path}: {problem.sentence}") from None
    if evaluation.failed:
        raise FixSettings(f"{'; '.join(evaluation.failed.values())}. Take the plugin out of `rules`, or mend it.")
    return answers.objects(evaluation, folder.names)


def is_due(answer: dict[str, Any]) -> bool:
    """Whether an object of `judge_folder` says that something is due."""
    return "evidence" in answer


def why_not_judged(due: str | None, answer: dict[str, Any]) -> str | None:
    """Why an object of `judge_folder` is no answer; None where it is one. `due`: `RuleRow.due` of its rule."""
    return answers.why_not_judged(due, answer)
