from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DISTRIBUTIONS = sorted(path.parent for path in ROOT.glob("*/pyproject.toml")) + sorted(
    path.parent for path in ROOT.glob("plugins/*/pyproject.toml")
)
# Written in parts, so that this file itself holds none of them.
FORBIDDEN = ["/wo" + "rk/", "files.python" + "hosted.org", "pypi" + ".org/simple", "-----BEGIN" + " PRIVATE KEY"]


@cache
def tracked() -> list[Path]:
    """Every file that git tracks, of those that are still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def python(folder: str = "") -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.is_relative_to(ROOT / folder)]


def said(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_rooms_import_only_what_they_may() -> None:
    # In a process of its own: it sets logging up afresh, and would silence the loggers that other tests listen to.
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_room_of_core_is_under_a_contract_of_imports() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(rule["layers"] for rule in rules["contracts"] if rule["type"] == "layers")
    ruled = {room.strip().removeprefix("rollbook.") for layer in layers for room in layer.replace("|", ":").split(":")}
    rooms = {path.parent.name for path in (ROOT / "core/src/rollbook").glob("*/__init__.py")}
    assert rooms == ruled


def test_core_imports_no_plugin_and_does_not_find_one_by_its_module() -> None:
    modules = {path.name for path in ROOT.glob("plugins/*/src/*") if path.is_dir()}
    strays = [said(path) for path in python("core/src") if any(name in path.read_text() for name in modules)]
    assert strays == []


def test_an_init_file_is_in_a_source_tree_alone() -> None:
    strays = [said(path) for path in ROOT.rglob("__init__.py") if ".venv" not in path.parts and "src" not in path.parts]
    assert strays == []


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda path: path.name)
def test_every_distribution_is_typed(folder: Path) -> None:
    (package,) = [path for path in (folder / "src").iterdir() if (path / "__init__.py").exists()]
    assert (package / "py.typed").exists()
    checked = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["files"]
    assert str((folder / "src").relative_to(ROOT)) in checked


def test_every_module_under_src_reads_annotations_late_and_says_what_it_is() -> None:
    strays = []
    for path in (path for path in python() if "src" in path.parts):
        text = path.read_text(encoding="utf-8")
        if not text.strip():
            continue
        late = "from __future__ import annotations" in text or path.name == "__init__.py"
        if not late or not ast.get_docstring(ast.parse(text)):
            strays.append(said(path))
    assert strays == []


@pytest.mark.parametrize("folder", sorted(ROOT.glob("plugins/*/pyproject.toml")), ids=lambda path: path.parent.name)
def test_every_plugin_has_an_entry_point_that_is_installed_and_has_hooks(folder: Path) -> None:
    project = tomllib.loads(folder.read_text())["project"]
    for name, module in project["entry-points"]["rollbook"].items():
        (point,) = importlib.metadata.entry_points(group="rollbook", name=name)
        assert point.value == module
        loaded = point.load()
        assert hasattr(loaded, "rollbook_sources") or hasattr(loaded, "rollbook_destinations")


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda path: path.name)
def test_a_range_on_a_distribution_of_ours_is_of_its_major_version(folder: Path) -> None:
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    extras = [need for needs in project.get("optional-dependencies", {}).values() for need in needs]
    ours = [need for need in project["dependencies"] + extras if need.startswith("rollbook")]
    assert all(need.endswith(">=1.0,<2") for need in ours), ours


def test_no_file_names_a_place_of_one_machine_or_a_package_host() -> None:
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{said(path)}: {word}" for word in FORBIDDEN if word in text]
    assert found == []


def test_the_command_line_starts_without_anything_heavy() -> None:
    code = (
        "import sys, rollbook.cli.start; "
        "print(*sorted({name.split('.')[0] for name in sys.modules} & "
        "{'polars', 'sqlalchemy', 'alembic', 'httpx', 'marshmallow', 'rich', 'msgspec', 'psutil'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == ""


def test_files_and_functions_stay_small() -> None:
    """None much over 300 lines, none over 60. A migration is a list of tables and may be as long as they are."""
    large = []
    for path in (path for path in python() if "src" in path.parts and "migrations" not in path.parts):
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 330:
            large.append(said(path))
        functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
        large += [f"{said(path)}: {one.name}" for one in functions if (one.end_lineno or 0) - one.lineno >= 60]
    assert large == []
