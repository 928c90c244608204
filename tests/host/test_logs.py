from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.host import logs

CANARY = "Quillfeather"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    yield logs.install(tmp_path / "state")
    logs.uninstall()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_event_is_one_line_with_its_moment_level_name_and_fields(log: Path) -> None:
    logs.event("school_pulled", school=100001, rows=1200, seconds=3.5)
    (line,) = lines(log)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "event": "school_pulled",
        "logger": "rollbook",
        "school": 100001,
        "rows": 1200,
        "seconds": 3.5,
    }


def test_a_field_that_is_not_on_the_list_is_dropped(log: Path) -> None:
    logs.event("school_pulled", pupil=CANARY, upn=CANARY, forename=CANARY, school=100001)
    logging.getLogger("rollbook.x").info("school_pulled", extra={"dob": CANARY})
    assert CANARY not in log.read_text()
    assert lines(log)[0]["school"] == 100001


def test_a_record_that_is_no_event_gives_none_of_its_text(log: Path) -> None:
    logger = logging.getLogger("rollbook.somewhere")
    logger.warning("could not read %s", CANARY)
    logger.warning(f"could not read {CANARY}")
    assert [line["event"] for line in lines(log)] == ["other", "other"]
    assert lines(log)[0]["logger"] == "rollbook.somewhere"
    assert CANARY not in log.read_text()


def test_an_exception_gives_its_kind_and_place_and_neither_its_text_nor_a_value(log: Path) -> None:
    forename = CANARY
    try:
        raise ValueError(f"no mark for {forename}")
    except ValueError:
        logging.getLogger("rollbook").exception("run_failed")
    (line,) = lines(log)
    assert (line["event"], line["exception"]) == ("run_failed", "ValueError")
    assert line["frames"][0].startswith("test_logs.py:")
    assert CANARY not in log.read_text()


def test_a_text_field_is_one_line_and_cut(log: Path) -> None:
    logs.event("x", sentence="a\nb" + "c" * 5000)
    assert lines(log)[0]["sentence"] == ("a b" + "c" * 5000)[:1000]


def test_nothing_is_written_to_the_screen(log: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logs.event("x", level=logging.ERROR)
    assert capfd.readouterr() == ("", "")


def test_other_libraries_do_not_write_into_it(log: Path) -> None:
    logs.event("x")
    logging.getLogger("httpx").warning(f"GET https://portal.example/{CANARY}")
    assert len(lines(log)) == 1


def test_the_log_is_rotated_and_the_oldest_goes(tmp_path: Path) -> None:
    path = logs.install(tmp_path, megabytes=1, files=2)
    for number in range(4200):
        logs.event("x", sentence="c" * 990, count=number)
    logs.uninstall()
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "rollbook.jsonl",
        "rollbook.jsonl.1",
        "rollbook.jsonl.2",
    ]
    assert lines(path)[-1]["count"] == 4199


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_only_its_owner_may_read_it(log: Path) -> None:
    logs.event("x")
    assert log.stat().st_mode & 0o077 == 0


def test_a_full_disk_ends_no_run_and_shows_nothing(
    log: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(self: logs.Rotating) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(logs.Rotating, "_open", full)
    logs.event("x", sentence=CANARY)
    assert capfd.readouterr() == ("", "")


def test_installing_it_again_replaces_it(tmp_path: Path, log: Path) -> None:
    other = logs.install(tmp_path / "other")
    logs.event("x")
    assert not log.exists()
    assert len(lines(other)) == 1
