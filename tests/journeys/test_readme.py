"""The README, followed to the letter: every command of a first sync ends well, and an authority's receiver listens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


FIRST_SYNC, AUTHORITY = "## Ten minutes", "## Report to us in this form"


def _section(heading: str) -> str:
    text = README.read_text(encoding="utf-8")
    return text.split(f"\n{heading}", 1)[1].split("\n## ", 1)[0]


def _commands(heading: str) -> list[str]:
    blocks = re.findall(r"^( *)```sh\n(.*?)^ *```", _section(heading), re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in block.splitlines()) for indent, block in blocks]


def _filled(text: str) -> str:
    """The configuration with the lines that the README's table gives, each in its table."""
    table = ""
    for row in re.findall(r"^ *\|(.*?)\|(.*)\|$", _section(FIRST_SYNC), re.MULTILINE):
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


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]}


posix = pytest.mark.skipif(sys.platform == "win32", reason="the README's commands are written for a POSIX shell")


@posix
def test_every_command_of_the_first_sync_ends_well(tmp_path: Path) -> None:
    environment = _environment()
    folder = tmp_path
    said = []
    for block in _commands(FIRST_SYNC):
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


@posix
def test_five_commands_make_a_receiver_that_listens_for_one_school(tmp_path: Path) -> None:
    [block] = _commands(AUTHORITY)
    install, path, *ours, serve = block.splitlines()
    assert (install, path, len(ours)) == ("make install", 'export PATH="$PWD/.venv/bin:$PATH"', 2)
    done = subprocess.run(
        ["bash", "-ec", "\n".join(ours)], cwd=tmp_path, env=_environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"client id: .*\nclient secret: .*\nIt may report for schools 100001\.", done.stdout)
    words = [*serve.split(), "--port", "0", "--until-input-ends"]
    with subprocess.Popen(
        words, cwd=tmp_path, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        assert server.stdout.readline().startswith("listening on http://127.0.0.1:")
        server.stdin.close()
        assert server.wait(30) == 0
