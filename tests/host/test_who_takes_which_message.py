"""Two destinations of one authority: each kind of message goes to one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import Kind
from rollbook.contract.errors import FixSettings
from rollbook.host.config import Config, load
from rollbook.host.untaken import untaken

HEAD = """
[installation]
name = "Example Trust"
[connections.oaks]
plugin = "csv"
[[schools]]
urn = 100001
name = "Oaks"
la = "801"
type = "academy"
connection = "oaks"
"""


def configured(tmp_path: Path, **kinds: str) -> Config:
    """Destinations by name, all of authority 801; of each its `kinds` as TOML, empty for none."""
    path = tmp_path / "rollbook.toml"
    tables = [
        f'[destinations.{name}]\nplugin = "p"\nauthorities = ["801"]\n' + (f"kinds = {said}\n" if said else "")
        for name, said in kinds.items()
    ]
    path.write_text(HEAD + "\n".join(tables), encoding="utf-8")
    return load(path)


def takes(config: Config, kind: str) -> str | None:
    found = config.destination_of("801", kind)
    return found.name if found else None


def test_what_no_kinds_name_goes_to_the_one_without(tmp_path: Path) -> None:
    config = configured(tmp_path, s2s='["transfer_file"]', council="")
    assert (takes(config, "transfer_file"), takes(config, "attendance_return")) == ("s2s", "council")


def test_which_kinds_it_gets_is_no_setting_of_its_plugin(tmp_path: Path) -> None:
    assert configured(tmp_path, s2s='["transfer_file"]').destinations["s2s"].settings == {}


def test_one_alone_gets_all(tmp_path: Path) -> None:
    config = configured(tmp_path, council="")
    assert (takes(config, "transfer_file"), takes(config, "attendance_return")) == ("council", "council")


def test_with_kinds_alone_the_rest_goes_nowhere(tmp_path: Path) -> None:
    config = configured(tmp_path, s2s='["transfer_file"]')
    assert (takes(config, "transfer_file"), takes(config, "attendance_return")) == ("s2s", None)


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        ({"one": "", "two": ""}, 'the authority "801" is named by 2 of them without `kinds`'),
        (
            {"one": '["transfer_file"]', "two": '["transfer_file"]'},
            'the authority "801" is named by 2 of them for kind transfer_file',
        ),
        ({"one": '["transfer-file"]'}, 'must be one of "attendance_return", "transfer_file"'),
    ],
)
def test_two_that_want_the_same_are_a_mistake(tmp_path: Path, kinds: dict[str, str], why: str) -> None:
    with pytest.raises(FixSettings, match=why):
        configured(tmp_path, **kinds)


def nobody_takes(config: Config, **taken: set[Kind]) -> str:
    return untaken(None, config, config.schools, taken).get("801", "")


def test_the_kinds_that_no_destination_takes_are_named(tmp_path: Path) -> None:
    said = nobody_takes(configured(tmp_path, s2s='["transfer_file"]'))
    assert said.startswith(
        "No destination takes attendance returns, attendance follow-ups, irregular attendance returns"
    )
    assert said.endswith(
        "and worker deletion notices for the authority 801: what would be said in them stays here. Let a destination "
        "take them, or tell it otherwise."
    )
    assert "transfer files" not in said


def test_so_are_those_that_the_plugin_of_the_one_without_kinds_does_not_take(tmp_path: Path) -> None:
    said = nobody_takes(configured(tmp_path, council=""), council=set(Kind) - {Kind.TRANSFER_FILE})
    assert said.startswith("No destination takes transfer files for the authority 801:")


def test_of_a_plugin_that_was_not_asked_nothing_is_said(tmp_path: Path) -> None:
    assert nobody_takes(configured(tmp_path, council="")) == ""
