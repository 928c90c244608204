"""What pytest is taught by `rollbook[testing]`: to show what came of the conformance checks, and to keep it in a file.

It runs in the process that gathers the reports, so the checks may be spread over many. Nothing heavy is imported
where there is no check.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

PROPERTY = "rollbook_conformance"
"""Under this name each test of a check keeps its outcome, as JSON."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--conformance-result FOLDER`."""
    group = parser.getgroup("rollbook", "conformance to Rollbook's contract")
    text = "keep the result of the conformance checks in FOLDER; that of the package: `rollbook plugins show` shows it"
    group.addoption("--conformance-result", metavar="FOLDER", help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Checks that take more than a few seconds can be left out: `-m "not slow"`."""
    config.addinivalue_line("markers", "slow: a conformance check that takes more than a few seconds")


def pytest_runtest_logreport(report: Any) -> None:
    """A check that fails says what it saw: a line for each of its hundreds of requests would only hide that."""
    if any(name == PROPERTY for name, _ in getattr(report, "user_properties", ())):
        report.sections[:] = [section for section in report.sections if not section[0].startswith("Captured log")]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """A line a check for each conformance class, its sum, and where to begin; the file where one is asked for."""
    gathered = _gathered(terminalreporter.stats)
    if not gathered:
        return
    from rollbook.host import conformance
    from rollbook.testing.kit import outcome

    results: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for told in gathered.values():
        first, outcomes = told[0], [outcome.read(one["outcome"]) for one in told]
        code = conformance.code_digest(first["name"])
        result = outcome.result_of(_plugin(first), outcomes, first["known"], code)
        _show(terminalreporter, first, outcomes, result)
        if first["kept"]:
            results[first["name"]].append((first["class"], result))
    if folder := config.getoption("conformance_result"):
        for name, made in results.items():
            terminalreporter.write_line(_keep(name, made, Path(folder)))


def _gathered(stats: dict[str, list[Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What the reports of checks keep, by plugin and by where its class stands.

    Of a check that ran more than once it is the worse end: one that passes at the second time alone does not pass.
    """
    found: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for report in (report for reports in stats.values() for report in reports):
        for name, value in getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ():
            if name == PROPERTY:
                told = json.loads(value)
                ends = found[told["name"], report.nodeid.rpartition("::")[0]]
                id_ = told["outcome"]["id"]
                if id_ not in ends or ends[id_]["outcome"]["state"] == "passed":
                    ends[id_] = told
    return {whose: list(ends.values()) for whose, ends in sorted(found.items())}


def _show(reporter: Any, first: dict[str, Any], outcomes: list[Any], result: dict[str, Any]) -> None:
    from rollbook.host import conformance
    from rollbook.testing.kit import outcome

    reporter.section(f"Conformance of the {first['kind']} {first['name']} ({first['class']})")
    quiet = reporter.verbosity < 0  # pytest -q: what is not well alone
    for line in outcome.table([one for one in outcomes if not quiet or one.state not in outcome.WELL]):
        reporter.write_line(line)
    reporter.write_line(conformance.summary(result))
    if begin := outcome.begin_with(outcomes):
        reporter.write_line(begin)


def _keep(name: str, made: list[tuple[str, dict[str, Any]]], folder: Path) -> str:
    """Write a plugin's result into the folder, and say so; or say why it is not written. A part of the checks, or those
    of one class of several, would stand there as if it were the whole.
    """
    from rollbook.host import conformance
    from rollbook.testing.kit import outcome

    path = folder / conformance.file_name(name)
    if len(made) > 1:
        classes = ", ".join(sorted(cls for cls, _ in made))
        return f"{path} is not written: {classes} each have a result of {name}. Say `kept = False` in all but one."
    [(_, result)] = made
    ran, left_out = len(result["checks"]), result["checks_not_run"]
    if left_out:
        there = ran + left_out
        return (
            f'{path} is not written: {ran} of {there} checks ran. A result is of all: leave out -k and -m "not slow".'
        )
    path.write_text(outcome.written(result), encoding="utf-8")
    return f"Written to {path}: {result['digest']}"


def _plugin(told: dict[str, Any]) -> dict[str, str]:
    """Whose result it is. The version is that of the installed distribution; empty where none is."""
    from rollbook.host.plugins import installed

    record = next((one for one in installed() if one.name == told["name"]), None)
    known = {"distribution": record.distribution, "version": record.version} if record else {}
    return {"kind": told["kind"], "name": told["name"], "distribution": "", "version": "", **known}
