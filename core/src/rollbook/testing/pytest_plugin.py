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
    """A line a check for each conformance class, and its sum; the file where one is asked for."""
    for told in _gathered(terminalreporter.stats).values():
        _show(terminalreporter, told, config.getoption("conformance_result"))


def _gathered(stats: dict[str, list[Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What the reports of checks keep, by plugin and class."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for report in (report for reports in stats.values() for report in reports):
        for name, value in getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ():
            if name == PROPERTY:
                told = json.loads(value)
                found[told["name"], told["class"]].append(told)
    return dict(sorted(found.items()))


def _show(reporter: Any, told: list[dict[str, Any]], folder: str | None) -> None:
    from rollbook.host import conformance
    from rollbook.testing.kit import outcome

    first = told[0]
    outcomes = [outcome.read(one["outcome"]) for one in told]
    result = outcome.result_of(_plugin(first), outcomes, first["known"])
    reporter.section(f"Conformance of the {first['kind']} {first['name']} ({first['class']})")
    quiet = reporter.verbosity < 0  # pytest -q: what is not well alone
    for line in outcome.table([one for one in outcomes if not quiet or one.state not in outcome.WELL]):
        reporter.write_line(line)
    reporter.write_line(conformance.summary(result))
    if folder and first["kept"]:
        path = Path(folder) / conformance.file_name(first["name"])
        path.write_text(outcome.written(result), encoding="utf-8")
        reporter.write_line(f"Written to {path}: {result['digest']}")


def _plugin(told: dict[str, Any]) -> dict[str, str]:
    """Whose result it is. The version is that of the installed distribution; empty where none is."""
    from rollbook.host.plugins import installed

    record = next((one for one in installed() if one.name == told["name"]), None)
    known = {"distribution": record.distribution, "version": record.version} if record else {}
    return {"kind": told["kind"], "name": told["name"], "distribution": "", "version": "", **known}
