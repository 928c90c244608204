"""Prints which check caught which change."""

from __future__ import annotations

from typing import Any

import pytest


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for name in ("passed", "failed") for report in terminalreporter.stats.get(name, [])]
    told = [dict(report.user_properties) for report in reports if isinstance(report, pytest.TestReport)]
    rows = sorted((one["change"], one["caught"]) for one in told if "caught" in one)
    if rows:
        missed = sum(caught == "NOTHING" for _, caught in rows)
        terminalreporter.section(f"{len(rows)} values moved by one, {missed} caught by nothing")
        for change, caught in rows:
            terminalreporter.write_line(f"{change:<90} {caught}")
