"""The pages of the contract, compared with the code."""

from __future__ import annotations

import ast
import re
from itertools import groupby
from pathlib import Path

import pytest

from rollbook import contract
from rollbook.contract import hookspecs
from rollbook.contract.client import Limits
from rollbook.contract.errors import KINDS
from rollbook.tables.schemas import PAGES
from support import contract_pages
from support.contract_surface import table_names
from support.contract_versions import DOCS, Surface, of_code, since, written

ROOT = DOCS.parent
CONTRACT = (DOCS / "contract.md").read_text(encoding="utf-8")
COMPATIBILITY = (DOCS / "compatibility.md").read_text(encoding="utf-8")
HOOKS = {name for name in vars(hookspecs) if name.startswith("rollbook_")}
HEADINGS = re.findall(r"^### `(\w+)`$", CONTRACT, flags=re.MULTILINE)
CLAUSE = re.compile(r'^- <a id="clause-(\d+\.\d+)"></a>\*\*(\d+\.\d+)\*\* (.+)$', flags=re.MULTILINE)
SURFACE = of_code()
NOT_WRITTEN_OUT = {"__init__", "__init_subclass__", "__enter__", "__exit__"}  # in prose


def section(name: str, text: str = CONTRACT) -> str:
    return text.split(f"### `{name}`\n")[1].split("\n##")[0]


def members(name: str) -> list[str]:
    """Paths of what the public name is made of: its fields, class variables, methods, members."""
    return [path for path, fact in SURFACE.facts.items() if fact.parent == name and "(" not in path]


def said_since(name: str, member: str) -> str | None:
    """The version beside a member in the table of its section, or after its name in the text; None where neither is."""
    row = re.search(rf"^\|[^|]*`{member}[`(].*\| (\d+\.\d+) \|$", section(name), flags=re.MULTILINE)
    text = re.search(rf"`{member}[^`]*` \(since (\d+\.\d+)\)", section(name))
    found = row or text
    return found[1] if found else None


def not_said(name: str, versions: list[Surface]) -> list[str]:
    """The members whose version the section has wrong, or leaves out where it is another than the name's own."""
    came = {path: since(path, versions) for path in members(name)}
    said = {path: said_since(name, path.split(".")[1]) for path in came}
    own = since(name, versions)
    return [path for path in came if said[path] != came[path] and not (said[path] is None and came[path] == own)]


def test_every_hook_and_every_public_name_has_its_heading_and_nothing_else_has_one() -> None:
    assert sorted(HEADINGS) == sorted(HOOKS | set(contract.__all__))


def test_every_public_name_can_be_imported_and_says_what_it_is() -> None:
    assert all(getattr(getattr(contract, name), "__doc__", None) for name in contract.__all__)


@pytest.mark.parametrize("name", HEADINGS)
def test_every_name_is_said_to_be_there_since_the_version_in_which_it_came(name: str) -> None:
    assert section(name).startswith(f"\n*Since {since(name, written())}.* ")


@pytest.mark.parametrize("name", contract.__all__)
def test_every_part_of_a_name_is_in_its_section(name: str) -> None:
    parts = {path.split(".")[1] for path in members(name)} - NOT_WRITTEN_OUT
    missing = {part for part in parts if not re.search(rf"\b{part}\b", section(name), re.IGNORECASE)}
    assert missing == set()


@pytest.mark.parametrize("name", contract.__all__)
def test_every_part_that_came_later_than_its_name_says_so(name: str) -> None:
    assert not_said(name, written()) == []


def test_a_part_of_which_it_is_not_said_is_found() -> None:
    earlier = Surface("0.9", {path: fact for path, fact in SURFACE.facts.items() if path != "Page.origin"})
    assert not_said("Page", [earlier, SURFACE]) == ["Page.origin"]


