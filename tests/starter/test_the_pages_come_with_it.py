"""Whoever did only `pip install` can read the contract: its pages are in what is built, and a clause is printed."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from rollbook.host import pages
from rollbook.testing.kit.all_checks import OF_DESTINATIONS, OF_SOURCES
from rollbook.testing.kit.conformance import report
from rollbook.testing.kit.outcome import Outcome, State
from support.typed import type_command

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {str(path.relative_to(DOCS)): path.read_bytes() for path in DOCS.rglob("*") if path.suffix in (".md", ".txt")}


def built(project: Path, target: str, folder: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return next(folder.iterdir())


def in_wheel(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        found = [name for name in archive.namelist() if name.startswith("rollbook/pages/")]
        return {name.removeprefix("rollbook/pages/"): archive.read(name) for name in found}


def test_a_wheel_holds_every_page(tmp_path: Path) -> None:
    assert in_wheel(built(ROOT / "core", "wheel", tmp_path)) == PAGES


def test_so_does_a_wheel_that_is_built_from_the_source_archive(tmp_path: Path) -> None:
    with tarfile.open(built(ROOT / "core", "sdist", tmp_path / "archive")) as archive:
        archive.extractall(tmp_path / "sources", filter="data")
    (sources,) = (tmp_path / "sources").iterdir()
    assert in_wheel(built(sources, "wheel", tmp_path / "wheel")) == PAGES


def test_a_page_is_read_where_it_was_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_HOME", tmp_path / "site" / "rollbook")
    shipped = tmp_path / "site" / "rollbook" / "pages" / "contract.md"
    shipped.parent.mkdir(parents=True)
    shipped.write_text(
        '- <a id="clause-4.2"></a>**4.2** *Advised.* No two rows\n  of [a pull](x.md).\n\n', encoding="utf-8"
    )
    assert pages.page("contract.md") == shipped
    assert pages.clauses() == {"4.2": "Advised. No two rows of a pull."}


def test_every_check_finds_the_words_of_its_clause() -> None:
    found = pages.clauses()
    assert {check.clause for check in [*OF_SOURCES.values(), *OF_DESTINATIONS.values()]} == set(found)
    assert [number for number, said in found.items() if not said.endswith(".") or "](" in said] == []


def test_a_check_that_fails_prints_the_clause() -> None:
    check = OF_SOURCES["S08"]
    text = report(Outcome("S08", "4.2", check.grade, check.name, check.proves, State.FAILED, "two rows are one"))
    assert "Clause 4.2: No two rows of a pull have the same key." in text
    assert "Read: docs/contract.md, clause 4.2" in text


def test_a_clause_is_printed_with_its_page() -> None:
    typed = type_command("plugins", "clause", "4.2")
    assert typed.status == 0
    assert "No two rows of a pull have the same key." in typed.out
    assert str(ROOT / "docs" / "contract.md") in typed.out.replace("\n", "")


def test_without_a_number_it_says_where_the_pages_are() -> None:
    said = type_command("plugins", "clause").out.split()
    assert Path(said[0]) == ROOT / "docs" / "writing-a-source.md"
    assert [path for path in said if not Path(path).is_file()] == []


def test_a_clause_that_is_not_there_is_said() -> None:
    typed = type_command("plugins", "clause", "99.1")
    assert typed.status == 2
    assert "There is no clause 99.1" in typed.err
