"""docs/sims-nextgen.md says what is read as the code has it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from rollbook_sims.nextgen.names import ENTITIES, PROPERTIES
from rollbook_sims.settings import SimsSettings

PAGE = (Path(__file__).parents[3] / "docs/sims-nextgen.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("entity", ENTITIES)
def test_each_entity_is_there_with_its_properties(entity: str) -> None:
    said = ", ".join(f"`{field}` = {name}" for field, name in PROPERTIES[entity].items())
    assert f"| `{entity}` | `{ENTITIES[entity]}` | {said} |" in PAGE


def test_each_setting_of_the_example_and_of_the_table_is_one() -> None:
    known = set(SimsSettings().fields)
    (example,) = (tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
    assert set(example["connections"]["larkspur"]) - {"plugin"} <= known
    table = PAGE.partition("| setting |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", re.sub(r"\|[^|\n]*\|[^|\n]*\|\n", "|\n", table))) <= known
