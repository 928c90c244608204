"""docs/arbor.md names every setting with its default, every kind of record to be approved, every heading; no others."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, missing

from rollbook.tables.schemas import PAGES, Table
from rollbook_arbor import asked
from rollbook_arbor.entities import ROLL_CALL_RECORD
from rollbook_arbor.live_feed.headings import USUAL
from rollbook_arbor.live_feed.settings import LiveFeedSettings
from rollbook_arbor.settings import FLAGS, ArborSettings, HostSettings
from rollbook_arbor.tables.sessions import REFERRED

TEXT = (Path(__file__).parents[3] / "docs" / "arbor.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return re.split(r"^## ", TEXT.partition(f"\n## {heading}")[2], maxsplit=1, flags=re.M)[0]


def named_settings(text: str) -> set[str]:
    """Those of the first column of a table of settings."""
    table = text.partition("| setting |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines()[1:] if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def has(schema: type[Schema], without: type[Schema] | None = None) -> set[str]:
    return set(schema().fields) - set(without().fields if without else ())


def test_every_setting_of_a_connection_is_explained_and_no_other() -> None:
    assert named_settings(section("A connection")) == has(ArborSettings)


def test_every_setting_of_a_live_feed_is_explained_and_no_other() -> None:
    assert named_settings(section("Live Feed")) == has(LiveFeedSettings, HostSettings)


@pytest.mark.parametrize("name", ["page_size", "at_once", "route", "user_agent"])
def test_the_stated_default_is_the_one_that_is_taken(name: str) -> None:
    default = ArborSettings().fields[name].load_default
    assert default is not missing
    assert re.search(rf"^\| `{name}` \| `?{re.escape(str(default))}`? \|", section("A connection"), flags=re.M)


def test_what_must_be_approved_is_what_is_read() -> None:
    wanted = {entity.name for entity in asked.all_entities({"flags": list(FLAGS), "without": []})}
    rows = [line for line in section("What to ask for").splitlines() if line.startswith("| ")][1:]
    named = [name.strip() for row in rows for name in row.split("|")[2].split(",")]
    assert sorted(named) == sorted(wanted | {*REFERRED, ROLL_CALL_RECORD.name})


def test_every_heading_of_a_report_is_told_and_whether_it_is_needed() -> None:
    for table, columns in USUAL.items():
        [row] = [line for line in section("Live Feed").splitlines() if line.startswith(f"| `{table.value}` | **")]
        assert row.removeprefix(f"| `{table.value}` | ").removesuffix(" |") == " · ".join(told(table, columns))


def told(table: Table, columns: Mapping[str, tuple[str, ...]]) -> list[str]:
    """How the page says which headings hold which columns."""
    parts = []
    for name, headings in columns.items():
        needed = PAGES[table][name].required or (table, name) == (Table.MARKS, "code")
        known = "as above" if name == "pupil" and table is not Table.MARKS else ", ".join(headings)
        parts.append(f"{'**' if needed else ''}{name}{'**' if needed else ''}: {known}")
    return parts


@pytest.mark.parametrize(("heading", "schema"), [("A connection", ArborSettings), ("Live Feed", LiveFeedSettings)])
def test_the_example_is_taken_as_it_stands(heading: str, schema: type[Schema], tmp_path: Path) -> None:
    [block] = re.findall(r"```toml\n(.*?)```", section(heading), flags=re.S)
    given: dict[str, Any] = tomllib.loads(block)["connections"]["oakfield"]
    given.pop("plugin")
    assert schema().load(given)["host"] == "oakfield-school.uk.arbor.sc"
