"""A PostgreSQL server for one session of tests, where its programs are installed; else the test says it is skipped."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_CLUSTERS: list[str] = []
_NAMES = itertools.count(1)


def postgres_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of its own, on a server that this process of tests starts once."""
    socket = _server(request.config)
    name = f"t{os.getpid()}_{next(_NAMES)}"
    _run(["psql", "-q", "-h", socket, "-U", "rollbook", "-d", "postgres", "-c", f"CREATE DATABASE {name}"])
    return f"postgresql://rollbook@/{name}?host={socket}"


def _server(config: pytest.Config) -> str:
    if not _CLUSTERS:
        if _program("initdb") is None:
            pytest.skip("the programs of a PostgreSQL server (initdb, pg_ctl) are not installed")
        if os.geteuid() == 0 and not _has_user("postgres"):
            pytest.skip("PostgreSQL refuses to run as root, and there is no user postgres")
        pytest.importorskip("psycopg")
        cluster = _cluster()
        _CLUSTERS.append(cluster.__enter__())
        config.add_cleanup(lambda: cluster.__exit__(None, None, None))
    return _CLUSTERS[0]


@contextmanager
def _cluster() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="rollbook-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    try:
        _run(["initdb", "-D", str(data), "-U", "rollbook", "-A", "trust", "-N", "--locale=C.UTF-8"])
        _run(["pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start"])
        yield str(folder)
        _run(["pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    program = _program(command[0])
    assert program is not None
    user = "postgres" if os.geteuid() == 0 else None
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, cwd="/", user=user, timeout=60)
    assert done.returncode == 0, done.stderr


def _program(name: str) -> str | None:
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name) or next((str(home / name) for home in homes if (home / name).exists()), None)


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
