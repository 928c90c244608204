"""The README's first sync, followed to the letter: every command of "Ten minutes" ends well."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def _section() -> str:
    text = README.read_text(encoding="utf-8")
    return text.split("## Ten minutes", 1)[1].split("\n## ", 1)[0]


def _commands() -> list[str]:
    blocks = re.findall(r"^( *)```sh\n(.*?)^ *```", _section(), re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in block.splitlines()) for indent, block in blocks]


def _filled(text: str) -> str:
    """The configuration with the lines that the README's table gives, each in its table."""
    table = ""
    for row in re.findall(r"^ *\|(.*?)\|(.*)\|$", _section(), re.MULTILINE):
        table = row[0].strip(" `") or table
        for line in re.findall(r"`([a-z_]+ = .*?)`(?:,|$)", row[1].strip()):
            name = line.split(" = ")[0]
            start = text.index(f"\n{table}\n")
            head, tail = text[:start], text[start:]
            tail, found = re.subn(
                rf"^{name} = (\"\"|\[\])", lambda _, line=line: line, tail, count=1, flags=re.MULTILINE
            )
            assert found, f"the README fills {name} of {table}, which the configuration does not leave blank"
            text = head + tail
    return text


@pytest.mark.skipif(sys.platform == "win32", reason="the README's first sync is written for a POSIX shell")
def test_every_command_of_the_first_sync_ends_well(tmp_path: Path) -> None:
    scripts = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": scripts + os.pathsep + os.environ["PATH"]}
    folder = tmp_path
    said = []
    for block in _commands():
        if "rollbook check" in block:
            config = folder / "rollbook.toml"
            config.write_text(_filled(config.read_text(encoding="utf-8")), encoding="utf-8")
        script = block.replace('export PATH="$PWD/.venv/bin:$PATH"', "true") + "\npwd"
        done = subprocess.run(
            ["bash", "-ec", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        folder = Path(done.stdout.splitlines()[-1])
        said.append(done.stdout)
    assert "Example School" in said[-1]
