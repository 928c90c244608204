"""The result of the conformance checks that a plugin's maker keeps beside its module: its form, and how it is read.

{"form": 1, "contract": "1.0", "rollbook": "1.0.0", "plugin": {...}, "code": "sha256:...", "checks_not_run": 0,
 "totals": {"required": {"passed": 43}, ...},
 "checks": [{"id": "S01", "clause": "3.1", "grade": "required", "name": ..., "state": "passed", "why": ""}, ...],
 "digest": "sha256:..."}

`code` is that of the package whose result it is (`code_digest`): a result that outlives its code says nothing of it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollbook.host.guard import clean
from rollbook.host.plugins import GROUP, PluginRecord

FORM = 1
LARGEST = 1024 * 1024
GRADES = ("required", "advised")
PASSED, GAP, FAILED, CLOSED, DOES_NOT_APPLY = "passed", "gap", "failed", "closed", "does not apply"
STATES = (PASSED, FAILED, GAP, CLOSED, DOES_NOT_APPLY)
CODE = ("*.py", "*.toml")


@dataclass(frozen=True)
class Kept:
    """What a plugin's result says. `text`: one line. `open`: a line for each check that is no pass.

    sound: whether it is whole, unchanged, and of this version and this code. stale: it would be, had the code not been
    changed since. passes: it is sound, and no required check fails.
    """

    text: str
    sound: bool = False
    open: tuple[str, ...] = ()
    stale: bool = False
    passes: bool = False


def file_name(plugin: str) -> str:
    """The name of the result's file, in the folder of the plugin's package."""
    return f"conformance-{plugin}.json"


def kept(record: PluginRecord) -> Kept:
    """The result that came with an installed plugin; its code is not run."""
    package = _package(record.name)
    path = package / file_name(record.name) if package else None
    if path is None or not path.is_file():
        return Kept("no result came with it")
    try:
        if path.stat().st_size > LARGEST:
            return Kept("its result is too large to be one")
        result = json.loads(path.read_text(encoding="utf-8"))
        return _judged(result, record, code_digest(record.name))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Kept("its result cannot be read")


def code_digest(plugin: str) -> str:
    """SHA-256 of the plugin's package: path and content of each of its files of Python and TOML, however their lines
    end. Empty where the plugin is not installed, or is no package. Raises OSError.
    """
    package = _package(plugin)
    if package is None:
        return ""
    made = hashlib.sha256()
    files = {path.relative_to(package).as_posix(): path for kind in CODE for path in package.rglob(kind)}
    for name, path in sorted(files.items()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        made.update(f"{name}\0{len(content)}\0".encode() + content)
    return f"sha256:{made.hexdigest()}"


def digest(result: Mapping[str, Any]) -> str:
    """SHA-256 of the result without its digest, as JSON with sorted keys and no spaces."""
    bare = {key: value for key, value in result.items() if key != "digest"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def totals(checks: Iterable[Mapping[str, Any]], grade: str) -> dict[str, int]:
    """How many of one grade ended in each state."""
    found = Counter(str(one["state"]) for one in checks if one["grade"] == grade)
    return {state: found[state] for state in STATES if found[state]}


def summary(result: Mapping[str, Any]) -> str:
    """One line: what passed, of how much, and what does not."""
    parts = []
    for grade in GRADES:
        found = result["totals"][grade]
        applies = sum(found.values()) - found.get(DOES_NOT_APPLY, 0)
        parts.append(f"{found.get(PASSED, 0)} of {applies} {grade}")
    gaps = sum(found.get(GAP, 0) for found in result["totals"].values())
    declared = f", {gaps} declared gap{'s' if gaps != 1 else ''}" if gaps else ""
    missing = f", {result['checks_not_run']} not run" if result["checks_not_run"] else ""
    return f"contract {result['contract']}: {', '.join(parts)}{declared}{missing}"


def _judged(result: Any, record: PluginRecord, code: str) -> Kept:
    if result["form"] != FORM:
        return Kept("its result has a form that this Rollbook does not know: upgrade Rollbook")
    checks = result.get("checks", [])
    counted = {grade: totals(checks, grade) for grade in GRADES}
    if result["digest"] != digest(result) or result["totals"] != counted:
        return Kept("its result was changed after it was made: it says nothing")
    whose = result["plugin"]
    text = clean(summary(result))
    rows = [one for one in checks if one["state"] not in (PASSED, DOES_NOT_APPLY)]
    lines = tuple(clean(f"{one['id']} {one['name']} ({one['grade']}): {one['state']}: {one['why']}") for one in rows)
    if (whose["name"], whose["distribution"], whose["version"]) != (record.name, record.distribution, record.version):
        return Kept(f"{text}; but that was {clean(whose['distribution'])} {clean(whose['version'])}", open=lines)
    whole = not result["checks_not_run"]
    if result.get("code") != code:
        return Kept(f"{text}; but its code was changed since: that says nothing of it now", open=lines, stale=whole)
    fails = [one for one in checks if one["grade"] == GRADES[0] and one["state"] in (FAILED, CLOSED)]
    failing = f"; {len(fails)} required fail" if fails else ""
    return Kept(text + failing, sound=whole, open=lines, passes=whole and not fails)


def _package(plugin: str) -> Path | None:
    """The folder of the package that the entry point names, where its result stands. Its code is not run."""
    points = list(importlib.metadata.entry_points(group=GROUP, name=plugin))
    if len(points) != 1:
        return None
    spec = importlib.util.find_spec(points[0].module.partition(".")[0])
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) if places else None
