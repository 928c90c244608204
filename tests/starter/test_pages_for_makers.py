"""The pages for makers of plugins beside the guides: what they say there is, there is, and their Python runs."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from support.contract_surface import names_of_testing
from support.contract_versions import of_code, since, written

DOCS = Path(__file__).parents[2] / "docs"
SIMULATORS = (DOCS / "simulators.md").read_text(encoding="utf-8")
NAMES = {path.rpartition(".")[2]: path for path in names_of_testing()}
FACTS = of_code().facts


@pytest.mark.parametrize("page", ["simulators.md", "shapes.md"])
def test_the_python_of_the_page_runs(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert blocks
    module = tmp_path / "page.py"
    module.write_text("\n".join(blocks), encoding="utf-8")
    runpy.run_path(str(module), run_name="page")


def test_everything_that_is_promised_of_the_testing_tools_has_its_heading_and_nothing_else_has_one() -> None:
    assert sorted(re.findall(r"^### `(\w+)`$", SIMULATORS, flags=re.MULTILINE)) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_since_when_and_every_part_of_it(name: str) -> None:
    section = SIMULATORS.split(f"### `{name}`\n")[1].split("\n##")[0]
    assert section.startswith(f"\n*Since {since(NAMES[name], written())}.* ")
    whole = [fact for fact in FACTS.values() if fact.parent == NAMES[name] and "__" not in fact.path]
    parts = {re.split(r"[.(]", fact.path.removeprefix(NAMES[name]).strip(".()"))[0] for fact in whole}
    assert {part for part in parts if not re.search(rf"\b{part}\b", section)} == set()
