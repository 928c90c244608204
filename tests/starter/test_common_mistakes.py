"""The mistakes that the guides warn of: each is found by the check that stands beside it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rollbook.host.new_plugin import Kind
from support.starter import GUIDES, fill, fresh
from support.starter_mistakes import MISTAKES

ALL = [(kind, check) for kind, found in MISTAKES.items() for check in found]


@pytest.mark.parametrize("kind", list(MISTAKES))
def test_the_guide_tells_of_each_and_no_other(kind: Kind) -> None:
    table = GUIDES[kind].read_text(encoding="utf-8").partition("\n## Common mistakes")[2]
    assert sorted(re.findall(r"`([SD]\d\d)` \|", table)) == sorted(MISTAKES[kind])


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "check"), ALL)
def test_its_check_finds_it(kind: Kind, check: str, tmp_path: Path) -> None:
    made = fresh(tmp_path, kind)
    fill(made, kind)
    name, text, instead = MISTAKES[kind][check]
    file = made / "src" / "rollbook_acme" / name
    before = file.read_text(encoding="utf-8")
    assert text in before
    file.write_text(before.replace(text, instead), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", check],
        cwd=made,
        env={**os.environ, "PYTHONPATH": str(made / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 1, ran.stdout
    assert f"{check} " in ran.stdout
