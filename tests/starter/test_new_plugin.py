"""`rollbook plugins new`: a distribution to fill in, its files and its names; what is refused."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from rollbook.host.new_plugin import IN_GUIDES, OURS, Kind
from support.plugins import installer
from support.starter import GUIDES, fill, fresh
from support.typed import type_command

KINDS: list[Kind] = ["source", "destination"]
ROOT = Path(__file__).parents[2]


def texts(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.mark.parametrize("kind", KINDS)
def test_it_writes_a_distribution_with_tests_and_says_what_next(kind: str, tmp_path: Path) -> None:
    typed = type_command("plugins", "new", "county_hub", "--kind", kind, "--folder", tmp_path)
    assert typed.status == 0
    assert f"docs/writing-a-{kind}.md" in typed.out
    written = texts(tmp_path / "rollbook-county-hub")
    assert {
        ".gitignore",
        ".github/workflows/ci.yml",
        "CHANGELOG.md",
        "README.md",
        "pyproject.toml",
        f"src/rollbook_county_hub/{kind}.py",
        "src/rollbook_county_hub/py.typed",
        "src/rollbook_county_hub/settings.py",
        "src/rollbook_county_hub/simulator.py",
        "tests/test_conformance.py",
        "tests/test_county_hub.py",
    } <= set(written)
    assert "class CountyHub(" in written[f"src/rollbook_county_hub/{kind}.py"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_invented_vendor_is_left(kind: Kind, tmp_path: Path) -> None:
    written = texts(fresh(tmp_path, kind, "county_hub"))
    assert [path for path, text in written.items() if "acme" in (path + text).lower()] == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_found_by_its_name_and_asks_for_a_range_of_rollbook(kind: Kind, tmp_path: Path) -> None:
    project = tomllib.loads((fresh(tmp_path, kind, "county_hub") / "pyproject.toml").read_text())["project"]
    assert project["name"] == "rollbook-county-hub"
    assert project["entry-points"]["rollbook"] == {"county_hub": "rollbook_county_hub"}
    assert "rollbook>=1.0,<2" in project["dependencies"]
    assert "rollbook[testing]>=1.0,<2" in project["optional-dependencies"]["test"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Acme", "cannot be a plugin's name"),
        ("2acme", "cannot be a plugin's name"),
        ("acme-mis", "cannot be a plugin's name"),
        ("../acme", "cannot be a plugin's name"),
        ("a_", "words parted by one _"),
        ("acme__mis", "words parted by one _"),
        ("class", "it is a word of Python's own"),
        ("source", "its class Source would hide another"),
        ("any", "its class Any would hide another"),
        ("table", "its class Table would hide another"),
        ("pupil", "its class Pupil would hide another"),
        ("exception", "its class Exception would hide another"),
        ("none", "its class None would hide another"),
        ("csv", "is a plugin of Rollbook's own"),
        ("arbor_live_feed", "is a plugin of Rollbook's own"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, said: str, tmp_path: Path) -> None:
    typed = type_command("plugins", "new", name, "--folder", tmp_path)
    assert (typed.status, list(tmp_path.iterdir())) == (2, [])
    assert said in typed.err


def test_a_name_that_is_installed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installer(tmp_path, monkeypatch)("quillstone", module="support.kit_plain")
    typed = type_command("plugins", "new", "quillstone", "--folder", tmp_path / "new")
    assert typed.status == 2
    assert "is installed already" in typed.err


def test_every_plugin_of_ours_is_known_by_its_name() -> None:
    """Also where it is not installed: a stranger's of that name could never stand beside it."""
    projects = [tomllib.loads(path.read_text(encoding="utf-8")) for path in ROOT.glob("plugins/*/pyproject.toml")]
    names = {name for one in projects for name in one["project"]["entry-points"]["rollbook"]}
    assert names == set(OURS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_that_a_guide_goes_on_to_write_is_known(kind: Kind) -> None:
    written = set(re.findall(r"^class (\w+)", GUIDES[kind].read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert {name for name in written if "Acme" not in name} <= IN_GUIDES


def test_a_folder_that_is_there_is_never_touched(tmp_path: Path) -> None:
    mine = tmp_path / "rollbook-acme" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    typed = type_command("plugins", "new", "acme", "--folder", tmp_path)
    assert typed.status == 2
    assert "is there already and was left as it is" in typed.err
    assert texts(tmp_path) == {"rollbook-acme/mine.txt": "mine"}


def test_a_dry_run_lists_and_writes_nothing(tmp_path: Path) -> None:
    typed = type_command("plugins", "new", "acme", "--folder", tmp_path, "--dry-run")
    assert typed.status == 0
    assert str(tmp_path / "rollbook-acme" / "src" / "rollbook_acme" / "source.py") in typed.out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_method_that_is_still_to_be_written_names_its_clause_and_its_step(kind: Kind, tmp_path: Path) -> None:
    guide = GUIDES[kind].read_text(encoding="utf-8")
    module = ast.parse((fresh(tmp_path, kind) / f"src/rollbook_acme/{kind}.py").read_text(encoding="utf-8"))
    told = [ast.unparse(node) for node in ast.walk(module) if isinstance(node, ast.Raise)]
    assert len(told) == 3
    for text in told:
        assert "docs/contract.md, clause" in text
        step = text.rpartition("step ")[2][0]
        assert f"\n## {step}. " in guide


@pytest.mark.parametrize("kind", KINDS)
def test_every_block_of_python_in_the_guide_goes_into_the_starter(kind: Kind, tmp_path: Path) -> None:
    filled = fill(fresh(tmp_path, kind), kind)
    assert len(filled) == GUIDES[kind].read_text(encoding="utf-8").count("```python")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["ab", "a_vendor_of_a_long_name"])
def test_its_own_lint_passes_whatever_the_name(kind: Kind, name: str, tmp_path: Path) -> None:
    made = fresh(tmp_path, kind, name)
    typed = [sys.executable, "-m", "ruff", "check", "--no-cache", "."]
    ran = subprocess.run(typed, cwd=made, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout
