"""Plugins for tests, installed as a stranger's would be: a distribution's folder on the path, with its entry point."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
Install = Callable[..., None]


def installer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """`install(name, code=..., module=..., version=..., distribution=...)`, for this process and those it starts."""
    site = folder / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), str(TESTS)]))

    def install(
        name: str,
        code: str = "",
        *,
        module: str = "",
        version: str = "1.2",
        distribution: str = "",
        needs: str = "",
    ) -> None:
        module = module or f"plugin_{name}_{abs(hash(folder)) % 10**8}"  # a name that no other test imported
        distribution = distribution or f"rollbook-{name}"
        if code:
            (site / f"{module}.py").write_text(code, encoding="utf-8")
        info = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        needed = f"Requires-Dist: {needs}\n" if needs else ""
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n{needed}")
        (info / "entry_points.txt").write_text(f"[rollbook]\n{name} = {module}\n")

    return install
