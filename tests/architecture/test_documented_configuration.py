"""The page of the configuration, compared with the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from rollbook.host.config import load
from rollbook.host.config_schema import ConfigSchema, InstallationSchema, LimitsSchema, ReturnsSchema, SchoolSchema

CONFIGURATION = (Path(__file__).parents[2] / "docs/configuration.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("schema", [ConfigSchema, InstallationSchema, LimitsSchema, SchoolSchema, ReturnsSchema])
def test_every_setting_is_documented(schema: type) -> None:
    missing = {name for name in schema().fields if not re.search(rf"[`\[.]{name}[`.\]]", CONFIGURATION)}
    assert missing == set()


def test_the_whole_example_of_the_configuration_is_right(tmp_path: Path) -> None:
    example = CONFIGURATION.split("```toml\n")[1].split("```")[0]
    path = tmp_path / "rollbook.toml"
    path.write_text(example, encoding="utf-8")
    config = load(path)
    assert config.warnings == ()
    assert set(tomllib.loads(example)) == set(ConfigSchema().fields)
