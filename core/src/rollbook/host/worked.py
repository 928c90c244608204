"""Worked cases from files: reading the YAML of a folder and running what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rollbook.contract.errors import FixSettings
from rollbook.rules.problems import RulesProblem
from rollbook.rules.worked import Outcome, Result, Vendors, run_case

__all__ = ["Outcome", "Result", "run_cases"]

CALENDARS = "calendars"


def run_cases(path: Path, vendors: Vendors | None = None) -> list[Result]:
    """What became of each rule of each check of the cases below `path` (or of the one file), by the cases' file names.

    Calendars are in the folder `calendars` beside the cases. A case that cannot be read is one result of its own,
    "differs", with the reason. Raises `FixSettings` when there is no such path, no case below it, or a calendar cannot
    be read.
    """
    files = list(_case_files(path))
    if not files:
        raise FixSettings(f"{path}: no worked case there (files ending in .yaml, with a folder {CALENDARS}/)")
    return [result for file in files for result in _run_file(file, vendors)]


def _case_files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise FixSettings(f"{path}: there is no such file or folder")
    for file in sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")]):
        if file.parent.name != CALENDARS:
            yield file


def _run_file(file: Path, vendors: Vendors | None) -> Iterator[Result]:
    calendars = _calendars(file.parent / CALENDARS)
    try:
        yield from run_case(_read(file), calendars, vendors)
    except (FixSettings, RulesProblem) as problem:
        yield Result(file.stem, None, "", Outcome.DIFFERS, {}, {}, problem.sentence)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        reason = f"{file}: not in the form of a worked case ({type(fault).__name__}: {fault})"
        yield Result(file.stem, None, "", Outcome.DIFFERS, {}, {}, reason)


def _calendars(folder: Path) -> dict[str, Mapping[str, Any]]:
    return {file.stem: _read(file) for file in sorted(folder.glob("*.yaml"))}


def _read(file: Path) -> Mapping[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise FixSettings(f"{file}: cannot be read as YAML", detail=str(fault)) from fault
    if not isinstance(found, Mapping):
        raise FixSettings(f"{file}: holds no keys and values")
    return found
