from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from rollbook import contract
from rollbook.contract import hookspecs
from rollbook.contract.errors import KINDS
from rollbook.host.config import load
from rollbook.host.config_schema import ConfigSchema, InstallationSchema, LimitsSchema, ReturnsSchema, SchoolSchema

ROOT = Path(__file__).parents[2]
CONTRACT = (ROOT / "docs/contract.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
HOOKS = {name for name in vars(hookspecs) if name.startswith("rollbook_")}
HEADINGS = re.findall(r"^### `(\w+)`$", CONTRACT, flags=re.MULTILINE)


def section(name: str) -> str:
    return CONTRACT.split(f"### `{name}`\n")[1].split("\n##")[0]


def test_every_hook_and_every_public_name_has_its_heading_and_nothing_else_has_one() -> None:
    assert sorted(HEADINGS) == sorted(HOOKS | set(contract.__all__))


def test_every_public_name_can_be_imported_and_says_what_it_is() -> None:
    assert all(getattr(getattr(contract, name), "__doc__", None) for name in contract.__all__)


@pytest.mark.parametrize("name", ["Source", "Destination"])
def test_every_class_variable_and_method_of_a_base_class_is_documented(name: str) -> None:
    base = getattr(contract, name)
    members = [member for member in vars(base) if not member.startswith("_")] + list(base.__annotations__)
    missing = {member for member in members if not re.search(rf"`{member}[`(]", section(name))}
    assert missing == set()


@pytest.mark.parametrize(
    "name", ["Page", "Reject", "Done", "Window", "SchoolRef", "Remark", "Message", "Key", "Receipt"]
)
def test_every_field_of_a_value_is_in_its_signature(name: str) -> None:
    signature = re.search(rf"`{name}\(([^`]*)\)`", section(name))
    assert signature
    written = [part.split("=")[0].strip() for part in re.sub(r"\([^)]*\)|\{\}", "", signature[1]).split(",")]
    assert written == list(getattr(contract, name).__dataclass_fields__)


def test_every_error_is_documented() -> None:
    assert set(KINDS) <= set(HEADINGS)


def test_the_version_of_the_contract_is_the_one_documented() -> None:
    assert f"The version of this contract is {contract.CONTRACT_VERSION}." in CONTRACT


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
