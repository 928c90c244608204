"""What a run of the tests puts into the temporary folder goes with it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def test_a_run_has_a_temporary_folder_of_its_own_and_so_has_what_it_starts() -> None:
    here = Path(tempfile.gettempdir())
    assert here.name.startswith("rollbook-tests-")
    asked = [sys.executable, "-c", "import tempfile; print(tempfile.gettempdir())"]
    assert subprocess.run(asked, capture_output=True, check=True, text=True).stdout.strip() == str(here)


def test_a_run_that_ended_has_left_nothing(tmp_path: Path) -> None:
    test = tmp_path / "test_one.py"
    test.write_text("import tempfile\n\ndef test_one():\n    tempfile.mkstemp()\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text((Path(__file__).parents[1] / "conftest.py").read_text(encoding="utf-8"))
    there = tmp_path / "there"
    there.mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ROLLBOOK_TESTS", "PYTEST"))}
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
    subprocess.run(run, cwd=tmp_path, env=own | {"TMPDIR": str(there)}, capture_output=True, check=True)
    assert [path.name for path in there.iterdir() if not path.name.startswith("pytest-of-")] == []