@pytest.mark.parametrize("name", ["Source", "Destination", "Reading", "Rule"])
def test_every_part_of_what_has_a_table_has_its_version(name: str) -> None:
    parts = {path.split(".")[1] for path in members(name)} - NOT_WRITTEN_OUT
    assert {part for part in parts if not re.search(rf"\|[^|]*`{part}[`(]", section(name))} == set()
    rows = re.findall(r"^\| `.*$", section(name).split("| raised |")[0], flags=re.MULTILINE)
    assert [row for row in rows if not re.search(r"\| \d+\.\d+ \|$", row)] == []


@pytest.mark.parametrize(
    "name",
    [name for name in contract.__all__ if members(name) and SURFACE.facts[members(name)[0]].kind.startswith("field")],
)
def test_every_field_of_a_value_is_in_its_signature_with_its_default(name: str) -> None:
    signature = re.search(rf"`{name}\(([^`]*)\)`", section(name))
    assert signature
    written_out = re.sub(r"\s+", " ", signature[1].replace('"', "'"))
    fields = [SURFACE.facts[path] for path in members(name) if SURFACE.facts[path].kind.startswith("field")]
    expected = [
        f"{fact.path.split('.')[1]}{fact.asks.replace('= ', '=') if '=' in fact.asks else ''}" for fact in fields
    ]
    if name == "Limits":  # whole seconds are written without their point
        expected = [
            f"{field}={value:g}" if value < 1000 else f"{field}={value}" for field, value in vars(Limits()).items()
        ]
    assert written_out == ", ".join(expected)


def test_every_error_is_documented() -> None:
    assert set(KINDS) <= set(HEADINGS)


def test_the_version_of_the_contract_is_the_one_documented() -> None:
    assert f"The version of this contract is {contract.CONTRACT_VERSION}." in CONTRACT
    assert f"(contract-{contract.CONTRACT_VERSION}.txt)" in CONTRACT


def test_the_page_of_tables_is_what_the_tables_are() -> None:
    """`make contract` writes it."""
    assert contract_pages.PAGE.read_text(encoding="utf-8") == contract_pages.text()


@pytest.mark.parametrize("table", list(PAGES))
def test_every_column_of_a_table_is_on_the_page_of_tables(table: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section(table, contract_pages.text()), flags=re.MULTILINE)
    assert rows == list(PAGES[table])


def test_every_version_of_the_contract_is_in_the_page_of_compatibility() -> None:
    told = re.findall(r"^\| (\d+\.\d+) \| \d+\.\d+\.\d+ \|", COMPATIBILITY, flags=re.MULTILINE)
    assert told == [one.version for one in written()]


def test_the_clauses_are_in_order_and_each_has_its_anchor() -> None:
    clauses = CLAUSE.findall(CONTRACT)
    assert len(clauses) == CONTRACT.count('<a id="clause-')
    assert all(anchor == number for anchor, number, _ in clauses)
    numbers = [tuple(int(part) for part in number.split(".")) for _, number, _ in clauses]
    assert numbers == sorted(set(numbers))
    assert [part for part, _ in groupby(numbers, key=lambda number: number[0])] == list(range(1, 15))


def test_links_of_these_pages_lead_somewhere() -> None:
    for page in ("contract.md", "contract-tables.md", "compatibility.md", "simulators.md", "shapes.md"):
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (DOCS / page).read_text(encoding="utf-8")):
            assert (DOCS / link).is_file(), f"{page}: {link}"


@pytest.mark.parametrize("folder", sorted(ROOT.glob("plugins/*/src")), ids=lambda path: path.parent.name)
def test_our_own_plugins_use_what_is_documented_alone(folder: Path) -> None:
    """As a stranger's must: names of `rollbook.contract` itself, and of rollbook.tables those on the page of tables."""
    tables = {f"rollbook.tables.{path.rpartition('.')[0]}.{path.rpartition('.')[2]}" for path in table_names()}
    known = {f"rollbook.contract.{name}" for name in contract.__all__} | tables
    strays = []
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = (isinstance(node, ast.ImportFrom) and node.module) or ""
            if module.startswith(("rollbook.contract", "rollbook.tables")):
                used = {f"{module}.{one.name}" for one in node.names}
                strays += [f"{path.relative_to(folder)}: {name}" for name in sorted(used - known)]
    assert strays == []
